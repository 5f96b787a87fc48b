package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prints how long large networks take to export, for the first time in this JVM and once more. Time one network in a
 * process, in a heap of 1 GB, on a machine with nothing else to do: {@code mvn -pl onnx-models -am test
 * -Dtest=ExportTimesTest#bertBase -Dsurefire.failIfNoSpecifiedTests=false -Dcatwalk.times=true -Dsurefire.jvm=-Xmx1g}.
 */
@EnabledIfSystemProperty(named = "catwalk.times", matches = "true")
class ExportTimesTest {

    private static final int TOKENS = 128;

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @TempDir
    private Path folder;

    @Test
    void resNet50() throws IOException {
        Shape image = new Shape(3, 224, 224);
        Block network = ResNetV1.builder()
                .setImageShape(image)
                .setNumLayers(50)
                .setOutSize(1000)
                .build();
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(image));
        print("ResNet-50", OnnxExport.of(network, image), 97L << 20);
    }

    @Test
    void bertBase() throws IOException {
        Shape ids = new Shape(2, TOKENS);
        Block network = BertBlock.builder()
                .base()
                .setTokenDictionarySize(30_522)
                .optMaxSequenceLength(TOKENS)
                .build();
        network.initialize(manager, DataType.FLOAT32, ids, ids, ids);
        // BertBlock squeezes the axis of a batch of one away.
        Axis batch = Axis.of("batch").atLeast(2);
        print(
                "BERT-base",
                OnnxExport.of(
                        network,
                        OnnxInput.of("ids", DataType.INT64, batch, Axis.of(TOKENS)),
                        OnnxInput.of("types", DataType.INT64, batch, Axis.of(TOKENS)),
                        OnnxInput.of("mask", DataType.INT64, batch, Axis.of(TOKENS))),
                416L << 20);
    }

    private void print(String name, OnnxExport export, long bytes) throws IOException {
        Path file = folder.resolve("model.onnx");
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            export.write(file);
            System.out.printf("%s: %.2f s%n", name, (System.nanoTime() - start) / 1e9);
        }
        assertThat(Files.size(file)).isBetween(bytes - (1 << 20), bytes + (2 << 20));
        manager.close();
    }
}
