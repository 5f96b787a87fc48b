package io.catwalk.testkit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * Description of a plugin jar, read from the jar itself.
 *
 * @param manifest main entries, name to value
 * @param index class names in META-INF/extensions.idx; empty if there is no such file
 * @param files paths of all files in the jar
 */
record BuiltJar(Map<String, String> manifest, List<String> index, List<String> files) {

    /** Reads the built jar; a folder of classes is refused. */
    static BuiltJar read(Path path) throws IOException {
        BrokenPromise.unless(
                Files.isRegularFile(path),
                "expected a built jar, but found " + path + ": build it first, and name it by the system property "
                        + "catwalk.plugin.jar as the parent pom of plugins does");
        try (JarFile jar = new JarFile(path.toFile())) {
            Manifest manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
            return new BuiltJar(
                    manifest.getMainAttributes().entrySet().stream()
                            .collect(Collectors.toMap(
                                    entry -> entry.getKey().toString(),
                                    entry -> entry.getValue().toString())),
                    index(jar),
                    jar.stream()
                            .filter(entry -> !entry.isDirectory())
                            .map(JarEntry::getName)
                            .toList());
        }
    }

    private static List<String> index(JarFile jar) throws IOException {
        JarEntry entry = jar.getJarEntry("META-INF/extensions.idx");
        if (entry == null) {
            return List.of();
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
