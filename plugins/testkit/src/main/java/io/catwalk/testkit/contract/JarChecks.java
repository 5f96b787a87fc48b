package io.catwalk.testkit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Checks of a plugin's jar. */
final class JarChecks {

    static final List<Check> ALL = List.of(
            Check.of("jar-manifest", "the manifest says what the plugin is", JarChecks::manifest),
            Check.of("jar-index", "META-INF/extensions.idx names the classifier", JarChecks::index),
            Check.of("jar-contents", "the jar holds the plugin's own packages only", JarChecks::contents),
            Check.of("jar-links", "each class that the jar's classes use is there", JarChecks::links),
            Check.of("jar-loads", "the class loads in its own loader and can be created", JarChecks::loads)
                    .presuming("jar-links"));

    private static final List<String> NEEDED =
            List.of("Plugin-Id", "Plugin-Version", "Plugin-Provider", "Plugin-Description", "Plugin-Requires");

    private static final List<String> REFUSED = List.of("Plugin-Class", "Plugin-Dependencies", "Class-Path");

    private JarChecks() {}

    private static void manifest(Candidate candidate) throws IOException {
        Map<String, String> manifest =
                new TreeMap<>(BuiltJar.read(candidate.subject().jar()).manifest());
        for (String entry : NEEDED) {
            BrokenPromise.unless(
                    manifest.containsKey(entry), "expected " + entry + " in META-INF/MANIFEST.MF, but found none");
        }
        for (String entry : REFUSED) {
            BrokenPromise.unless(
                    !manifest.containsKey(entry),
                    "expected no " + entry + " in META-INF/MANIFEST.MF, but found one: remove it");
        }
        manifest.forEach((entry, value) -> BrokenPromise.unless(
                !value.isBlank() && !value.contains("${"),
                "expected a value of " + entry + " in META-INF/MANIFEST.MF, but found '" + value + "'"));
    }

    private static void index(Candidate candidate) throws IOException {
        List<String> index = BuiltJar.read(candidate.subject().jar()).index();
        String className = candidate.subject().className();
        BrokenPromise.unless(
                index.contains(className),
                "expected " + className + " in META-INF/extensions.idx, but found " + index
                        + ": annotate it with @Extension and let PF4J's annotation processor run");
    }

    private static void contents(Candidate candidate) throws IOException {
        BuiltJar jar = BuiltJar.read(candidate.subject().jar());
        Set<String> own = Stream.concat(
                        jar.index().stream(), Stream.of(candidate.subject().className()))
                .map(name -> name.substring(0, name.lastIndexOf('.') + 1).replace('.', '/'))
                .collect(Collectors.toSet());
        for (String file : jar.files()) {
            boolean described = file.startsWith("META-INF/") && !file.endsWith(".class") && !file.endsWith(".jar");
            BrokenPromise.unless(
                    described || own.stream().anyMatch(file::startsWith),
                    "expected files under " + String.join(", ", own) + " only, but found " + file
                            + ": declare that dependency as 'provided', or move it into your package");
        }
        try (ZipFile zip = new ZipFile(candidate.subject().jar().toFile())) {
            Map<String, Map<String, byte[]>> libraries = PluginFile.libraries(zip);
            for (Map.Entry<String, Map<String, byte[]>> library : libraries.entrySet()) {
                for (String file : library.getValue().keySet()) {
                    BrokenPromise.unless(
                            !ProvidedClasses.containsEntry(file),
                            "expected libraries without what the program provides, but found " + library.getKey() + "!/"
                                    + file + ": exclude that dependency, as docs/how-to/ship-a-plugin.md shows");
                }
            }
        }
    }

    /**
     * Loads all classes that the jar's classes use, without running any code: a missing class would end a training
     * later.
     */
    private static void links(Candidate candidate) throws IOException {
        BuiltJar.read(candidate.subject().jar());
        try (JarFile jar = new JarFile(candidate.subject().jar().toFile());
                PluginClasses classes = PluginClasses.open(candidate.subject().jar())) {
            String root = PluginFile.root(jar);
            List<JarEntry> own = jar.stream()
                    .filter(entry -> isOwnClass(entry.getName(), root))
                    .toList();
            for (JarEntry entry : own) {
                String file = entry.getName().substring(root.length());
                String name = file.replaceAll("\\.class$", "").replace('/', '.');
                requireLoadable(classes, name, name);
                try (InputStream in = jar.getInputStream(entry)) {
                    for (String used : ClassFile.named(in)) {
                        requireLoadable(classes, used, name);
                    }
                }
            }
        }
    }

    private static boolean isOwnClass(String file, String root) {
        return file.startsWith(root)
                && file.endsWith(".class")
                && !file.startsWith("META-INF/", root.length())
                && !file.endsWith("-info.class");
    }

    private static void requireLoadable(PluginClasses classes, String name, String usedBy) {
        try {
            classes.load(name);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new BrokenPromise(usedBy + " needs " + name + ", which neither the jar nor the program provides ("
                    + Lines.of(e) + "): put it into your own package, or into lib of a zip");
        }
    }

    private static void loads(Candidate candidate) throws IOException {
        Subject subject = candidate.subject();
        try (PluginClasses classes = PluginClasses.open(subject.jar())) {
            DescriptionChecks.requireSame(
                    "name()",
                    classes.make(subject.className()).name(),
                    classes.make(subject.className()).name());
        }
    }
}
