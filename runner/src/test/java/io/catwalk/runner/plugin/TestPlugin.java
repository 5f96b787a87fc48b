package io.catwalk.runner.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.catwalk.api.Classifier;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Describes a plugin of one class that a test compiles and packs into a real jar.
 *
 * @param manifest entry to value
 * @param files path in the jar to content, without the manifest
 */
public record TestPlugin(Map<String, String> manifest, Map<String, byte[]> files) {

    public static final String CLASS_FILE = "test/Sample.class";

    private static final String SOURCE = """
            package test;

            import ai.djl.ndarray.NDList;
            import ai.djl.nn.Block;
            import ai.djl.nn.SequentialBlock;
            import io.catwalk.api.*;

            public final class Sample implements Classifier {
                public Sample() { %s }
                @Override public String name() { %s }
                @Override public Block network(Task task, Hyperparameters chosen) { %s }
            }
            """;

    /** Keeps the classes for all tests until {@code mvn clean}: javac costs each of them seconds. */
    private static final Path KEPT = Path.of("target", "test-plugins");

    /** What a class depends on beside its source. */
    private static final String COMPILED_WITH = Runtime.version() + classPath() + api();

    public static final String NETWORK = "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes()));";

    /** Compiles a sound plugin, whose id and classifier have the given name. */
    public static TestPlugin sound(String name) {
        return withBodies(name, "", "return \"" + name + "\";", NETWORK);
    }

    /** Compiles a plugin with a sound name, whose network is made by the given statements. */
    public static TestPlugin building(String name, String network) {
        return withBodies(name, "", "return \"" + name + "\";", network);
    }

    /** Compiles a plugin whose three methods have the given bodies. */
    public static TestPlugin withBodies(String id, String constructor, String name, String network) {
        return of(id, CLASS_FILE, SOURCE.formatted(constructor, name, network));
    }

    /** Compiles a plugin that is sound but for its constructor and one more member, which lacks its last brace. */
    public static TestPlugin having(String name, String constructor, String member) {
        return withBodies(name, constructor, "return \"" + name + "\";", NETWORK + " } " + member);
    }

    /** Compiles a sound plugin with two classifiers of the given names. */
    public static TestPlugin ofTwo(String id, String first, String second) {
        TestPlugin one = withBodies(id, "", "return \"" + first + "\";", NETWORK);
        String source = SOURCE.formatted("", "return \"" + second + "\";", NETWORK);
        byte[] other = compiled("test/Other.class", source.replace("Sample", "Other"));
        return one.file("test/Other.class", other)
                .file("META-INF/extensions.idx", "test.Sample\ntest.Other\n".getBytes(UTF_8));
    }

    /** Compiles one of our own plugins from its source, so that it need not have been built. */
    public static TestPlugin ours(String name) {
        Path sources = Path.of("..", "plugins", name, "src", "main", "java");
        try (Stream<Path> files = Files.walk(sources)) {
            Path source = files.filter(file -> file.toString().matches(".*(?<!package-info)\\.java"))
                    .findFirst()
                    .orElseThrow();
            String path = sources.relativize(source).toString().replace('\\', '/');
            return of(name, path.replaceAll("java$", "class"), Files.readString(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestPlugin of(String id, String classFile, String source) {
        Map<String, String> manifest = Map.of(
                "Plugin-Id", id,
                "Plugin-Version", "1.2.3",
                "Plugin-Provider", "The test",
                "Plugin-Description", "A plugin of the test",
                "Plugin-Requires", ">=0.1.0");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(classFile, compiled(classFile, source));
        String className = classFile.replaceAll("\\.class$", "").replace('/', '.');
        files.put("META-INF/extensions.idx", ("# Generated by PF4J\n" + className + "\n").getBytes(UTF_8));
        return new TestPlugin(manifest, files);
    }

    public TestPlugin manifest(String entry, String value) {
        return new TestPlugin(changed(manifest, all -> all.put(entry, value)), files);
    }

    public TestPlugin withoutManifest(String... entries) {
        return new TestPlugin(changed(manifest, all -> all.keySet().removeAll(List.of(entries))), files);
    }

    public TestPlugin file(String path, byte[] content) {
        return new TestPlugin(manifest, changed(files, all -> all.put(path, content)));
    }

    public TestPlugin withoutFile(String path) {
        return new TestPlugin(manifest, changed(files, all -> all.remove(path)));
    }

    private static <T> Map<String, T> changed(Map<String, T> map, Consumer<Map<String, T>> change) {
        Map<String, T> changed = new LinkedHashMap<>(map);
        change.accept(changed);
        return changed;
    }

    /** Raises the major version of the class, bytes 6 and 7: 65 is Java 21, 200 is yet to come. */
    public TestPlugin compiledForANewerJava() {
        byte[] newer = Objects.requireNonNull(files.get(CLASS_FILE)).clone();
        newer[7] = (byte) 200;
        return file(CLASS_FILE, newer);
    }

    /** Packs the jar. */
    public Path write(Path jar) {
        Manifest written = new Manifest();
        written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(written.getMainAttributes()::putValue);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out)) {
            packed.putNextEntry(entry(JarFile.MANIFEST_NAME));
            written.write(packed);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                packed.putNextEntry(entry(file.getKey()));
                packed.write(file.getValue());
                packed.closeEntry();
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Packs PF4J's zip: the files of the jar under {@code classes/}, beside libraries.
     *
     * @param libraries path in the zip, such as {@code lib/maths.jar}, to content
     */
    public Path writeZip(Path zip, Map<String, byte[]> libraries) {
        Path jar = write(zip.resolveSibling(zip.getFileName() + ".tmp"));
        try (JarFile own = new JarFile(jar.toFile());
                OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream packed = new ZipOutputStream(out)) {
            for (ZipEntry file : Collections.list(own.entries())) {
                packed.putNextEntry(entry("classes/" + file.getName()));
                own.getInputStream(file).transferTo(packed);
            }
            for (Map.Entry<String, byte[]> library : libraries.entrySet()) {
                packed.putNextEntry(entry(library.getKey()));
                packed.write(library.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jar.toFile().delete();
        return zip;
    }

    /** Makes an entry that is always of the same time, so that the same files make the same jar. */
    private static ZipEntry entry(String path) {
        ZipEntry entry = new ZipEntry(path);
        entry.setTimeLocal(LocalDateTime.of(2020, 1, 1, 0, 0));
        return entry;
    }

    private static byte[] compiled(String classFile, String source) {
        String digest = UUID.nameUUIDFromBytes((COMPILED_WITH + classFile + source).getBytes(UTF_8))
                .toString();
        Path kept = KEPT.resolve(digest + ".class");
        try {
            if (Files.exists(kept)) {
                return Files.readAllBytes(kept);
            }
            byte[] compiled = compile(classFile, source);
            Files.createDirectories(KEPT);
            Path draft = Files.write(Files.createTempFile(KEPT, digest, ".part"), compiled);
            Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE); // another JVM may have made the same
            return compiled;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a digest of the API, whose jar has the same name when it has changed. */
    private static String api() {
        try {
            var source = Classifier.class.getProtectionDomain().getCodeSource();
            Path place = Path.of(source.getLocation().toURI());
            StringBuilder all = new StringBuilder();
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    all.append(Sha256.of(file));
                }
            }
            return all.toString();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] compile(String classFile, String source) throws IOException {
        try (Scratch scratch = new Scratch()) {
            Path folder = scratch.folder();
            Path file = Files.writeString(folder.resolve(classFile.replaceAll(".*/|class$", "") + "java"), source);
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            StringWriter messages = new StringWriter();
            List<String> options = List.of("-proc:none", "--release", "17", "-d", folder + "", "-cp", classPath());
            var files = compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file);
            if (!compiler.getTask(messages, null, null, options, null, files).call()) {
                throw new IllegalArgumentException(messages.toString());
            }
            return Files.readAllBytes(folder.resolve(classFile));
        }
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}
