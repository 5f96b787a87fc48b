package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Signs jars and changes them. */
final class TestJars {

    private TestJars() {}

    static Path signed(Path jar, Path target) throws Exception {
        String keys = " -storepass password -keystore " + target + ".p12 ";
        run("keytool -genkeypair -alias test -keyalg EC -dname CN=test" + keys);
        run("jarsigner" + keys + "-signedjar " + target + " " + jar + " test");
        return target;
    }

    private static void run(String command) throws Exception {
        String program = Path.of(System.getProperty("java.home"), "bin") + "/" + command.strip();
        Process process = new ProcessBuilder(program.split(" ", -1))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** Puts another file in the place of one, and leaves the rest of the jar as it is. */
    static void replace(Path jar, String path, Map<String, byte[]> files) throws IOException {
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            Files.write(inside.getPath(path), files.get(path));
        }
    }
}
