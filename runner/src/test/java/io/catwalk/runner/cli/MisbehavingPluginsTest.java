package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        String[] arguments = Catwalk.words("compare " + String.join(" ", NETWORKS.keySet())
                + " --plugins-dir plugins --dataset tiny --out run --epochs 1 --batch-size 16 --jobs 2 --threads 1"
                + " --trial-timeout 40s --json");
        ProcessBuilder builder = Catwalk.process(folder, arguments);
        builder.environment().put("CATWALK_OPTS", "-Xmx200m -XX:TieredStopAtLevel=1");
        Catwalk.Answer answer = Catwalk.finish(builder);
        exitCode = answer.exitCode();
        screen = answer.err();
        results = Json.JSON.readTree(answer.out());
    }

    /** Maps each that fails to what its reason says. */
    private static Map<String, String> reasons() {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("hangs", "--trial-timeout 40s");
        reasons.put("exits", "exit code 0 before it was done: see trials/exits/1-0/log.txt");
        reasons.put("halts", "exit code 7 before it was done");
        reasons.put("throws", "network(...) threw IllegalStateException: no such | layer at all");
        reasons.put("misshapes", "to logits (2, 10), but its output is [(2, 11)]");
        reasons.put("hoards", "ran out of memory (Java heap space): try fewer --jobs");
        reasons.put("crashes", "crashed in native code: see trials/crashes/1-0/crash.log");
        reasons.put("leaves-orphan", "exit code 3 before it was done");
        reasons.put("diverges", "the loss is NaN in epoch 1, step 1 of 6");
        return reasons;
    }

    @Test
    void eachCostsItsOwnRowWhoseReasonSaysWhatHappened() {
        assertThat(exitCode).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(reasons()).hasSize(NETWORKS.size() - 1);
        reasons().forEach((name, reason) -> {
            JsonNode trial = row(name);
            String error = trial.path("error").asString();
            assertThat(trial.path("status").asString()).isEqualTo("failed");
            assertThat(trial.has("metrics")).isFalse();
            assertThat(error).contains(reason).doesNotContain("\n");
            assertThat(screen).contains(name + " seed 1: failed: " + error);
        });
        assertThat(screen).doesNotContain("\tat ").doesNotContain("Exception in thread");
    }

    @Test
    void theOtherTrialIsDoneAndMeasured() {
        JsonNode trial = row("sound");
        assertThat(trial.path("status").asString()).isEqualTo("done");
        assertThat(trial.has("error")).isFalse();
        assertThat(trial.at("/metrics/test/images").asInt()).isEqualTo(TinyImages.TEST);
        assertThat(trial.at("/efficiency/pytorch/p50_micros").asDouble()).isPositive();
    }

    @Test
    void whatAPluginPrintsIsInTheLogOnlyAndTheReportOfACrashInTheTrialFolder() throws IOException {
        assertThat(folder.resolve("run/trials/sound/1-0/log.txt")).content().contains("hello");
        assertThat(screen).doesNotContain("hello");
        assertThat(folder.resolve("run/trials/crashes/1-0/crash.log")).isRegularFile();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("plugins", "tiny", "run");
        }
    }

    @Test
    void journalAndAllFormatsTellTheSame() throws IOException {
        assertThat(Files.readAllLines(folder.resolve("run/journal.jsonl")))
                .map(line -> Json.LINE.readTree(line).path("outcome"))
                .filteredOn(outcome -> !outcome.isMissingNode()
                        && !outcome.at("/efficiency/pytorch").isObject())
                .extracting(outcome -> outcome.path("classifier").asString() + " "
                        + outcome.path("status").asString())
                .containsExactlyInAnyOrderElementsOf(NETWORKS.keySet().stream()
                        .map(name -> name + (name.equals("sound") ? " done" : " failed"))
                        .toList());
        assertThat(Catwalk.json(folder.resolve("run/results.json"))).isEqualTo(results);
        assertThat(results.path("trials"))
                .extracting(trial -> trial.path("classifier").asString())
                .containsExactlyElementsOf(NETWORKS.keySet());
        assertThat(Files.readAllLines(folder.resolve("run/results.csv")))
                .hasSize(1 + NETWORKS.size())
                .filteredOn(line -> line.startsWith("failed,"))
                .hasSize(NETWORKS.size() - 1);
        assertThat(Files.readAllLines(folder.resolve("run/results.md")))
                // Two tables of 8 and 11 columns, the second of the one finished trial.
                .filteredOn(line -> line.startsWith("|"))
                .hasSize(2 + NETWORKS.size() + 3)
                .allMatch(line -> line.replace("\\|", "").matches("(?:[^|]*\\|){9}|(?:[^|]*\\|){12}"))
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
}
