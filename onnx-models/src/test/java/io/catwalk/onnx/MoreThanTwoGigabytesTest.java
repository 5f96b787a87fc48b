package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of 2.3 GB is written with external weights by default, and the file runs. */
@Tag("nightly")
class MoreThanTwoGigabytesTest {

    private static final int UNITS = 12_000;
    private static final int LAYERS = 4;

    /** Entry point of the other process: the tests have 2 GB of heap. */
    static final class Exporting {

        private Exporting() {}

        /** Exports to the file given as the first argument, and runs it. */
        public static void main(String[] arguments) throws Exception {
            Path file = Path.of(arguments[0]);
            try (NDManager manager = NDManager.newBaseManager()) {
                SequentialBlock block = new SequentialBlock();
                for (int i = 0; i < LAYERS; i++) {
                    block.add(Linear.builder().setUnits(UNITS).build());
                }
                Shape sample = new Shape(UNITS);
                block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
                NDArray images = manager.create(Agreement.images(2 * UNITS, 1), new Shape(2, UNITS));
                float[] expected = block.forward(new ParameterStore(manager, false), new NDList(images), false)
                        .singletonOrThrow()
                        .toFloatArray();
                OnnxExport.of(block, sample).write(file);
                float[] found = new float[expected.length];
                try (OnnxRunner runner = OnnxRunner.open(file)) {
                    runner.run(Map.of("images", DjlTensors.of(images)))
                            .values()
                            .iterator()
                            .next()
                            .buffer()
                            .asFloatBuffer()
                            .get(found);
                }
                float scale = 0;
                float difference = 0;
                for (int i = 0; i < expected.length; i++) {
                    scale = Math.max(scale, Math.abs(expected[i]));
                    difference = Math.max(difference, Math.abs(expected[i] - found[i]));
                }
                if (!(difference <= 1e-5f * scale)) {
                    throw new AssertionError("differs by " + difference + " of " + scale);
                }
            }
        }
    }

    @Test
    void itsWeightsAreBesideIt(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.onnx");
        OtherJvm.run("4g", Exporting.class, Duration.ofMinutes(10), file);
        assertThat(Files.size(file)).isLessThan(1 << 20);
        assertThat(Files.size(ModelFiles.data(file))).isGreaterThan(4L * UNITS * UNITS * LAYERS);
    }
}
