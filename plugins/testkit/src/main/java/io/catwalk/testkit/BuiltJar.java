package io.catwalk.testkit;

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
 * Holds what a plugin jar says about itself.
 *
 * @param manifest main entries, name to value
 * @param index class names in META-INF/extensions.idx; empty if there is no such file
 * @param files paths of all files in the jar
 */
record BuiltJar(Map<String, String> manifest, List<String> index, List<String> files) {

    /** Names the jar to the tests; the parent pom of the plugins sets it. */
    static final String PROPERTY = "catwalk.plugin.jar";

    /** Returns the jar that the build has just made. */
    static Path path() {
        String path = System.getProperty(PROPERTY, "");
        if (path.isEmpty() || !Files.isRegularFile(Path.of(path))) {
            throw new AssertionError("expected the system property " + PROPERTY + " to name the built jar, but found '"
                    + path + "': run the tests by Maven with catwalk-plugins as the parent, or set the property");
        }
        return Path.of(path);
    }

    static BuiltJar read(Path path) throws IOException {
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
