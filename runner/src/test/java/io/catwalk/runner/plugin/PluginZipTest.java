package io.catwalk.runner.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of a plugin that brings a pure-Java library of its own, in PF4J's zip. */
@Tag("tiny")
final class PluginZipTest {

    /** The library: a class, a resource, and a service that it finds by its own means. */
    private static final String LIBRARY = """
            package maths;

            public final class Sizes implements java.util.function.IntSupplier {
                public int getAsInt() {
                    try (java.io.InputStream in = Sizes.class.getResourceAsStream("size.txt")) {
                        return Integer.parseInt(new String(in.readAllBytes()).strip());
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }

                public static int hidden() {
                    return java.util.ServiceLoader.load(java.util.function.IntSupplier.class, Sizes.class.getClassLoader())
                            .findFirst()
                            .orElseThrow()
                            .getAsInt();
                }
            }
            """;

    private static final String PLUGIN = """
            package test;

            import ai.djl.nn.Block;
            import io.catwalk.api.*;

            public final class Sample implements Classifier {
                @Override public String name() { return "with-library"; }
                @Override public SearchSpace searchSpace() { return SearchSpace.none().with("hidden", maths.Sizes.hidden()); }
                @Override public Block network(Task task, Hyperparameters chosen) {
                    return Layers.sequence(
                            Layers.flatten(), Layers.dense(chosen.integer("hidden")), Layers.dense(task.classes()));
                }
            }
            """;

    @TempDir
    private Path folder;

    private Path plugins;
    private TestPlugin plugin;
    private byte[] library;

    @BeforeEach
    void compile() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path one = Files.writeString(sources.resolve("Sizes.java"), LIBRARY);
        Path other = Files.writeString(sources.resolve("Sample.java"), PLUGIN);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "--release",
                        "17",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        one.toString(),
                        other.toString()))
                .isZero();
        plugin = TestPlugin.sound("with-library")
                .file(TestPlugin.CLASS_FILE, Files.readAllBytes(classes.resolve(TestPlugin.CLASS_FILE)));
        library = jar(Map.of(
                "maths/Sizes.class",
                Files.readAllBytes(classes.resolve("maths/Sizes.class")),
                "maths/size.txt",
                "24\n".getBytes(UTF_8),
                "META-INF/services/java.util.function.IntSupplier",
                "maths.Sizes\n".getBytes(UTF_8)));
    }

    @Test
    void aClassifierUsesTheLibraryInItsZip() throws Exception {
        Path zip = plugin.writeZip(plugins.resolve("with-library-1.2.3.zip"), Map.of("lib/maths-1.0.jar", library));

        InstalledClassifier found = PluginCatalog.open(plugins).require("with-library");

        assertThat(found.jar()).isEqualTo(zip);
        assertThat(found.searchSpace().defaults().values()).isEqualTo(Map.of("hidden", 24));
        Task task = Task.of(1, 4, 4, 3);
        try (LoadedPlugin loaded = found.load();
                NDManager manager = NDManager.newBaseManager()) {
            LoadedClassifier classifier = loaded.require("with-library");
            var network = classifier.build(task, new Hyperparameters(Map.of("hidden", 24)));
            classifier.initialize(network, manager, task);
            assertThat(network.getParameters()
                            .get(0)
                            .getValue()
                            .getArray()
                            .getShape()
                            .get(0))
                    .isEqualTo(24);
        }
        // Nothing was unpacked beside it.
        assertThat(plugins).isDirectoryContaining(file -> file.equals(zip));
        try (var files = Files.list(plugins)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void twoPluginsHaveTheirOwnVersionsOfALibrary() throws Exception {
        plugin.writeZip(plugins.resolve("a.zip"), Map.of("lib/maths.jar", library));
        byte[] newer = jar(Map.of(
                "maths/Sizes.class",
                Files.readAllBytes(folder.resolve("classes/maths/Sizes.class")),
                "maths/size.txt",
                "7".getBytes(UTF_8),
                "META-INF/services/java.util.function.IntSupplier",
                "maths.Sizes".getBytes(UTF_8)));
        Path other =
                plugin.manifest("Plugin-Id", "other").writeZip(folder.resolve("b.zip"), Map.of("lib/m.jar", newer));

        try (LoadedPlugin one =
                        PluginCatalog.open(plugins).require("with-library").load();
                LoadedPlugin two = LoadedPlugin.open(other, PluginJar.sha256(other))) {
            assertThat(hidden(one)).isEqualTo(24);
            assertThat(hidden(two)).isEqualTo(7);
            assertThat(one.getClass().getClassLoader().getResource("maths/Sizes.class"))
                    .isNull();
        }
    }

    private static @Nullable Object hidden(LoadedPlugin plugin) {
        return plugin.require("with-library")
                .classifier()
                .searchSpace()
                .defaults()
                .values()
                .get("hidden");
    }

    @Test
    void aMissingLibraryIsTheReason() {
        plugin.writeZip(plugins.resolve("a.zip"), Map.of());

        assertThat(failure()).contains("threw NoClassDefFoundError: maths/Sizes");
    }

    @Test
    void aLibraryThatTheProgramProvidesIsRefused() throws IOException {
        byte[] slf4j = jar(Map.of("org/slf4j/Logger.class", new byte[1]));
        plugin.writeZip(plugins.resolve("a.zip"), Map.of("lib/maths.jar", library, "lib/slf4j.jar", slf4j));

        assertThat(failure()).contains("carries lib/slf4j.jar!/org/slf4j/Logger.class, which the program provides");
    }

    @Test
    void aLibraryThatIsNoJarIsNamed() {
        plugin.writeZip(plugins.resolve("a.zip"), Map.of("lib/maths.jar", "no jar".getBytes(UTF_8)));

        assertThat(failure()).contains("lib/maths.jar is not a jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.txt", "lib/../../evil.txt", "/etc/evil", "..\\evil", "C:\\evil", "classes/.."})
    void aPathThatClimbsOutIsRefused(String path) {
        Map<String, byte[]> files = new LinkedHashMap<>(Map.of("lib/maths.jar", library));
        files.put(path, new byte[1]);
        plugin.writeZip(plugins.resolve("a.zip"), files);

        assertThat(failure()).contains("expected paths inside the jar, but found '" + path + "', which leads out");
    }

    @Test
    void whatIsTooLargeIsNotUnpacked() throws IOException {
        byte[] bomb = jar(Map.of("zeros", new byte[(64 << 20) + 1]));
        assertThat(bomb).hasSizeLessThan(1 << 20);
        plugin.writeZip(plugins.resolve("a.zip"), Map.of("lib/bomb.jar", bomb));

        assertThat(failure()).contains("its libraries have more than 64 MiB, unpacked");
    }

    private String failure() {
        List<PluginFailure> failures = PluginCatalog.open(plugins).failures();
        assertThat(failures).hasSize(1);
        return failures.get(0).toString();
    }

    private static byte[] jar(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
