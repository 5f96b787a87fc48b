package io.catwalk.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.TestModels;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongCommandLineTest {

    /** Entry point of the other process. */
    static final class Opening {

        private Opening() {}

        /** Opens the file that is the first argument. */
        public static void main(String[] arguments) {
            OnnxPredictor.open(Path.of(arguments[0])).close();
        }
    }

    @Test
    void aLongCommandLineDoesNotOverflowTheStackOfOnnxRuntime(@TempDir Path folder) throws Exception {
        Path file = TestModels.write(folder.resolve("model.onnx"), TestModels.linear());

        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + folder,
                        Opening.class.getName(),
                        file.toString(),
                        "x/y.jar:".repeat(4_000))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();

        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isZero();
    }
}
