package io.catwalk.runner.cli;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.cli.Killer.Kind;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs of six trials that are killed at random instants, whichever command is running, and continued each time.
 * {@code -Dcatwalk.kills=200} kills more often than the suite does, {@code -Dcatwalk.seed=2} at other instants.
 */
@Tag("long")
final class KilledRunTest {

    private static final int KILLS = Integer.getInteger("catwalk.kills", 12);

    /** After this many kills, little of a run is left to train, so the next kills are for another run. */
    private static final int KILLS_OF_A_RUN = 20;

    /** What may differ between two runs of one request: the names of their folders, times and what depends on these. */
    private static final Set<String> OF_THE_DAY = Set.of(("name command jobs started_at seconds total_seconds"
                    + " seconds_per_epoch training_seconds training_images_per_second cpu_seconds peak_memory_bytes pytorch"
                    + " onnxruntime on_front latency_notes")
            .split(" ", -1));

    private static final int TRIALS = 6;

    /** Times differ anyway, and measuring them is half of the work: they are measured only in long tests. */
    private static final String HOW = "--plugins-dir PLUGINS" + (KILLS > KILLS_OF_A_RUN ? "" : " --no-latency");

    private static final String REQUEST =
            "crossval a b --folds 3 --epochs 40 --batch-size 24 --jobs 2 --threads 1 --dataset DATA --out RUN " + HOW;
    private static final String RESUME = "resume RUN " + HOW;
    private static final String EXPORT = "export RUN --opset 15 --plugins-dir PLUGINS";
    private static final String REPORT = "report RUN";

    @TempDir
    private Path folder;

    /** The current run; it is moved once. */
    private Path run;

    /** When the training of each trial started, as far as its folder has recorded it. */
    private final Map<String, String> trained = new HashMap<>();

    @BeforeEach
    void makePluginsAndImages() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        for (String name : List.of("a", "b")) {
            TestPlugin.sound(name).write(plugins.resolve(name + ".jar"));
        }
        TinyImages.write(folder.resolve("tiny"));
        run = folder.resolve("calm");
    }

    @Test
    void killedAndGoneOnWithItEndsAsIfNothingHadHappened(TestReporter reporter) throws Exception {
        carryOut(REQUEST); // in separate processes: the engine of this one may have been started with other settings
        carryOut(EXPORT);
        long start = System.nanoTime();
        Catwalk.finish(Catwalk.process(folder, command(REPORT))).done();
        Killer killer = new Killer(folder, (System.nanoTime() - start) / 1_000_000, Long.getLong("catwalk.seed", 1));
        JsonNode calm = results();

        for (int number = 1; killer.allHits() < KILLS; number++) {
            trained.clear();
            run = folder.resolve("killed-" + number);
            killAgainAndAgain(killer, killer.allHits() + Math.min(KILLS, KILLS_OF_A_RUN));
            carryOut(RESUME);
            carryOut(EXPORT);
            carryOut(REPORT);

            assertThat(results()).as("%s", killer.story()).isEqualTo(calm);
            requireTrainedOnce(killer);
            assertThat(trained).as("%s", killer.story()).hasSize(TRIALS);
            try (Stream<Path> files = Files.walk(run)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .as("%s", killer.story())
                        .contains("report.html", "slides.pptx")
                        .noneMatch(name -> name.endsWith(".part"));
            }
        }

        reporter.publishEntry("living processes that were killed", String.valueOf(killer.hits()));
        assertThat(killer.hits())
                .as("%s", killer.story())
                .allSatisfy(
                        (kind, hits) -> assertThat(hits).as("kills of %s", kind).isPositive());
    }

    private void killAgainAndAgain(Killer killer, int enough) throws Exception {
        int middle = (killer.allHits() + enough) / 2;
        boolean moved = false;
        killer.kill(Kind.PARENT, killer.start(command(REQUEST)));
        while (killer.allHits() < enough) {
            if (finished() < TRIALS) {
                Process program = killer.start(command(goOn()));
                long before = finished();
                if (killer.killChild(program)) {
                    while (finished() == before && program.isAlive()) {
                        program.waitFor(20, MILLISECONDS); // otherwise slow trials would never finish
                    }
                    killer.killParent(program);
                }
                requireTrainedOnce(killer);
            }
            if (!moved && killer.allHits() >= middle) {
                run = Files.move(run, run.resolveSibling("moved-" + run.getFileName()));
                moved = true;
            }
            if (!done().isEmpty()) {
                killer.kill(Kind.EXPORT, killer.start(command(EXPORT)));
                requireTrainedOnce(killer);
            }
            killer.kill(Kind.RESUME, killer.start(command(goOn())));
            requireTrainedOnce(killer);
            if (Files.exists(run.resolve("journal.jsonl"))) {
                killer.kill(Kind.REPORT, killer.start(command(REPORT)));
                requireTrainedOnce(killer);
            }
        }
        assertThat(moved).isTrue();
    }

    /** Continues the run; if it was killed before it was created, starts it. */
    private String goOn() {
        return Files.exists(run.resolve("experiment.yaml")) ? RESUME : REQUEST;
    }

    private void carryOut(String command) {
        Catwalk.run(command(command)).done();
    }

    private String[] command(String template) {
        return Arrays.stream(template.split(" ", -1))
                .map(word -> switch (word) {
                    case "RUN" -> run.toString();
                    case "DATA" -> folder.resolve("tiny").toString();
                    case "PLUGINS" -> folder.resolve("plugins").toString();
                    default -> word;
                })
                .toArray(String[]::new);
    }

    /** A finished training never starts again, and all records of a trial come from one training. */
    private void requireTrainedOnce(Killer killer) throws IOException {
        Path trials = run.resolve("trials");
        if (Files.exists(trials)) {
            try (Stream<Path> files = Files.walk(trials)) {
                for (Path file :
                        files.filter(each -> each.endsWith("training.json")).toList()) {
                    String trial = trials.relativize(file.resolveSibling("")).toString();
                    requireTrainedOnce(trial, Json.JSON.readTree(Files.readString(file)), killer);
                }
            }
        }
        for (JsonNode outcome : done()) {
            requireTrainedOnce(id(outcome), outcome, killer);
        }
    }

    private void requireTrainedOnce(String trial, JsonNode told, Killer killer) {
        String startedAt = told.at("/timing/started_at").asString();
        assertThat(trained.computeIfAbsent(trial, first -> startedAt))
                .as("start of the training of %s; %s", trial, killer.story())
                .isNotEmpty()
                .isEqualTo(startedAt);
    }

    private long finished() throws IOException {
        return done().stream().map(KilledRunTest::id).distinct().count();
    }

    private static String id(JsonNode outcome) {
        return outcome.path("classifier").asString() + "/"
                + outcome.path("seed").asInt() + "-" + outcome.path("fold").asInt();
    }

    /** Reads the journal entries of finished trials; there may be several for one trial. */
    private List<JsonNode> done() throws IOException {
        Path journal = run.resolve("journal.jsonl");
        if (!Files.exists(journal)) {
            return List.of();
        }
        String text = Files.readString(journal);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> Json.LINE.readTree(line).path("outcome"))
                .filter(outcome -> outcome.path("status").asString("").equals("done"))
                .toList();
    }

    private JsonNode results() throws IOException {
        JsonNode results = Catwalk.json(run.resolve("results.json"));
        strip(results);
        return results;
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(OF_THE_DAY);
            if (object.path("file").asString("").equals("history.csv")) {
                object.remove(List.of("sha256", "bytes")); // it holds times
            }
        }
        Stream<JsonNode> inner = node instanceof ArrayNode array
                ? array.valueStream()
                : node instanceof ObjectNode object ? object.valueStream() : Stream.empty();
        inner.forEach(KilledRunTest::strip);
    }
}
