package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** One comparison of plugins that each fail in a different way, started as by a user. */
@Tag("long")
final class MisbehavingPluginsTest {

    private static final String LAST = "Layers.flatten(), Layers.dense(task.classes()));";

    /** Changes the data only in training, where batches have 16 images. */
    private static final String IN_TRAINING =
            "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { if (x.head().getShape().get(0) == 16) { %s } "
                    + "return x; }, \"odd\"), "
                    + LAST;

    /** Maps each name to the body of network(...). The one that hangs comes first, so that the others run meanwhile. */
    private static final Map<String, String> NETWORKS = networks();

    @TempDir
    private static Path folder;

    private static int exitCode;
    private static String screen = "";
    private static JsonNode results = Json.JSON.nullNode();

    private static Map<String, String> networks() {
        Map<String, String> networks = new LinkedHashMap<>();
        networks.put("hangs", "while (true) { java.util.concurrent.locks.LockSupport.park(); }");
        networks.put("exits", "System.exit(0); return null;");
        networks.put("halts", IN_TRAINING.formatted("Runtime.getRuntime().halt(7);"));
        networks.put("throws", "throw new IllegalStateException(\"no such | layer\\nat all\");");
        networks.put("misshapes", "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes() + 1));");
        networks.put(
                "hoards", "var all = new java.util.ArrayList<long[]>(); while (true) { all.add(new long[1 << 20]); }");
        networks.put("crashes", shell("kill -SEGV $PPID") + "while (true) { Thread.onSpinWait(); }");
        networks.put("leaves-orphan", shell("sleep 60 &") + "System.exit(3); return null;");
        networks.put("diverges", IN_TRAINING.formatted("return new ai.djl.ndarray.NDList(x.head().mul(Float.NaN));"));
        networks.put("sound", "System.out.println(\"hello\"); return Layers.sequence(" + LAST);
        return networks;
    }

    private static String shell(String script) {
        return "try { new ProcessBuilder(\"sh\", \"-c\", \"" + script
                + "\").inheritIO().start().waitFor(); } catch (Exception e) { throw new IllegalStateException(e); } ";
    }

    @BeforeAll
    static void compare() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        NETWORKS.forEach((name, network) -> TestPlugin.building(name, network).write(plugins.resolve(name + ".jar")));
        // This plugin is not used: any process that loaded it, of a trial or the program itself, would end.
        TestPlugin.having("bystander", "Runtime.getRuntime().halt(0);", "static { ")
                .write(plugins.resolve("bystander.jar"));
        TinyImages.write(folder.resolve("tiny"));
        String[] arguments = Stream.concat(
                        Stream.of("compare"),
                        Stream.concat(
                                NETWORKS.keySet().stream(),
                                Stream.of("--plugins-dir plugins --dataset tiny --out run --epochs 1 --batch-size 16 "
                                                + "--jobs 2 --threads 1 --trial-timeout 40s --json")
                                        .flatMap(options -> Stream.of(options.split(" ", -1)))))
                .toArray(String[]::new);
        ProcessBuilder builder = Catwalk.process(folder, arguments);
        builder.environment().put("CATWALK_OPTS", "-Xmx200m -XX:TieredStopAtLevel=1");
        Catwalk.Answer answer = Catwalk.finish(builder);
        exitCode = answer.exitCode();
        screen = answer.err();
        results = Json.JSON.readTree(answer.out());
    }

    private static List<String> misbehaving() {
        return NETWORKS.keySet().stream().filter(name -> !name.equals("sound")).toList();
    }

    @Test
    void theCommandTellsThatSomeFailed() {
        assertThat(exitCode).isEqualTo(ExitCode.SOME_FAILED);
    }

    @Test
    void theOtherTrialIsDoneAndMeasured() {
        JsonNode trial = row("sound");
        assertThat(trial.path("status").asString()).isEqualTo("done");
        assertThat(trial.has("error")).isFalse();
        assertThat(trial.path("metrics").path("test").path("images").asInt()).isEqualTo(TinyImages.TEST);
        assertThat(trial.path("efficiency").path("pytorch").path("p50_micros").asDouble())
                .isPositive();
    }

    @Test
    void whatAPluginPrintsIsInTheLogOnly() throws IOException {
        assertThat(Files.readString(folder.resolve("run/trials/sound/1-0/log.txt")))
                .contains("hello");
        assertThat(screen).doesNotContain("hello");
    }

    @ParameterizedTest
    @MethodSource("misbehaving")
    void eachCostsItsOwnRow(String name) {
        JsonNode trial = row(name);
        assertThat(trial.path("status").asString()).isEqualTo("failed");
        assertThat(trial.has("metrics")).isFalse();
        assertThat(trial.path("error").asString()).isNotBlank().doesNotContain("\n");
        assertThat(screen)
                .contains(name + " seed 1: failed: " + trial.path("error").asString());
    }

    @Test
    void theReasonSaysWhatHappenedAndWhereToLook() {
        assertThat(error("hangs")).isEqualTo("took longer than --trial-timeout 40s and was stopped");
        assertThat(error("exits"))
                .isEqualTo("its process ended by itself with exit code 0 before it was done: "
                        + "see trials/exits/1-0/log.txt");
        assertThat(error("halts")).contains("exit code 7 before it was done");
        assertThat(error("throws"))
                .isEqualTo("classifier 'throws' of throws.jar: network(...) threw IllegalStateException: "
                        + "no such | layer at all");
        assertThat(error("misshapes")).contains("to logits (2, 10), but its output is [(2, 11)]");
        assertThat(error("hoards")).startsWith("ran out of memory (Java heap space): try fewer --jobs");
        assertThat(error("crashes")).isEqualTo("its process crashed in native code: see trials/crashes/1-0/crash.log");
        assertThat(error("leaves-orphan")).contains("exit code 3 before it was done");
        assertThat(error("diverges")).startsWith("the loss is NaN in epoch 1, step 1 of 6");
    }

    @Test
    void theReportOfACrashIsInTheTrialFolder() throws IOException {
        assertThat(folder.resolve("run/trials/crashes/1-0/crash.log")).isRegularFile();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("plugins", "tiny", "run");
        }
    }

    @Test
    void noStackTraceReachesTheScreen() {
        assertThat(screen).doesNotContain("\tat ").doesNotContain("Exception in thread");
    }

    @Test
    void theJournalHasALineForEachTrial() throws IOException {
        assertThat(Files.readAllLines(folder.resolve("run/journal.jsonl")))
                .map(line -> Json.LINE.readTree(line).path("outcome"))
                .filteredOn(
                        outcome -> outcome.path("efficiency").path("pytorch").isMissingNode()
                                || outcome.path("efficiency").path("pytorch").isNull())
                .filteredOn(outcome -> !outcome.isMissingNode())
                .extracting(outcome -> "trials/" + outcome.path("classifier").asString() + "/1-0 "
                        + outcome.path("status").asString())
                .containsExactlyInAnyOrderElementsOf(NETWORKS.keySet().stream()
                        .map(name -> "trials/" + name + "/1-0 " + (name.equals("sound") ? "done" : "failed"))
                        .toList());
    }

    @Test
    void allFormatsTellTheSame() throws IOException {
        assertThat(Json.JSON.readTree(Files.readString(folder.resolve("run/results.json"))))
                .isEqualTo(results);
        assertThat(results.path("trials"))
                .extracting(trial -> trial.path("classifier").asString())
                .containsExactlyElementsOf(NETWORKS.keySet());
        assertThat(Files.readAllLines(folder.resolve("run/results.csv")))
                .hasSize(1 + NETWORKS.size())
                .filteredOn(line -> line.startsWith("failed,"))
                .hasSize(NETWORKS.size() - 1);
        assertThat(Files.readAllLines(folder.resolve("run/results.md")))
                // Two tables, the second of the one finished trial.
                .filteredOn(line -> line.startsWith("|"))
                .hasSize(2 + NETWORKS.size() + 3)
                .allSatisfy(line -> assertThat(line.replace("\\|", "")
                                .chars()
                                .filter(c -> c == '|')
                                .count())
                        .as("the columns of one of the two")
                        .isIn(9L, 12L))
                .filteredOn(line -> line.contains("failed: "))
                .hasSize(NETWORKS.size() - 1);
    }

    private static JsonNode row(String name) {
        return results.path("trials")
                .valueStream()
                .filter(trial -> trial.path("classifier").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String error(String name) {
        return row(name).path("error").asString();
    }
}
