package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Suggestion;
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

/** Checks plugins with the command, in separate processes. */
final class PluginCheckCommandTest {

    private static final String TWO_AND_MANY = "--only two-classes --only thousand-classes ";

    @TempDir
    Path folder;

    private Catwalk.Answer check(TestPlugin plugin, String options) {
        return check(plugin.write(folder.resolve("p.jar")), options);
    }

    private static Catwalk.Answer check(Path jar, String options) {
        return Catwalk.ask(("plugin check %s " + options).strip(), jar);
    }

    /** Checks a network that for two classes does this, and is otherwise correct. */
    private Catwalk.Answer twoClasses(String statements, String options) {
        String network = "if (task.classes() == 2) { " + statements + " } " + TestPlugin.NETWORK;
        return check(TestPlugin.building("sound", network), TWO_AND_MANY + options.strip());
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
        String failing = "throw new IllegalStateException(\"no room for two\");";

        Catwalk.Answer text = twoClasses(failing, "").exits(ExitCode.SOME_FAILED);
        JsonNode checks =
                twoClasses(failing, "--json").exits(ExitCode.SOME_FAILED).json().path("checks");

        assertThat(text.out().lines())
                .startsWith(
                        "sound",
                        "FAILED    two-classes       two logits for two classes",
                        "          threw IllegalStateException: no room for two",
                        "          catwalk plugin check " + folder.resolve("p.jar") + " --only two-classes",
                        "passed    thousand-classes  a thousand logits for a thousand classes");
        assertThat(checks.size()).isEqualTo(2);
        assertThat(checks.at("/0/id").asString()).isEqualTo("two-classes");
        assertThat(checks.at("/0/verdict").asString()).isEqualTo("failed");
        assertThat(checks.at("/0/reason").asString()).isEqualTo("threw IllegalStateException: no room for two");
        assertThat(checks.at("/0/again").asString()).endsWith(" --only two-classes");
        assertThat(checks.at("/1/verdict").asString()).isEqualTo("passed");
    }

    @Test
    void aCheckThatEndsItsProcessIsNamedAndTheNextOneRuns() {
        Catwalk.Answer ended = twoClasses("Runtime.getRuntime().halt(0);", "").exits(ExitCode.SOME_FAILED);

        assertThat(ended.out())
                .contains("FAILED    two-classes", "ended its process with exit code 0", "passed    thousand-classes");
    }

    @Test
    @Tag("long")
    void whatHangsIsStoppedAndTheNextCheckRuns() {
        String hanging = "while (true) { Thread.onSpinWait(); }";

        assertThat(twoClasses(hanging, "--seconds 20")
                        .exits(ExitCode.SOME_FAILED)
                        .out())
                .contains("FAILED    two-classes", "did not end within 10.0 s", "passed    thousand-classes");
        TestPlugin unloaded = TestPlugin.withBodies("sound", hanging, "return \"sound\";", TestPlugin.NETWORK);
        assertThat(check(unloaded, "--seconds 3").exits(ExitCode.SOME_FAILED).out())
                .contains("FAILED    jar-loads", "3 s");
    }

    @Test
    void theReasonStandsAgainBelowAllThatWasSkipped() {
        TestPlugin plugin = TestPlugin.building(
                "sound", "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes() + 1));");

        assertThat(check(plugin, "--only shapes --only finite")
                        .exits(ExitCode.SOME_FAILED)
                        .joined())
                .containsPattern("skipped finite .* shapes .* first failure: shapes: .* 0 of 2 checks passed");
    }

    @Test
    void aDescriptionThatSaysNothingIsNoted() {
        TestPlugin plugin = TestPlugin.sound("sound");
        for (String plain : List.of("sound, an image classifier", "One convolution and two dense layers")) {
            assertThat(check(plugin.manifest("Plugin-Description", plain), "--only name")
                            .done()
                            .err())
                    .hasLineCount(1)
                    .contains("description");
        }
        assertThat(check(plugin.manifest("Plugin-Description", "One layer"), "--only name")
                        .done()
                        .err())
                .isEmpty();
    }

    @Test
    void aLibraryIsThePluginsOwnOnlyIfItIsInItsZip() throws IOException {
        TestPlugin jar =
                TestPlugin.building("sound", "tools.jackson.databind.json.JsonMapper.builder(); " + TestPlugin.NETWORK);
        assertThat(check(jar, "--only jar-links --only jar-index")
                        .exits(ExitCode.SOME_FAILED)
                        .joined())
                .contains("FAILED jar-links", "needs tools.jackson.databind.json.JsonMapper", "passed jar-index");

        TestPlugin plugin = TestPlugin.building(
                "sound", Suggestion.class.getName() + ".question(\"a\", java.util.List.of()); " + TestPlugin.NETWORK);
        Path zip = plugin.writeZip(folder.resolve("p.zip"), Map.of("lib/some names+1.jar", jarOf(Suggestion.class)));
        assertThat(check(
                                zip,
                                "--only jar-manifest --only jar-index --only jar-contents --only jar-links --only"
                                        + " jar-loads --only two-processes")
                        .done()
                        .out())
                .contains("6 of 6 checks passed");
    }

    /** The method weights is as docs/how-to/ship-a-plugin.md shows it. */
    @Test
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
    void aJarThatTheProgramRefusesFailsToLoad() {
        assertThat(check(TestPlugin.sound("sound").withoutManifest("Plugin-Provider"), "")
                        .exits(ExitCode.SOME_FAILED)
                        .joined())
                .contains("FAILED jar-loads", "Plugin-Provider", "0 of 1 checks passed");
    }

    @Test
    void anExpectedFailureIsNoneUnlessItPasses() {
        String expected = "--expect two-classes=needs-three";
        assertThat(twoClasses("throw new IllegalStateException();", expected)
                        .done()
                        .out())
                .contains("expected  two-classes", "needs-three");
        assertThat(twoClasses("task.width();", expected)
                        .exits(ExitCode.SOME_FAILED)
                        .joined())
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
