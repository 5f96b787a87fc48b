package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Run folders written by version 0.1.0 (test-data/runs), read by this version. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "makes a link to the data set")
final class OlderRunsTest {

    private static final String HOME = "catwalk.home";
    private static final Path KEPT = Path.of("../../test-data/runs/0.1.0");

    /** Newcombe's intervals of 523 right of 900 against 58 of 100, and of 757 against 84, by test-data/golden/intervals.py. */
    private static final Map<String, double[]> GAPS =
            Map.of("small-conv", new double[] {-0.0965, 0.1041}, "rnn", new double[] {-0.0631, 0.0882});

    @TempDir
    private Path folder;

    private Path finished;
    private JsonNode then;

    @BeforeEach
    void copy() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.createSymbolicLink(
                home.resolve("data"), Path.of("../../test-data").toRealPath());
        System.setProperty(HOME, home.toString());
        finished = ExportedRun.copy(KEPT.resolve("finished"), folder.resolve("finished"));
        then = Catwalk.json(finished.resolve("results.json"));
    }

    @AfterEach
    void leaveHome() throws IOException {
        System.clearProperty(HOME);
        Files.delete(folder.resolve("home/data")); // only the link
    }

    private static Catwalk.Answer withPlugins(String command, Path run, String... more) {
        String[] words = Catwalk.words(command + " %s --plugins-dir %s", run, KEPT.resolve("plugins"));
        return Catwalk.run(Stream.of(words, more).flatMap(Stream::of).toArray(String[]::new));
    }

    /**
     * Lists all values by their paths; additions of later versions do not matter. Numbers have nine digits, since the
     * last digits of a logarithm depend on the processor.
     */
    private static Map<String, String> leaves(JsonNode node) {
        Map<String, String> leaves = new TreeMap<>();
        node.properties().forEach(entry -> below("/" + entry.getKey(), entry.getValue(), leaves));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            below("/" + i, node.get(i), leaves);
        }
        return leaves;
    }

    private static void below(String path, JsonNode value, Map<String, String> leaves) {
        if (value.isContainer()) {
            leaves(value).forEach((rest, leaf) -> leaves.put(path + rest, leaf));
        } else {
            leaves.put(path, value.isFloatingPointNumber() ? "%.8e".formatted(value.asDouble()) : value.toString());
        }
    }

    @Test
    void aReportSaysWhatItSaidThen() throws IOException {
        Files.delete(finished.resolve("results.json"));
        Files.delete(finished.resolve("standings.csv"));

        assertThat(Catwalk.ask("report %s", finished).done().err()).isEmpty();

        assertThat(leaves(Catwalk.json(finished.resolve("results.json"))))
                .hasSizeGreaterThan(500)
                .containsAllEntriesOf(leaves(then));
        JsonNode standings = Catwalk.json(finished.resolve("results.json")).at("/comparison/standings");
        assertThat(standings.size()).isEqualTo(GAPS.size());
        for (JsonNode standing : standings) {
            double[] gap =
                    Objects.requireNonNull(GAPS.get(standing.path("classifier").asString()));
            assertThat(standing.at("/gap/low").asDouble()).isCloseTo(gap[0], within(5e-5));
            assertThat(standing.at("/gap/high").asDouble()).isCloseTo(gap[1], within(5e-5));
        }
        assertThat(finished.resolve("standings.csv")).exists();
        assertThat(finished.resolve("slides.pptx")).isNotEmptyFile();
        assertThat(finished.resolve("plots/accuracy-latency.svg")).isNotEmptyFile();
        assertThat(finished.resolve("report.html"))
                .content()
                .contains("small-conv", "rnn", "Robustness")
                .doesNotContain("has no predictions");
    }

    @Test
    void networksAnswerAsTheyDidThen() throws IOException {
        JsonNode evaluated = withPlugins("evaluate", finished, "--json").done().json();

        assertThat(evaluated.size()).isEqualTo(2);
        for (int i = 0; i < evaluated.size(); i++) {
            assertThat(evaluated.get(i).path("changed_labels").asInt(-1)).isZero();
            assertThat(evaluated.get(i).path("classifier")).isEqualTo(then.at("/trials/" + i + "/classifier"));
            assertThat(evaluated.get(i).at("/metrics/accuracy"))
                    .isEqualTo(then.at("/trials/" + i + "/metrics/test/accuracy"));
        }
    }

    @Test
    void filesOfThenAreVerifiedAndPackedAndNetworksExportedAgain() throws IOException {
        Path trials = finished.resolve("trials");
        Path model = trials.resolve("rnn/1-0/model.onnx");
        Path parcel = folder.resolve("parcel");
        String command = "package %s --runtimes-dir ../../onnx-models/runtimes --out %s";
        Catwalk.ask("verify %s", model).done();
        Catwalk.ask(command, model, parcel).done();
        assertThat(parcel).isDirectoryContaining("glob:**/model.onnx");
        for (String name : List.of("small-conv", "rnn")) {
            Files.delete(trials.resolve(name + "/1-0/model.onnx"));
        }
        withPlugins("export", finished, "--opset", "15").done();
        for (String name : List.of("small-conv", "rnn")) {
            Catwalk.ask("verify %s", trials.resolve(name + "/1-0/model.onnx")).done();
        }
    }

    @Test
    void resultsWithoutTheirRunAreToldInOneLine() throws IOException {
        Path published = Files.createDirectory(folder.resolve("crossval"));
        for (String name : List.of("experiment.yaml", "results.json")) {
            Files.copy(Path.of("../../docs/results/crossval", name), published.resolve(name));
        }

        for (String command : List.of("report", "evaluate", "export")) {
            Catwalk.ask(command + " %s", published).refused("" + published, "journal.jsonl", "results.json");
        }
    }

    @Test
    void whatIsDoneStaysDone() throws IOException {
        Catwalk.Answer answer = withPlugins("resume", finished, "--keep-versions", "--in-process", "--no-latency");

        answer.done();
        assertThat(answer.err()).contains("2 trials are done already").doesNotContain("started");
        for (String part : List.of("trials", "comparison")) { // the run itself has a longer duration now
            assertThat(leaves(Catwalk.json(finished.resolve("results.json")).path(part)))
                    .isNotEmpty()
                    .containsAllEntriesOf(leaves(then.path(part)));
        }
    }

    /**
     * The checkpoint is refused, since dropout has other masks now: the training starts again, and ends about as well
     * as that of the finished run.
     */
    @Test
    @Tag("long")
    void aKilledRunGoesOn() throws IOException {
        Path killed = ExportedRun.copy(KEPT.resolve("killed"), folder.resolve("killed"));
        String done = Files.readString(killed.resolve("trials/small-conv/1-0/trial.json"));
        Path history = killed.resolve("trials/rnn/1-0/history.csv");
        List<String> epochs = Files.readAllLines(history);
        assertThat(epochs).hasSize(1 + 51);

        Catwalk.Answer answer = withPlugins("resume", killed, "--keep-versions", "--in-process", "--no-latency");

        answer.done();
        assertThat(answer.err()).contains("1 trial is done already").doesNotContain("small-conv seed 1: started");
        assertThat(killed.resolve("trials/small-conv/1-0/trial.json")).hasContent(done);
        assertThat(killed.resolve("trials/rnn/1-0/checkpoint.bin")).doesNotExist();
        assertThat(Files.readAllLines(history))
                .hasSize(1 + 60)
                .doesNotContainAnyElementsOf(epochs.subList(1, epochs.size()));
        JsonNode trial = Catwalk.json(killed.resolve("results.json")).at("/trials/1");
        assertThat(trial.path("status").asString()).isEqualTo("done");
        assertThat(trial.at("/timing/epochs").asInt()).isEqualTo(60);
        assertThat(trial.at("/metrics/test/accuracy").asDouble())
                .isCloseTo(then.at("/trials/1/metrics/test/accuracy").asDouble(), Offset.offset(0.05));
    }
}
