package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Tag("long")
final class MisbehavingPluginsTest {

    private static final String LAST = "Layers.flatten(), Layers.dense(task.classes()));";

    /** Changes the data only in training, where batches have 15 or 16 images: the third is the first that has 16. */
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
        Map<String, String> all = new LinkedHashMap<>();
        all.put("hangs", "while (true) { java.util.concurrent.locks.LockSupport.park(); }");
        all.put("exits", "System.exit(0); return null;");
        all.put("halts", IN_TRAINING.formatted("Runtime.getRuntime().halt(7);"));
        all.put("throws", "throw new IllegalStateException(\"no such | layer\\nat all\");");
        all.put("misshapes", "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes() + 1));");
        all.put("hoards", "var all = new java.util.ArrayList<long[]>(); while (true) { all.add(new long[1 << 20]); }");
        all.put("crashes", shell("kill -SEGV $PPID") + "while (true) { Thread.onSpinWait(); }");
        all.put("leaves-orphan", shell("sleep 60 &") + "System.exit(3); return null;");
        all.put("diverges", IN_TRAINING.formatted("return new ai.djl.ndarray.NDList(x.head().mul(Float.NaN));"));
        all.put("sound", "System.out.println(\"hello\"); return Layers.sequence(" + LAST);
        return all;
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
        reasons.put("diverges", "the loss is NaN in epoch 1, step 3 of 7");
        return reasons;
    }

    @Test
    void eachCostsItsOwnRowWhoseReasonSaysWhatHappenedAndTheOtherIsDone() {
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
        assertThat(screen).doesNotContain("\tat ", "Exception in thread");
        assertThat(row("sound").path("status").asString()).isEqualTo("done");
        assertThat(row("sound").at("/metrics/test/images").asInt()).isEqualTo(TinyImages.TEST);
        assertThat(row("sound").at("/efficiency/pytorch/p50_micros").asDouble()).isPositive();
    }

    @Test
    void whatAPluginPrintsIsInTheLogOnlyAndTheReportOfACrashInTheTrialFolder() {
        assertThat(folder.resolve("run/trials/sound/1-0/log.txt")).content().contains("hello");
        assertThat(screen).doesNotContain("hello");
        assertThat(folder.resolve("run/trials/crashes/1-0/crash.log")).isRegularFile();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("plugins", "tiny", "run");
    }

    @Test
    void journalAndAllFormatsTellTheSame() throws IOException {
        int failed = NETWORKS.size() - 1;
        assertThat(Files.readAllLines(folder.resolve("run/journal.jsonl")))
                .map(line -> Json.LINE.readTree(line).path("outcome"))
                .filteredOn(outcome -> outcome.path("status").asString("").equals("failed"))
                .extracting(outcome -> outcome.path("classifier").asString())
                .containsExactlyInAnyOrderElementsOf(reasons().keySet());
        assertThat(Catwalk.json(folder.resolve("run/results.json"))).isEqualTo(results);
        assertThat(results.path("trials").findValuesAsString("classifier"))
                .containsExactlyElementsOf(NETWORKS.keySet());
        assertThat(Files.readAllLines(folder.resolve("run/results.csv")))
                .hasSize(1 + NETWORKS.size())
                .filteredOn(line -> line.startsWith("failed,"))
                .hasSize(failed);
        List<String> markdown = Files.readAllLines(folder.resolve("run/results.md"));
        requireWholeTables(markdown);
        assertThat(markdown).anyMatch(line -> line.contains("; " + failed + " failed"));
        assertThat(reasons().keySet())
                .allSatisfy(name -> assertThat(markdown)
                        .anyMatch(line -> line.contains(
                                TextEscaping.markdown(row(name).path("error").asString()))));
    }

    /** Requires that each row of each table has as many cells as its head; a pipe in a text is escaped. */
    private static void requireWholeTables(List<String> markdown) {
        int tables = 0;
        int columns = 0;
        for (String line : markdown) {
            if (!line.startsWith("|")) {
                columns = 0;
                continue;
            }
            String pipes = line.replace("\\|", "").replaceAll("[^|]", "");
            assertThat(line).endsWith("|");
            tables += columns == 0 ? 1 : 0;
            columns = columns == 0 ? pipes.length() : columns;
            assertThat(pipes).as(line).hasSize(columns);
        }
        assertThat(tables).isGreaterThan(1);
    }

    private static JsonNode row(String name) {
        return results.path("trials").get(List.copyOf(NETWORKS.keySet()).indexOf(name));
    }
}
