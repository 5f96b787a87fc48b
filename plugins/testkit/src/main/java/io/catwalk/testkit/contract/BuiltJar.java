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
 * Description of a plugin's jar or zip, read from the file itself.
 *
 * @param manifest main entries, name to value
 * @param index class names in META-INF/extensions.idx; empty if there is no such file
 * @param files paths of all files in the jar; of a zip, those in its folder of the plugin's own files
 */
record BuiltJar(Map<String, String> manifest, List<String> index, List<String> files) {

    /** Reads the built jar; a folder of classes is refused. */
    static BuiltJar read(Path path) throws IOException {
        BrokenPromise.unless(
                Files.isRegularFile(path),
                "expected a built jar, but found " + path + ": build it first, and name it by the system property "
                        + "catwalk.plugin.jar as the parent pom of plugins does");
        try (JarFile jar = new JarFile(path.toFile())) {
            String root = PluginFile.root(jar);
            return new BuiltJar(
                    manifest(jar, root).getMainAttributes().entrySet().stream()
                            .collect(Collectors.toMap(
                                    entry -> entry.getKey().toString(),
                                    entry -> entry.getValue().toString())),
                    index(jar, root),
                    jar.stream()
                            .filter(entry -> !entry.isDirectory())
                            .map(JarEntry::getName)
                            .filter(name -> name.startsWith(root))
                            .map(name -> name.substring(root.length()))
                            .toList());
        }
    }

    private static Manifest manifest(JarFile jar, String root) throws IOException {
        try (InputStream in = open(jar, root + JarFile.MANIFEST_NAME)) {
            return new Manifest(in);
        }
    }

    private static List<String> index(JarFile jar, String root) throws IOException {
        try (InputStream in = open(jar, root + "META-INF/extensions.idx")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    /** Opens a file of the jar; one that is missing is empty. */
    private static InputStream open(JarFile jar, String file) throws IOException {
        JarEntry entry = jar.getJarEntry(file);
        return entry == null ? InputStream.nullInputStream() : jar.getInputStream(entry);
    }
}
