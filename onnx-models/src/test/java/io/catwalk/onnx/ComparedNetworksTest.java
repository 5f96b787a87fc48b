package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.transformer.BertBlock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ComparedNetworksTest extends ExportTest {

    @TempDir
    private Path folder;

    /** Nodes of {@code torch.onnx.export} of PyTorch 2.6 for the same networks, without its Constants. */
    @ParameterizedTest
    @CsvSource({"RESNET18, 49", "MOBILENET_V2, 100", "VIT_TINY, 778", "LSTM_2, 17"})
    void noFileHasMoreNodesThanThatOfPyTorch(ComparedNetworks network, int most) {
        byte[] model = export(network, network.initialized(manager)).bytes();
        assertThat(graph(model).getNodeCount()).isLessThanOrEqualTo(most);
    }

    /** Writes what {@code benchmarks/export.py} compares. */
    @EnabledIfSystemProperty(named = "catwalk.compared", matches = ".+")
    @ParameterizedTest
    @EnumSource
    void write(ComparedNetworks network) throws IOException {
        Path folder = Path.of(System.getProperty("catwalk.compared"));
        String name = network.name().toLowerCase(Locale.ROOT);
        try (OutputStream weights = Files.newOutputStream(folder.resolve(name + ".weights"))) {
            Block block = network.initialized(manager);
            Random random = new Random(1);
            for (var pair : block.getParameters()) {
                weights.write(draw(pair.getValue(), random));
            }
            export(network, block).write(folder.resolve(name + ".onnx"));
        }
    }

    /** PyTorch folds batch norms by default. */
    private static OnnxExport export(ComparedNetworks network, Block block) {
        return OnnxExport.of(block, network.sample()).withFoldedBatchNorm();
    }

    /** Draws numbers that keep their size from layer to layer (He et al., 2015). */
    private static byte[] draw(Parameter parameter, Random random) {
        NDArray array = parameter.getArray();
        long[] shape = array.getShape().getShape();
        boolean positive = Agreement.isPositive(parameter);
        double deviation = shape.length < 2 ? 0.1 : Math.sqrt(2.0 * shape[0] / array.size());
        float[] numbers = new float[(int) array.size()];
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = positive ? 0.5f + random.nextFloat() : (float) (random.nextGaussian() * deviation);
            bytes.putFloat(numbers[i]);
        }
        array.setRequiresGradient(false);
        array.set(numbers);
        return bytes.array();
    }

    /**
     * Prints how long large networks take to export, for the first time in this JVM and once more. Time one network in
     * a process, in a heap of 1 GB, on a machine with nothing else to do: {@code mvn -pl onnx-models -am test
     * -Dtest=ComparedNetworksTest#bertBase -Dsurefire.failIfNoSpecifiedTests=false -Dcatwalk.times=true
     * -Dsurefire.jvm=-Xmx1g}.
     */
    @EnabledIfSystemProperty(named = "catwalk.times", matches = "true")
    @Test
    void resNet50() throws IOException {
        Shape image = new Shape(3, 224, 224);
        ResNetV1.Builder builder = ResNetV1.builder().setImageShape(image);
        Block network = builder.setNumLayers(50).setOutSize(1000).build();
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(image));
        print("ResNet-50", OnnxExport.of(network, image), 97L << 20);
    }

    @EnabledIfSystemProperty(named = "catwalk.times", matches = "true")
    @Test
    void bertBase() throws IOException {
        int tokens = 128;
        Shape ids = new Shape(2, tokens);
        BertBlock.Builder builder = BertBlock.builder().base().setTokenDictionarySize(30_522);
        Block network = builder.optMaxSequenceLength(tokens).build();
        network.initialize(manager, DataType.FLOAT32, ids, ids, ids);
        // BertBlock squeezes the axis of a batch of one away.
        Axis batch = Axis.of("batch").atLeast(2);
        OnnxInput[] inputs = Stream.of("ids", "types", "mask")
                .map(name -> OnnxInput.of(name, DataType.INT64, batch, Axis.of(tokens)))
                .toArray(OnnxInput[]::new);
        print("BERT-base", OnnxExport.of(network, inputs), 416L << 20);
    }

    private void print(String name, OnnxExport export, long bytes) throws IOException {
        Path file = folder.resolve("model.onnx");
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            export.write(file);
            System.out.printf("%s: %.2f s%n", name, (System.nanoTime() - start) / 1e9);
        }
        assertThat(Files.size(file)).isBetween(bytes - (1 << 20), bytes + (2 << 20));
    }
}
