package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.Suggestion;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.testkit.contract.Check;
import io.catwalk.testkit.contract.Contract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Checks plugins with the command, in separate processes. */
final class PluginCheckCommandTest {

    /** Fails for two classes in the given way, and otherwise builds a correct network. */
    private static final String FOR_TWO = "if (task.classes() == 2) { %s } " + TestPlugin.NETWORK;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void ourPluginKeepsTheWholeContractOneLineForEachCheck() {
        assertThat(check(TestPlugin.ours("stride-conv"), "--seconds", "300"))
                .as(out.toString())
                .isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).allMatch(line -> line.length() <= 80);
        assertThat(lines.get(0)).isEqualTo("stride-conv");
        assertThat(lines.subList(1, lines.size() - 1))
                .extracting(line -> line.substring(10, 26).strip())
                .containsExactlyElementsOf(
                        Contract.checks().stream().map(Check::id).toList());
        assertThat(lines.get(lines.size() - 1))
                .matches(Contract.checks().size() + " of " + Contract.checks().size() + " checks passed, in [0-9.]+ s");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void failureSaysHowToReproduceIt() {
        assertThat(twoClasses("throw new IllegalStateException(\"no room for two\");"))
                .isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString().lines())
                .startsWith(
                        "sound",
                        "FAILED    two-classes       two logits for two classes",
                        "          threw IllegalStateException: no room for two",
                        "          catwalk plugin check " + jar() + " --only two-classes",
                        "passed    thousand-classes  a thousand logits for a thousand classes");
    }

    @Test
    void theReasonStandsAgainBelowAllThatWasSkipped() {
        TestPlugin plugin = TestPlugin.building(
                "sound", "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes() + 1));");
        assertThat(check(plugin, "--only", "shapes", "--only", "finite", "--only", "gradient", "--only", "overfit"))
                .isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString().replaceAll("\\s+", " "))
                .containsPattern(
                        "skipped overfit .* was not run, since shapes did not pass first failure: shapes: expected logits .*"
                                + " 0 of 4 checks passed");
    }

    @Test
    void aDescriptionThatSaysNothingIsNoted() {
        TestPlugin plugin = TestPlugin.sound("sound");
        for (String plain : List.of("sound, an image classifier", "One convolution and two dense layers")) {
            err.getBuffer().setLength(0);
            assertThat(check(plugin.manifest("Plugin-Description", plain), "--only", "name"))
                    .isZero();
            assertThat(err.toString()).hasLineCount(1).contains("the description is still that of the template");
        }
        err.getBuffer().setLength(0);
        assertThat(check(plugin.manifest("Plugin-Description", "One layer"), "--only", "name"))
                .isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    @Tag("long")
    void checkThatHangsIsStoppedAndTheNextOneRuns() {
        assertThat(twoClasses("while (true) { Thread.onSpinWait(); }", "--seconds", "30"))
                .isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString())
                .contains("FAILED    two-classes", "did not end within 15.0 s, and was stopped")
                .contains("passed    thousand-classes");
    }

    @Test
    void checkThatEndsItsProcessIsNamedAndTheNextOneRuns() {
        assertThat(twoClasses("Runtime.getRuntime().halt(0);")).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString())
                .contains("FAILED    two-classes", "ended its process with exit code 0")
                .contains("passed    thousand-classes");
    }

    @Test
    @Tag("long")
    void pluginThatDoesNotEvenLoadInTimeIsStopped() {
        TestPlugin plugin = TestPlugin.withBodies(
                "sound", "while (true) { Thread.onSpinWait(); }", "return \"sound\";", TestPlugin.NETWORK);
        assertThat(check(plugin, "--seconds", "3")).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString())
                .contains("FAILED    jar-loads", "did not load within the limit of 3 s for the plugin");
    }

    @Test
    void libraryOfTheProgramIsNoneOfThePlugin() {
        TestPlugin plugin =
                TestPlugin.building("sound", "tools.jackson.databind.json.JsonMapper.builder(); " + TestPlugin.NETWORK);
        assertThat(check(plugin, "--only", "jar-links", "--only", "jar-index")).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("FAILED jar-links", "needs tools.jackson.databind.json.JsonMapper")
                .contains("passed jar-index");
    }

    @Test
    void libraryInTheZipIsOneOfThePlugin() throws IOException {
        TestPlugin plugin = TestPlugin.building(
                "sound", Suggestion.class.getName() + ".question(\"a\", java.util.List.of()); " + TestPlugin.NETWORK);
        Path zip = plugin.writeZip(folder.resolve("p.zip"), Map.of("lib/some names+1.jar", jarOf(Suggestion.class)));
        String options = "--only jar-manifest --only jar-index --only jar-contents --only jar-links --only jar-loads"
                + " --only two-processes";
        assertThat(run(zip, options.split(" ", -1))).as(out.toString()).isZero();
        assertThat(out.toString()).contains("6 of 6 checks passed");
    }

    /** The method weights is as docs/how-to/ship-a-plugin.md shows it. */
    @Test
    void weightsInTheJarAreItsOwn() {
        String tensor = "{\"dtype\": \"F32\", \"shape\": [10], \"data_offsets\": [0, 40]}";
        byte[] header = ("{\"02Linear.bias\": " + tensor + "}").getBytes(UTF_8);
        byte[] weights = ByteBuffer.allocate(Long.BYTES + header.length + 40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
        TestPlugin plugin = TestPlugin.having("sound", "", """
                        @Override public Recipe recipe(Task task, Hyperparameters chosen) {
                            return Recipe.standard().withPretrained(task.classes() == 10);
                        }
                        @Override public java.net.URL weights(Task task, Hyperparameters chosen) {
                            return getClass().getResource("weights.safetensors");
                        """).file("test/weights.safetensors", weights);
        assertThat(check(plugin, "--only", "own-weights")).as(out.toString()).isZero();
    }

    /** They are for 4 filters and gray images only, and a training with 8 filters would stop. */
    @Test
    void weightsInTheJarMustFitWhereverTheRecipeStartsFromThem() {
        Path kept = Path.of("src", "test", "contract", "kept-1.0.0.jar");
        assertThat(run(kept, "--only", "own-weights")).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("expected 01Conv2d.weight of (8, 1, 3, 3) in", "but found one of (4, 1, 3, 3)");
    }

    /** Its libraries are loaded when it is first used, which takes longer and more memory than many a network. */
    @ParameterizedTest
    @ValueSource(strings = {"time", "memory"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "others do not list the libraries of a process in a file")
    void theEngineIsThereBeforeACostIsMeasured(String check) {
        TestPlugin plugin = TestPlugin.building("sound", """
                        try {
                            java.nio.file.Path maps = java.nio.file.Path.of("/proc/self/maps");
                            if (!java.nio.file.Files.readString(maps).contains("libtorch")) {
                                throw new IllegalStateException("the engine is not there yet");
                            }
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                        """ + TestPlugin.NETWORK);
        assertThat(check(plugin, "--only", check)).as(out.toString()).isZero();
    }

    @Test
    void jarThatTheProgramRefusesFailsToLoad() {
        assertThat(check(TestPlugin.sound("sound").withoutManifest("Plugin-Provider")))
                .isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("FAILED jar-loads", "MANIFEST.MF lacks Plugin-Provider", "0 of 1 checks passed");
    }

    @Test
    void expectedFailureIsNone() {
        assertThat(twoClasses("throw new IllegalStateException();", "--expect", "two-classes=needs three"))
                .isZero();
        assertThat(out.toString())
                .contains("expected  two-classes       two logits for two classes\n          needs three\n");
    }

    @Test
    @Tag("long")
    void expectedFailureThatPassesIsOne() {
        assertThat(twoClasses("task.width();", "--expect", "two-classes=needs three"))
                .isEqualTo(ExitCode.SOME_FAILED);
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains("was expected to fail (needs three), but passes: remove the expectation");
    }

    @Test
    void jsonHasEveryCheck() {
        assertThat(twoClasses("throw new IllegalStateException(\"no room\");", "--json"))
                .isEqualTo(ExitCode.SOME_FAILED);
        JsonNode checks = Json.LINE.readTree(out.toString()).path("checks");
        assertThat(checks.size()).isEqualTo(2);
        assertThat(checks.get(0).path("id").asString()).isEqualTo("two-classes");
        assertThat(checks.get(0).path("verdict").asString()).isEqualTo("failed");
        assertThat(checks.get(0).path("reason").asString()).isEqualTo("threw IllegalStateException: no room");
        assertThat(checks.get(0).path("again").asString()).endsWith(" --only two-classes");
        assertThat(checks.get(1).path("verdict").asString()).isEqualTo("passed");
    }

    @Test
    void badRequestIsOneLine() throws IOException {
        Path sound = TestPlugin.sound("sound").write(jar());
        assertRefused("expected a plugin's jar at " + folder.resolve("none") + ", but there is no such file", "none");
        Path directory = Files.createDirectory(folder.resolve("dir"));
        assertRefused("expected a plugin's jar at " + directory + ", but that is a folder", "dir");
        assertRefused("unknown check 'onx'; known are jar-manifest,", sound.toString(), "--only", "onx");
        assertRefused("unknown check 'onx'; known are jar-manifest,", sound.toString(), "--expect", "onx=why");
        assertRefused("expected a reason why the check 'onnx' fails", sound.toString(), "--expect", "onnx= ");
        assertRefused("expected --seconds of at least 1, but found 0", sound.toString(), "--seconds", "0");
    }

    private void assertRefused(String reason, String jar, String... options) {
        err.getBuffer().setLength(0);
        assertThat(run(folder.resolve(jar), options)).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("catwalk: " + reason);
        assertThat(out.toString()).isEmpty();
    }

    private int twoClasses(String statements, String... options) {
        String[] all = new String[options.length + 4];
        System.arraycopy(new String[] {"--only", "two-classes", "--only", "thousand-classes"}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        return check(TestPlugin.building("sound", FOR_TWO.formatted(statements)), all);
    }

    private int check(TestPlugin plugin, String... options) {
        return run(plugin.write(jar()), options);
    }

    private static byte[] jarOf(Class<?> type) throws IOException {
        String file = type.getName().replace('.', '/') + ".class";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream in = Objects.requireNonNull(type.getResourceAsStream("/" + file));
                ZipOutputStream packed = new ZipOutputStream(bytes)) {
            packed.putNextEntry(new ZipEntry(file));
            in.transferTo(packed);
        }
        return bytes.toByteArray();
    }

    private Path jar() {
        return folder.resolve("p.jar");
    }

    private int run(Path jar, String... options) {
        String[] all = new String[options.length + 3];
        System.arraycopy(new String[] {"plugin", "check", jar.toString()}, 0, all, 0, 3);
        System.arraycopy(options, 0, all, 3, options.length);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
    }
}
