package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap holds the weights once, so BERT with its 440 MB is exported in 1 GB. */
class SmallHeapTest {

    private static final int UNITS = 2_000;
    private static final int LAYERS = 10;

    /** Entry point of the other process. */
    static final class Exporting {

        private Exporting() {}

        /** Exports 160 MB of weights, all of which get a new layout, to the file given as the first argument. */
        public static void main(String[] arguments) throws Exception {
            try (NDManager manager = NDManager.newBaseManager()) {
                SequentialBlock block = new SequentialBlock();
                for (int i = 0; i < LAYERS; i++) {
                    block.add(Linear.builder().setUnits(UNITS).build());
                }
                Shape sample = new Shape(2, UNITS);
                block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
                OnnxExport.of(block, sample).write(Path.of(arguments[0]));
            }
        }
    }

    @Test
    void weightsOf160MegabytesAreExportedInAHeapOf256(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.onnx");
        OtherJvm.run("256m", Exporting.class, Duration.ofMinutes(2), file);
        assertThat(Files.size(file)).isGreaterThan(4L * UNITS * UNITS * LAYERS);
    }
}
