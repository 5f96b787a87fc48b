package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.testkit.contract.Check;
import io.catwalk.testkit.contract.Contract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import tools.jackson.databind.JsonNode;

final class PluginCheckCommandTest {

    private static final String TWO_AND_MANY = "--only two-classes --only thousand-classes";

    @TempDir
    Path folder;

    private Catwalk.Answer check(TestPlugin plugin, String options) {
        return check(plugin.write(folder.resolve("p.jar")), options);
    }

    private String failed(TestPlugin plugin, String options) {
        return check(plugin, options).exits(ExitCode.SOME_FAILED).joined();
    }

    private static Catwalk.Answer check(Path jar, String options) {
        return Catwalk.ask(("plugin check %s " + options).strip(), jar);
    }

    private static TestPlugin twoClasses(String statements) {
        return TestPlugin.building("sound", "if (task.classes() == 2) { " + statements + " } " + TestPlugin.NETWORK);
    }

    @Test
    void ourPluginKeepsTheWholeContractOneLineForEachCheck() {
        Catwalk.Answer answer =
                check(TestPlugin.ours("stride-conv"), "--seconds 300").done();

        List<String> lines = answer.out().lines().toList();
        int checks = Contract.checks().size();
        assertThat(lines).hasSize(checks + 2).allMatch(line -> line.length() <= 80);
        assertThat(lines.get(0)).isEqualTo("stride-conv");
        assertThat(lines.subList(1, checks + 1))
                .extracting(line -> line.substring(10, 26).strip())
                .containsExactlyElementsOf(
                        Contract.checks().stream().map(Check::id).toList());
        assertThat(lines.get(checks + 1)).startsWith(checks + " of " + checks + " checks passed, in ");
        assertThat(answer.err()).isEmpty();
    }

    @Test
    void aFailureSaysHowToReproduceItAlsoInJson() {
        TestPlugin failing = twoClasses("throw new IllegalStateException(\"no room for two\");");

        Catwalk.Answer text = check(failing, TWO_AND_MANY).exits(ExitCode.SOME_FAILED);
        Catwalk.Answer json = check(failing, TWO_AND_MANY + " --json").exits(ExitCode.SOME_FAILED);

        assertThat(text.out().lines())
                .startsWith(
                        "sound",
                        "FAILED    two-classes       two logits for two classes",
                        "          threw IllegalStateException: no room for two",
                        "          catwalk plugin check " + folder.resolve("p.jar") + " --only two-classes",
                        "passed    thousand-classes  a thousand logits for a thousand classes");
        JsonNode checks = json.json().path("checks");
        assertThat(checks.findValuesAsString("verdict")).containsExactly("failed", "passed");
        Catwalk.requireJson(checks, "/0/id=two-classes", "/0/reason=threw IllegalStateException: no room for two");
        assertThat(checks.at("/0/again").asString()).endsWith(" --only two-classes");
    }

    @Test
    @Tag("long")
    void aCheckThatEndsItsProcessIsNamedAndTheNextOneRuns() {
        assertThat(failed(twoClasses("Runtime.getRuntime().halt(0);"), TWO_AND_MANY))
                .contains("FAILED two-classes", "ended its process with exit code 0", "passed thousand-classes");
    }

    @Test
    @Tag("long")
    void whatHangsIsStoppedAndTheNextCheckRuns() {
        String hanging = "while (true) { Thread.onSpinWait(); }";
        assertThat(failed(twoClasses(hanging), TWO_AND_MANY + " --seconds 20"))
                .contains("FAILED two-classes", "did not end within 10.0 s", "passed thousand-classes");
        TestPlugin unloaded = TestPlugin.withBodies("sound", hanging, "return \"sound\";", TestPlugin.NETWORK);
        assertThat(failed(unloaded, "--seconds 3")).contains("FAILED jar-loads", "3 s");
    }

    @Test
    @Tag("long")
    void theReasonStandsAgainBelowAllThatWasSkipped() {
        TestPlugin plugin = TestPlugin.building(
                "sound", "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes() + 1));");
        assertThat(failed(plugin, "--only shapes --only finite"))
                .containsPattern("skipped finite .* shapes .* first failure: shapes: .* 0 of 2 checks passed");
        assertThat(failed(TestPlugin.sound("sound").withoutManifest("Plugin-Provider"), ""))
                .contains("FAILED jar-loads", "Plugin-Provider", "0 of 1 checks passed");
    }

    @Test
    @Tag("long")
    void aDescriptionThatSaysNothingIsNoted() {
        assertThat(noted("sound, an image classifier")).hasLineCount(1).contains("description");
        assertThat(noted("One layer")).isEmpty();
    }

    private String noted(String description) {
        TestPlugin plugin = TestPlugin.sound("sound").manifest("Plugin-Description", description);
        return check(plugin, "--only name").done().err();
    }

    @Test
    @Tag("long")
    void aLibraryIsThePluginsOwnOnlyIfItIsInItsZip() throws IOException {
        String json = "tools.jackson.databind.json.JsonMapper";
        TestPlugin jar = TestPlugin.building("sound", json + ".builder(); " + TestPlugin.NETWORK);
        assertThat(failed(jar, "--only jar-links --only jar-index"))
                .contains("FAILED jar-links", "needs " + json, "passed jar-index");
        String library = TextEscaping.class.getName() + ".shellWord(\"a\"); ";
        Path zip = TestPlugin.building("sound", library + TestPlugin.NETWORK)
                .writeZip(folder.resolve("p.zip"), Map.of("lib/some names+1.jar", jarOf(TextEscaping.class)));
        String all = "--only jar-manifest --only jar-index --only jar-contents --only jar-links --only jar-loads"
                + " --only two-processes";
        assertThat(check(zip, all).done().out()).contains("6 of 6 checks passed");
    }

    /** The method weights is as docs/how-to/ship-a-plugin.md shows it. */
    @Test
    @Tag("long")
    void weightsInTheJarAreItsOwnAndMustFitWhereverTheRecipeStartsFromThem() {
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
        check(plugin, "--only own-weights").done();

        // They are for 4 filters and gray images only, and a training with 8 filters would stop.
        Path kept = Path.of("src", "test", "contract", "kept-1.0.0.jar");
        assertThat(check(kept, "--only own-weights").exits(ExitCode.SOME_FAILED).joined())
                .contains("01Conv2d.weight", "(8, 1, 3, 3)", "(4, 1, 3, 3)");
    }

    /** Its libraries are loaded when it is first used, which takes longer and more memory than many a network. */
    @Test
    @Tag("long")
    @EnabledOnOs(value = OS.LINUX, disabledReason = "others do not list the libraries of a process in a file")
    void theEngineIsThereBeforeACostIsMeasured() {
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
        check(plugin, "--only time").done();
        check(plugin, "--only memory").done();
    }

    @Test
    @Tag("long")
    void anExpectedFailureIsNoneUnlessItPasses() {
        String expected = TWO_AND_MANY + " --expect two-classes=needs-three";
        TestPlugin throwing = twoClasses("throw new IllegalStateException();");
        assertThat(check(throwing, expected).done().joined()).contains("expected two-classes", "needs-three");
        assertThat(failed(twoClasses("task.width();"), expected))
                .contains("was expected to fail (needs-three), but passes");
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
}
