package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests with another heap size than theirs, or another class path. */
final class OtherJvm {

    private OtherJvm() {}

    /**
     * Runs a program to its end, which must be successful.
     *
     * @param heap such as {@code 256m}
     * @param program with a main method
     * @param limit after which it is too late
     * @param file its argument; what it says goes into log.txt beside it
     */
    static void run(String heap, Class<?> program, Duration limit, Path file) throws IOException, InterruptedException {
        run(heap, System.getProperty("java.class.path"), program, limit, file);
    }

    /** Runs a program as the other method does, with its own class path. */
    static void run(String heap, String classPath, Class<?> program, Duration limit, Path file)
            throws IOException, InterruptedException {
        Path log = file.resolveSibling("log.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        program.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("CLASSPATH", classPath);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }
}
