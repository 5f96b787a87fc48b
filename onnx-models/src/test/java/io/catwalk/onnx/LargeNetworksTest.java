package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of linear layers that fill a heap, or more than the 2 GB of a file. */
class LargeNetworksTest {

    @TempDir
    private Path folder;

    private static Block layers(NDManager manager, int layers, Shape sample) {
        SequentialBlock block = new SequentialBlock();
        long units = sample.get(sample.dimension() - 1);
        for (int i = 0; i < layers; i++) {
            block.add(Linear.builder().setUnits(units).build());
        }
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
        return block;
    }

    /** Entry point of another process: exports 80 MB of weights, all of which get a new layout. */
    static final class InSmallHeap {

        private InSmallHeap() {}

        public static void main(String[] arguments) throws IOException {
            try (NDManager manager = NDManager.newBaseManager()) {
                Shape sample = new Shape(2, 2_000);
                OnnxExport.of(layers(manager, 5, sample), sample).write(Path.of(arguments[0]));
            }
        }
    }

    /** The heap holds the weights once, so BERT with its 440 MB is exported in 1 GB. */
    @Test
    void weightsOf80MegabytesAreExportedInAHeapOf128() throws Exception {
        Path file = folder.resolve("model.onnx");
        OtherJvm.run("128m", InSmallHeap.class, Duration.ofMinutes(2), file);
        assertThat(Files.size(file)).isGreaterThan(80_000_000);
    }

    /** Entry point of another process, since the tests have 2 GB of heap: exports 2.3 GB of weights, and runs them. */
    static final class BesideTheFile {

        private BesideTheFile() {}

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            Shape sample = new Shape(12_000);
            try (NDManager manager = NDManager.newBaseManager();
                    NDArray images = manager.create(Agreement.images(24_000, 1), new Shape(2, 12_000))) {
                Block block = layers(manager, 4, sample);
                ParameterStore store = new ParameterStore(manager, false);
                NDArray expected =
                        block.forward(store, new NDList(images), false).head();
                OnnxExport.of(block, sample).write(file);
                try (OnnxRunner runner = OnnxRunner.open(file)) {
                    NDArray found =
                            DjlTensors.run(runner, new NDList(images), manager).head();
                    float difference = found.sub(expected).abs().max().getFloat();
                    float scale = expected.abs().max().getFloat();
                    if (!(difference <= 1e-5f * scale)) {
                        throw new AssertionError("differs by " + difference + " of " + scale);
                    }
                }
            }
        }
    }

    @Tag("nightly")
    @Test
    void weightsOfMoreThan2GigabytesAreBesideTheFile() throws Exception {
        Path file = folder.resolve("model.onnx");
        OtherJvm.run("4g", BesideTheFile.class, Duration.ofMinutes(10), file);
        assertThat(Files.size(file)).isLessThan(1 << 20);
        assertThat(Files.size(ModelFiles.data(file))).isGreaterThan(2_300_000_000L);
    }
}
