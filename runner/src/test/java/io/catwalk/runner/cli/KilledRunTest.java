package io.catwalk.runner.cli;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run of six trials that is killed at random instants, the program or one of its trials, and resumed each
 * time. {@code -Dcatwalk.kills=20} kills more often than the suite does.
 */
final class KilledRunTest {

    private static final int KILLS = Integer.getInteger("catwalk.kills", 5);

    /** What may differ between two runs of one request: the names of their folders, times and what follows from them. */
    private static final Set<String> OF_THE_DAY = Set.of(
            "name",
            "command",
            "started_at",
            "seconds",
            "total_seconds",
            "seconds_per_epoch",
            "training_seconds",
            "training_images_per_second",
            "cpu_seconds",
            "peak_memory_bytes",
            "pytorch",
            "onnxruntime",
            "on_front"); // by latency

    private static final String REQUEST = "crossval a b --folds 3 --plugins-dir plugins --dataset tiny --epochs 30"
            + " --batch-size 24 --jobs 2 --threads 1 --out ";

    @TempDir
    private Path folder;

    @BeforeEach
    void makePluginsAndImages() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        for (String name : List.of("a", "b")) {
            TestPlugin.sound(name).write(plugins.resolve(name + ".jar"));
        }
        TinyImages.write(folder.resolve("tiny"));
    }

    @Test
    void killedAndResumedItEndsAsIfNothingHadHappened() throws Exception {
        Catwalk.Answer calm = Catwalk.finish(Catwalk.process(folder, (REQUEST + "calm").split(" ", -1)));
        assertThat(calm.exitCode()).as("%s", calm).isZero();
        SplittableRandom random = new SplittableRandom(1);
        List<String> kills = new ArrayList<>();
        Process program = start(REQUEST + "killed");
        while (!Files.exists(folder.resolve("killed/experiment.yaml")) && program.isAlive()) {
            Thread.sleep(10); // before that, there is no run to go on with
        }
        for (int kill = 0; kill < KILLS; kill++) {
            kills.add(killWithin(program, random));
            program = start("resume killed --plugins-dir plugins");
        }
        assertThat(program.waitFor(5, MINUTES)).isTrue();
        Catwalk.Answer last = Catwalk.finish(Catwalk.process(folder, "resume", "killed", "--plugins-dir", "plugins"));

        assertThat(last.exitCode()).as("%s, then %s", kills, last).isZero();
        assertThat(results("killed")).as("%s", kills).isEqualTo(results("calm"));
        assertThat(Files.readAllLines(folder.resolve("killed/journal.jsonl")))
                .filteredOn(line -> line.contains("\"status\":\"done\"") && line.contains("\"pytorch\":null"))
                .as("each trial is done once, and then measured: %s", kills)
                .hasSize(6);
    }

    /** Kills the program or one of its trials after a while, and waits until nothing of it is left. */
    private String killWithin(Process program, SplittableRandom random) throws Exception {
        long wait = random.nextLong(200, 6_000);
        if (program.waitFor(wait, MILLISECONDS)) {
            return "ended by itself";
        }
        List<ProcessHandle> trials = program.descendants().toList();
        boolean whole = trials.isEmpty() || random.nextInt(3) > 0;
        if (whole) {
            program.destroyForcibly();
        } else {
            trials.get(random.nextInt(trials.size())).destroyForcibly();
        }
        assertThat(program.waitFor(2, MINUTES)).isTrue();
        for (ProcessHandle trial : trials) {
            trial.onExit().get(20, SECONDS);
        }
        return (whole ? "program" : "trial") + " after " + wait + " ms";
    }

    private Process start(String arguments) throws IOException {
        File log = folder.resolve("screen.txt").toFile();
        return Catwalk.process(folder, arguments.split(" ", -1))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .redirectError(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private JsonNode results(String run) throws IOException {
        JsonNode results = Json.JSON.readTree(Files.readString(folder.resolve(run + "/results.json")));
        strip(results);
        return results;
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(OF_THE_DAY);
        }
        Stream<JsonNode> inner = node instanceof ArrayNode array
                ? array.valueStream()
                : node instanceof ObjectNode object ? object.valueStream() : Stream.empty();
        inner.forEach(KilledRunTest::strip);
    }
}
