package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.compose.EmbeddedResizing.Fit;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A linear network on images of 7 x 9 colors, whose own file is asked about images of that size. */
final class OtherSizesTest {

    private static final int HEIGHT = 7;
    private static final int WIDTH = 9;

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private ImageSource images = HeapImages.of(1, 1, 1, new byte[1], new int[1]);
    private OnnxPredictor network;

    @BeforeEach
    void export() throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = new SequentialBlock()
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(3).build());
            Shape shape = new Shape(3, HEIGHT, WIDTH);
            block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(shape));
            file = folder.resolve("network.onnx");
            OnnxExport.of(block, shape).write(file);
        }
        OnnxMetadata.empty()
                .withPreprocessing(new Preprocessing(HEIGHT, WIDTH, List.of(0.3, 0.5, 0.1), List.of(0.4, 0.2, 0.7)))
                .write(file);
        byte[] pixels = new byte[10 * 3 * HEIGHT * WIDTH];
        new Random(2).nextBytes(pixels);
        images = HeapImages.of(3, HEIGHT, WIDTH, pixels, new int[10]);
        network = OnnxPredictor.open(file);
    }

    @AfterEach
    void close() {
        network.close();
    }

    private Path resizing(Fit fit) throws IOException {
        return Files.write(folder.resolve("whole.onnx"), EmbeddedResizing.added(file, fit));
    }

    private void prove(Path whole, Function<byte[], float[]> reference) {
        OtherSizes.of(whole, images, reference).prove();
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatResizesLikeCatwalkIsProven(Fit fit) throws IOException {
        prove(resizing(fit), pixels -> network.logits(pixels, 1));
    }

    @Test
    void aFileThatResizesOtherwiseIsRefused() throws IOException {
        Path whole = resizing(Fit.CROP);
        OnnxMetadata.read(whole).with(MetadataKeys.FIT, "pad").write(whole);

        assertThatThrownBy(() -> prove(whole, pixels -> network.logits(pixels, 1)))
                .isInstanceOf(OnnxFileException.class)
                .hasMessageContaining("gray level");
    }

    @Test
    void aFileThatAnswersOtherwiseIsRefused() throws IOException {
        Path whole = resizing(Fit.STRETCH);

        assertThatThrownBy(() -> prove(whole, pixels -> {
                    float[] logits = network.logits(pixels, 1);
                    logits[1] += 0.001f;
                    return logits;
                }))
                .isInstanceOf(OnnxFileException.class)
                .hasMessageContaining("answers of the network");
    }
}
