package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.LatencyBench;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.MadeUpExecutor;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.TrialNews;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resumes a run of three made-up trials after something has changed, and checks what is made again. */
class KeptTrialsTest {

    private static final RunPolicy KEEP = new RunPolicy(null, false, true, null);

    @TempDir
    private static Path shared;

    private static PluginCatalog catalog;

    @TempDir
    private Path folder;

    private Path images;
    private RunFolder run;
    private final Map<String, String> asked = new HashMap<>();
    private Made made = new Made();

    @BeforeAll
    static void install() throws IOException {
        TestPlugin.sound("made-up")
                .write(Files.createDirectory(shared.resolve("plugins")).resolve("made-up.jar"));
        catalog = PluginCatalog.open(shared.resolve("plugins"));
    }

    @BeforeEach
    void begin() throws IOException {
        images = TinyImages.write(folder.resolve("images"));
        run = new RunFolder(Files.createDirectory(folder.resolve("run")));
    }

    private ExperimentSpec request() {
        return request(Recipe.standard().withBatchSize(16).withEpochs(2));
    }

    private ExperimentSpec request(Recipe recipe) {
        return Requests.of(
                new DatasetSpec(images.toString(), null, null, null, null, 0, 0, null, null),
                3,
                Requests.contestant("made-up", recipe));
    }

    private LatencyBench.@Nullable BenchProcess bench;

    /** The seed of the trial during which somebody deletes the run; 0 for none. */
    private int deletedBy;

    private RunResults run(ExperimentSpec request, PluginCatalog plugins, RunPolicy policy) throws Exception {
        made = new Made();
        DataHome home = DataHome.of(folder);
        ImageDataset loaded = request.dataset().load(home);
        try (TrialExecutor executor = new LocalExecutor(made, 1)) {
            return new Experiment(request, loaded, plugins, home, shared.resolve("plugins"), Clock.systemUTC())
                    .run(run, executor, bench, policy, made);
        }
    }

    private RunResults resume() throws Exception {
        return run(request(), catalog, RunPolicy.STANDARD);
    }

    /** Three candidates on two folds, of which two go on to a second rung. */
    private ExperimentSpec search() {
        return Requests.search(
                new DatasetSpec(images.toString(), null, null, null, null, 0, 0, null, null),
                "made-up",
                Recipe.standard().withBatchSize(16).withEpochs(5),
                3,
                new TuningSpec.Rung(1, 3),
                new TuningSpec.Rung(3, 2));
    }

    private TrialFolder trial(int seed) {
        return run.trial(request().trials(new Outcomes()).get(seed - 1));
    }

    @Test
    void startsAndEpochsAreToldOfTheirTrial() throws Exception {
        run.writeExperiment(request());
        resume();

        assertThat(made.progress)
                .containsExactly(
                        "1 started",
                        "1 epoch 1",
                        "1 epoch 2",
                        "2 started",
                        "2 epoch 1",
                        "2 epoch 2",
                        "3 started",
                        "3 epoch 1",
                        "3 epoch 2");
    }

    /** Changes the last bit of a file. */
    private static void flip(Path file) throws IOException {
        byte[] changed = Files.readAllBytes(file);
        changed[changed.length - 1] ^= 1;
        Files.write(file, changed);
    }

    /** Rewrites lines of the journal, with the key that they would have had. */
    private void rewrite(UnaryOperator<String> change) throws IOException {
        Path file = run.journal().path();
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String changed = change.apply(line);
            if (!changed.equals(line)) {
                Journal.Entry entry = Json.LINE.readValue(changed, Journal.Entry.class);
                TrialOutcome.Done done = (TrialOutcome.Done) entry.outcome();
                TrialOrder order = run.trial(done.trial()).readOrder();
                String key = order.with(done.provenance().inputs()).key();
                changed = Json.LINE.writeValueAsString(new Journal.Entry(key, entry.seconds(), done));
            }
            lines.add(changed);
        }
        Files.write(file, lines);
    }

    @Test
    void aRunThatIsDeletedMeanwhileIsNotMadeAnew() {
        deletedBy = 2;

        assertThatThrownBy(this::resume)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(run.journal().path() + ", but it is gone");

        assertThat(made.events).contains("trains 1", "trains 2").doesNotContain("trains 3");
        assertThat(run.path()).doesNotExist();
    }

    /** Whoever stops the measuring finds the comparison, and no results of half a run beside the page. */
    @Test
    void resultsHaveTheComparisonWhileLatenciesAreMeasured() throws Exception {
        resume();
        Files.writeString(run.path().resolve("report.html"), "the page of then");
        bench = order -> {
            throw new InterruptedException("stopped");
        };

        assertThatThrownBy(this::resume).isInstanceOf(InterruptedException.class);

        assertThat(Json.JSON
                        .readTree(Files.readString(run.path().resolve("results.json")))
                        .path("comparison")
                        .isObject())
                .isTrue();
    }

    @Test
    void whatIsWholeIsKept() throws Exception {
        resume();
        assertThat(made.events).containsExactly("kept 0", "trains 1", "trains 2", "trains 3");

        RunResults results = resume();

        assertThat(made.events).containsExactly("kept 3");
        assertThat(results.done()).hasSize(3);
        assertThat(results.mixedSoftware()).isEmpty();
        assertThat(results.mixedMachines()).isEmpty();
    }

    @Test
    void anotherJarOfThePluginMakesTheTrialsAgain() throws Exception {
        resume();
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("made-up").file("more.txt", new byte[] {1}).write(plugins.resolve("newer.jar"));

        run(request(), PluginCatalog.open(plugins), KEEP);

        String reason = ": is run again, since its plugin is another jar now (newer.jar)";
        assertThat(made.events).contains("kept 0", "trains 1", "trains 2", "trains 3");
        assertThat(made.notes()).hasSize(3).contains("made-up seed 1" + reason, "made-up seed 3" + reason);
    }

    @Test
    void whoReadsTheRunLaterSeesTheImagesOfTheTrialsThatWereMadeAgain() throws Exception {
        resume();
        Path labels = images.resolve("t10k-labels-idx1-ubyte");
        byte[] changed = Files.readAllBytes(labels);
        Arrays.fill(changed, 8, changed.length, (byte) 0);
        Files.write(labels, changed);

        RunResults results = resume();
        run.writeExperiment(request());

        assertThat(results.dataset().largestClass()).isEqualTo(TinyImages.TEST);
        assertThat(run.recorded().results().dataset()).isEqualTo(results.dataset());
        assertThat(run.journal().read().entries()).hasSize(6);
        // All test images are now of one class: naming one class is right for all of them or for none.
        assertThat(run.readBaselines())
                .isNotNull()
                .extracting(Baselines::largestRight, InstanceOfAssertFactories.INTEGER)
                .isIn(0, TinyImages.TEST);
    }

    @Test
    void whatWasMadeFromOtherImagesIsMadeAgainAndNotShownUntilThen() throws Exception {
        run.writeExperiment(request());
        resume();
        assertThat(run.recorded().results().done()).hasSize(3);
        flip(images.resolve("t10k-images-idx3-ubyte"));

        RunPolicy noTime = new RunPolicy(Duration.ZERO, false, false, null);
        RunResults results = run(request(), catalog, noTime);

        assertThat(results.done()).isEmpty();
        assertThat(run.recorded().results().done()).isEmpty();
        assertThat(run.recorded().results().experiment().notRun()).hasSize(3);
        assertThat(made.notes()).hasSize(3).allMatch(note -> note.contains(": is run again, since the images of "));

        resume();

        assertThat(made.events).contains("kept 0", "trains 1", "trains 2", "trains 3");
        assertThat(run.recorded().results().done()).hasSize(3);
    }

    /** Its candidates are scored on folds of the training images, which are no test images. */
    @Test
    void aSearchThatHasNotEndedShowsTheTestImagesOfItsBest() throws Exception {
        RunPolicy noTime = new RunPolicy(Duration.ZERO, false, false, null);
        run.writeExperiment(search());

        RunResults results = run(search(), catalog, noTime);

        assertThat(results.done()).isEmpty();
        assertThat(results.dataset().test()).isEqualTo(TinyImages.TEST);
        assertThat(results.dataset().train() + results.dataset().validation()).isEqualTo(TinyImages.TRAIN);
        assertThat(run.recorded().results().dataset()).isEqualTo(results.dataset());
    }

    @ParameterizedTest
    @CsvSource({"catwalk, 0.0.9", "djl, 0.35.1", "pytorch, 2.6.9"})
    void otherVersionsMakeTheTrialsAgain(String part, String version) throws Exception {
        resume();
        String before = "\"" + part + "\":\"[^\"]+\"";
        String after = "\"" + part + "\":\"" + version + "\"";
        rewrite(line -> line.contains("\"seed\":2") ? line.replaceAll(before, after) : line);
        String journal = Files.readString(run.journal().path());

        RunResults mixed = run(request(), catalog, KEEP);

        assertThat(made.events).as("--keep-versions").containsExactly("kept 3");
        assertThat(run.journal().path()).content().isEqualTo(journal);
        assertThat(mixed.mixedSoftware())
                .containsEntry(Software.current().makers(), 2L)
                .hasSize(2);
        assertThat(mixed.mixedSoftware().keySet()).anyMatch(maker -> maker.contains(version));

        resume();

        assertThat(made.events).contains("kept 2", "trains 2");
        assertThat(made.notes())
                .singleElement()
                .asString()
                .startsWith("made-up seed 2: is run again, since it was made by Catwalk ")
                .contains(version, ", and this is " + Software.current().makers())
                .endsWith(" (--keep-versions keeps it)");
    }

    @ParameterizedTest
    @CsvSource({"onnxruntime, 1.0.0", "java, Debian 11"})
    void versionsThatChangeNoWeightAreOfNoAccount(String part, String version) throws Exception {
        resume();
        rewrite(line -> line.replaceAll("\"" + part + "\":\"[^\"]+\"", "\"" + part + "\":\"" + version + "\""));

        resume();

        assertThat(made.events).containsExactly("kept 3");
    }

    @Test
    void aMixOfMachinesIsSaid() throws Exception {
        resume();
        rewrite(line -> line.contains("\"seed\":3") ? line.replace("AMD EPYC", "Intel Xeon") : line);

        RunResults results = resume();

        assertThat(made.events).containsExactly("kept 3");
        assertThat(results.mixedMachines())
                .containsEntry("AMD EPYC (amd64) with 2 cores and Linux 6.1", 2L)
                .hasSize(2);
    }

    @Test
    void aKeyThatIsNotThatOfTheTrialMakesItAgain() throws Exception {
        resume();
        Path file = run.journal().path();
        List<String> lines = Files.readAllLines(file);
        lines.set(1, lines.get(1).replaceFirst("\"key\":\"[0-9a-f]+\"", "\"key\":\"" + "0".repeat(64) + "\""));
        Files.write(file, lines);

        resume();

        assertThat(made.events)
                .containsExactly(
                        "made-up seed 1: is run again, since it was made from another request", "kept 2", "trains 1");
    }

    @Test
    void aTrialOfAnotherRequestThatTheJournalDoesNotKnowIsNotTaken() throws Exception {
        resume();
        Files.delete(run.journal().path());
        for (int seed : List.of(1, 3)) {
            Path order = trial(seed).file(TrialFile.ORDER);
            Files.writeString(order, Files.readString(order).replace("\"epochs\" : 2", "\"epochs\" : 9"));
        }

        resume();

        assertThat(made.events).containsExactly("kept 1", "trains 1", "trains 3");
        assertThat(run.journal().read().entries()).hasSize(3);
    }

    @Test
    void anotherRequestMakesAllAgain() throws Exception {
        resume();

        run(request(Recipe.standard().withBatchSize(16).withEpochs(3)), catalog, KEEP);

        assertThat(made.events).contains("kept 0", "trains 1", "trains 2", "trains 3");
        assertThat(made.notes()).hasSize(3).allMatch(note -> note.endsWith("since it was made from another request"));
    }

    @Test
    void whatIsMissingOrDamagedIsMadeUpFor() throws Exception {
        resume();
        Files.delete(trial(1).predictions("test"));
        Path weights = trial(2).path().resolve("model/network-0000.params");
        flip(weights);
        Files.write(trial(3).path().resolve("model/network-0000.params"), new byte[5]);

        resume();

        assertThat(made.events).contains("kept 0", "trains 1", "trains 2", "trains 3");
        assertThat(made.notes())
                .containsExactlyInAnyOrder(
                        "made-up seed 1: is completed, since predictions.csv is missing",
                        "made-up seed 2: is completed, since model/network-0000.params has been changed",
                        "made-up seed 3: is completed, since model/network-0000.params has 5 bytes instead of 2048");
        assertThat(trial(1).predictions("test")).exists();
    }

    @Test
    void whatIsOnlyCompletedKeepsTheLatenciesOfItsFiles() throws Exception {
        resume();
        Machine machine = new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, 16L << 30);
        String latency =
                Json.LINE.writeValueAsString(MadeUp.latency(1, 5_000, 120, 120.0, 120.0, 1.0, 1.0, null, machine));
        rewrite(line -> line.replace("\"pytorch\":null", "\"pytorch\":" + latency));
        Files.delete(trial(1).predictions("test"));

        RunResults results = resume();

        assertThat(made.events).contains("trains 1").doesNotContain("trains 2");
        assertThat(results.done())
                .extracting(done ->
                        Objects.requireNonNull(done.efficiency().pytorch()).p50Micros())
                .containsExactly(120.0, 120.0, 120.0);
    }

    /** A failed trial of the first rung is tried again, and what the search did without it still counts. */
    @Test
    void aSearchThatWentOnAfterAFailureKeepsItsLaterTrials() throws Exception {
        asked.put("made-up@t01-1ep/1-2", "failed");
        run(search(), catalog, RunPolicy.STANDARD);
        assertThat(made.events).hasSize(1 + 6 + 4 + 1).startsWith("kept 0");

        RunResults results = run(search(), catalog, RunPolicy.STANDARD);

        assertThat(made.events).containsExactly("kept 5", "trains 1", "kept 5");
        assertThat(results.done()).hasSize(5 + 4 + 1);

        rewrite(line -> line.replaceAll("\"catwalk\":\"[^\"]+\"", "\"catwalk\":\"0.0.9\""));
        run(search(), catalog, KEEP);

        assertThat(made.events).as("--keep-versions").containsExactly("kept 5", "trains 1", "kept 5");
    }

    /** Makes up the outcome of each trial, and records what it receives. */
    private final class Made implements LocalExecutor.Execution, ExperimentListener {

        private final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private final List<String> progress = Collections.synchronizedList(new ArrayList<>());

        List<String> notes() {
            return events.stream().filter(event -> event.contains(": ")).toList();
        }

        @Override
        public TrialOutcome train(TrialOrder order, TrialFolder trial, Consumer<TrialNews> listener)
                throws IOException, InterruptedException {
            events.add("trains " + order.spec().seed());
            if (order.spec().seed() == deletedBy) {
                Scratch.delete(run.path());
                return new TrialOutcome.Lost(order.spec(), "no folder");
            }
            return new MadeUpExecutor.Invention(asked).train(order, trial, listener);
        }

        @Override
        public void note(String text) {
            events.add(text);
        }

        @Override
        public void kept(Collection<TrialSpec> trials) {
            events.add("kept " + trials.size());
        }

        @Override
        public void started(TrialSpec trial, int attempt, String place) {
            progress.add(trial.seed() + " started");
        }

        @Override
        public void epoch(TrialSpec trial, Epoch epoch) {
            progress.add(trial.seed() + " epoch " + epoch.epoch());
        }

        @Override
        public void finished(TrialOutcome outcome) {}

        @Override
        public void measuring(TrialSpec trial, int number, int of) {}

        @Override
        public void measuredBusy(TrialSpec trial, Latency.Busy busy, RunFolder run) {}

        @Override
        public void unmeasured(TrialSpec trial, String reason) {}
    }
}
