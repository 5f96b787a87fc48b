package io.catwalk.runner.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDManager;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
                            .findFirst().orElseThrow().getAsInt();
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
    private static Path classes;

    private static TestPlugin plugin = TestPlugin.sound("with-library");
    private static byte[] library = {};

    @TempDir
    private Path plugins;

    @BeforeAll
    static void compile() throws IOException {
        Path one = Files.writeString(classes.resolve("Sizes.java"), LIBRARY);
        Path other = Files.writeString(classes.resolve("Sample.java"), PLUGIN);
        String classPath = System.getProperty("java.class.path");
        int answer = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", classPath, "-d", classes + "", one + "", other + "");
        assertThat(answer).isZero();
        plugin = plugin.file(TestPlugin.CLASS_FILE, Files.readAllBytes(classes.resolve(TestPlugin.CLASS_FILE)));
        library = library("24\n");
    }

    private static byte[] library(String size) throws IOException {
        byte[] code = Files.readAllBytes(classes.resolve("maths/Sizes.class"));
        byte[] service = "maths.Sizes\n".getBytes(UTF_8);
        String services = "META-INF/services/java.util.function.IntSupplier";
        return jar(Map.of("maths/Sizes.class", code, "maths/size.txt", size.getBytes(UTF_8), services, service));
    }

    @Test
    void aClassifierUsesTheLibraryInItsZip() throws Exception {
        Path zip = plugin.writeZip(plugins.resolve("with-library-1.2.3.zip"), Map.of("lib/maths-1.0.jar", library));

        InstalledClassifier found = PluginCatalog.open(plugins).require("with-library");

        assertThat(found.plugin().path()).isEqualTo(zip);
        assertThat(found.searchSpace().defaults().values()).isEqualTo(Map.of("hidden", 24));
        Task task = Task.of(1, 4, 4, 3);
        try (LoadedPlugin loaded = found.load();
                NDManager manager = NDManager.newBaseManager()) {
            LoadedClassifier classifier = loaded.require("with-library");
            var network = classifier.build(task, new Hyperparameters(Map.of("hidden", 24)));
            classifier.initialize(network, manager, task);
            var weights = network.getParameters().get(0).getValue().getArray();
            assertThat(weights.getShape().get(0)).isEqualTo(24);
        }
        assertThat(plugins.toFile().list()).as("nothing was unpacked beside it").hasSize(1);
    }

    @Test
    void twoPluginsHaveTheirOwnVersionsOfALibrary() throws Exception {
        plugin.writeZip(plugins.resolve("a.zip"), Map.of("lib/maths.jar", library));
        Path other = plugin.manifest("Plugin-Id", "other")
                .writeZip(classes.resolve("b.zip"), Map.of("lib/m.jar", library("7")));

        InstalledClassifier first = PluginCatalog.open(plugins).require("with-library");
        try (LoadedPlugin one = first.load();
                LoadedPlugin two = LoadedPlugin.open(other, Sha256.of(other))) {
            assertThat(hidden(one)).isEqualTo(24);
            assertThat(hidden(two)).isEqualTo(7);
            assertThat(getClass().getResource("/maths/Sizes.class")).isNull();
        }
    }

    private static @Nullable Object hidden(LoadedPlugin plugin) {
        var space = plugin.require("with-library").classifier().searchSpace();
        return space.defaults().values().get("hidden");
    }

    /** The last library would fill the memory. */
    static Stream<Arguments> libraries() throws IOException {
        byte[] slf4j = jar(Map.of("org/slf4j/Logger.class", new byte[1]));
        byte[] bomb = jar(Map.of("zeros", new byte[(64 << 20) + 1]));
        assertThat(bomb).hasSizeLessThan(1 << 20);
        return Stream.of(
                arguments(Map.of(), "threw NoClassDefFoundError: maths/Sizes"),
                arguments(Map.of("lib/slf4j.jar", slf4j), "carries lib/slf4j.jar!/org/slf4j/Logger.class, which the"),
                arguments(Map.of("lib/maths.jar", "no jar".getBytes(UTF_8)), "lib/maths.jar is not a jar"),
                arguments(Map.of("lib/bomb.jar", bomb), "its libraries have more than 64 MiB, unpacked"));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void aLibraryThatIsMissingOrNotAllowedIsNamed(Map<String, byte[]> libraries, String reason) {
        plugin.writeZip(plugins.resolve("a.zip"), libraries);
        assertThat(failure()).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.txt", "lib/../../evil.txt", "/etc/evil", "..\\evil", "C:\\evil", "classes/.."})
    void aPathThatClimbsOutIsRefused(String path) {
        plugin.writeZip(plugins.resolve("a.zip"), Map.of("lib/maths.jar", library, path, new byte[1]));
        assertThat(failure()).contains("expected paths inside the jar, but found '" + path + "', which leads out");
    }

    private String failure() {
        List<PluginCatalog.Failure> failures = PluginCatalog.open(plugins).failures();
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
