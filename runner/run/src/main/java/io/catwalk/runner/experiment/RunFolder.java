package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds all files of an experiment. A folder is a run folder if it has a readable {@code experiment.yaml} and nothing that
 * no run writes; nothing else is ever deleted.
 */
public record RunFolder(Path path) {

    public static final String PAGE = "report.html";

    /** Name of the list of the charts, one a line, in their folder. */
    public static final String PLOT_LIST = "files.txt";

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What to do with a run folder that is already there. */
    public enum Existing {
        REFUSE,
        /** Delete what the run has written. */
        REPLACE
    }

    /**
     * Creates the folder, and locks it.
     *
     * @param path where; new, empty or, if it may be replaced, a run folder
     * @return the lock of the folder, which contains nothing else; to be closed
     * @throws RequestException if something else is there, somebody works on it, or it cannot be written; everything
     *     that was there is then unchanged
     */
    public static RunLock claim(Path path, Existing existing) {
        try {
            requireNewOrRun(path, existing);
            Files.createDirectories(path);
            return new RunFolder(path).lock(RunLock.Purpose.TRAIN).after(() -> {
                requireNewOrRun(path, existing); // another process may have created a run meanwhile
                new RunFiles(path).delete();
            });
        } catch (IOException e) {
            throw new RequestException(
                    "--out must be a folder that can be made and written, but " + path + " cannot (" + Reasons.of(e)
                            + "): choose another",
                    e);
        }
    }

    private static void requireNewOrRun(Path path, Existing existing) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        String foreign = foreign(path);
        if (foreign != null) {
            throw new RequestException("--out must be new, empty or a run folder, but " + path + " " + foreign
                    + ": it is left as it is; choose another");
        }
        if (existing == Existing.REFUSE && !new RunFiles(path).nothing()) {
            throw new RequestException(
                    "--out must be new, but " + path + " holds a run: choose another, or replace it with --force");
        }
    }

    public static boolean isOne(Path path) {
        return Files.isRegularFile(path.resolve(RunFiles.EXPERIMENT));
    }

    /** Opens the folder of an earlier run; refuses every other. */
    public static RunFolder open(Path path) {
        RunFolder folder = new RunFolder(path);
        if (!isOne(path) && DataSetRuns.isOne(path)) {
            throw new RequestException("expected a run folder, but " + path + " holds the runs of several data sets:"
                    + " name one of the folders in it");
        }
        if (!isOne(path)) {
            throw new RequestException("expected a run folder with an " + RunFiles.EXPERIMENT + ", but " + path
                    + (Files.exists(path.resolve(RunFiles.EXPERIMENT))
                            ? "/" + RunFiles.EXPERIMENT + " is a folder"
                            : Files.exists(path) ? " has none" : " does not exist"));
        }
        return folder;
    }

    /**
     * Lists the trials with trained weights, of a run or a trial.
     *
     * @return at least one
     * @throws RequestException if it is neither, or has no trained network
     */
    public static List<TrialFolder> trained(Path folder) throws IOException {
        return networks(folder, done -> done.trial().trains());
    }

    /** Lists the trials with a network, as {@link #trained}, and those of given models. */
    public static List<TrialFolder> networks(Path folder) throws IOException {
        return networks(folder, done -> true);
    }

    private static List<TrialFolder> networks(Path folder, Predicate<Done> wanted) throws IOException {
        TrialFolder single = new TrialFolder(folder);
        if (Files.exists(single.outcome())) {
            Path place = folder.toAbsolutePath().normalize();
            Path around = place.resolve("../../..").normalize();
            if (isOne(around)) {
                RunFiles.requireInside(around, place);
            }
            return List.of(single);
        }
        RunFolder run = open(folder);
        List<TrialFolder> trained = run.recorded().results().done().stream()
                .filter(wanted)
                .map(done -> run.trial(done.trial()))
                .toList();
        trained.forEach(trial -> RunFiles.requireInside(folder, trial.path()));
        if (trained.isEmpty()) {
            throw new RequestException("expected a run with trained trials, but " + folder + " has none");
        }
        return trained;
    }

    /** Finds the only trial with trained weights; refuses a folder with several, too. */
    public static TrialFolder onlyTrained(Path folder) throws IOException {
        List<TrialFolder> trained = trained(folder);
        if (trained.size() != 1) {
            throw new RequestException("expected a folder with one trained network, but " + folder + " has "
                    + trained.size() + ": name one, such as "
                    + trained.get(0).path());
        }
        return trained.get(0);
    }

    public void writeExperiment(ExperimentSpec spec) throws IOException {
        AtomicFiles.write(path.resolve(RunFiles.EXPERIMENT), Json.YAML.writeValueAsString(spec));
    }

    public ExperimentSpec readExperiment() {
        Path file = path.resolve(RunFiles.EXPERIMENT);
        // First, since a newer one may have keys that this program does not know.
        Integer schema = Json.schema(file);
        if (schema != null && (schema < 1 || schema > ExperimentSpec.SCHEMA)) {
            throw new RequestException("expected a run folder of schema " + ExperimentSpec.SCHEMA + ", but " + file
                    + " is of schema " + schema + ": it is left as it is; use the "
                    + (schema > 0 ? "newer " : "") + "Catwalk that made it");
        }
        try {
            return Json.read(file, ExperimentSpec.class, "an experiment");
        } catch (IOException e) {
            throw new RequestException("expected an experiment in " + file + ", but " + Reasons.of(e), e);
        }
    }

    /** Creates the folder of a trial, unless it exists. */
    TrialFolder createTrial(TrialSpec spec) throws IOException {
        Path inside = path.resolve(spec.folder());
        RunFiles.requireInside(path, inside);
        return new TrialFolder(Files.createDirectories(inside));
    }

    public TrialFolder trial(TrialSpec spec) {
        return new TrialFolder(path.resolve(spec.folder()));
    }

    public Path sparkLog() {
        return path.resolve(RunFiles.SPARK_LOG);
    }

    Journal journal() {
        return new Journal(path.resolve(RunFiles.JOURNAL));
    }

    /**
     * Locks the folder and tidies it: drafts that a killed process has left are deleted.
     *
     * @throws RequestException if somebody else has the lock, it cannot be written, or there is a link in it, through
     *     which a write would reach files outside the run
     */
    public RunLock lock(RunLock.Purpose purpose) {
        return tidied(RunLock.take(this, purpose, Duration.ZERO, note -> {}));
    }

    /**
     * Locks the folder in order to write into it; waits for a while for another process that writes.
     *
     * @throws RequestException if somebody trains there or does not finish in time, or as {@link #lock}
     */
    public RunLock lockPatiently(Consumer<String> note) {
        return tidied(RunLock.take(this, RunLock.Purpose.WRITE, PATIENCE, note));
    }

    private RunLock tidied(RunLock lock) {
        try {
            return lock.after(() -> new RunFiles(path).tidy());
        } catch (IOException e) {
            throw new RequestException(
                    "expected a run folder that can be written, but " + path + " cannot (" + Reasons.of(e) + ")", e);
        }
    }

    /** Returns whether there is a page, and results that it shows. */
    boolean hasPage() {
        return Files.exists(path.resolve(PAGE)) && Files.exists(path.resolve(RunFiles.RESULTS));
    }

    /** Records that the run goes on with other images; the accuracies without a network were those of the old ones. */
    void beginAnew(Journal.Head head) throws IOException {
        Files.deleteIfExists(path.resolve(RunFiles.BASELINES));
        journal().beginAnew(head);
    }

    /** Computes what is reached without a network, unless it is known: here, or of an earlier run on the same images. */
    public void keepBaselines(ExperimentSpec spec, ImageDataset dataset) throws IOException {
        if (readBaselines() != null || spec.dataset().testsAll()) {
            return;
        }
        TrialImages shown = spec.shown(dataset);
        ImageSource train = shown.dataset().train();
        ImageSource test = shown.dataset().test();
        String key = new Sha256()
                .add("method " + Baselines.METHOD)
                .add(dataset.sha256())
                .add(train.sha256())
                .add(test.sha256())
                .add(shown.sha256())
                .hex();
        try {
            Baselines baselines = ContentStore.of(ContentStore.Kind.BASELINES)
                    .get(
                            key,
                            RunFolder::baselines,
                            draft -> Files.writeString(
                                    draft,
                                    Json.JSON.writeValueAsString(Baselines.of(
                                            train,
                                            shown.split().train(),
                                            test,
                                            dataset.classes().size()))),
                            () -> {});
            AtomicFiles.write(path.resolve(RunFiles.BASELINES), Json.JSON.writeValueAsString(baselines));
        } catch (InterruptedException e) {
            throw RequestException.stopped("waiting for baselines that another process computes", e);
        }
    }

    private static Optional<Baselines> baselines(Path file) throws IOException {
        try {
            return Files.exists(file) ? Optional.of(Json.read(file, Baselines.class, "baselines")) : Optional.empty();
        } catch (RequestException e) {
            return Optional.empty(); // it is damaged, and computed anew
        }
    }

    /** Reads what is reached without a network; null if that is not known. */
    public @Nullable Baselines readBaselines() throws IOException {
        Path file = path.resolve(RunFiles.BASELINES);
        return Files.exists(file) ? Json.read(file, Baselines.class, "baselines") : null;
    }

    /** Writes the results as data: JSON, a table of the trials, and one of the standings once they are compared. */
    public void writeResults(RunResults results) throws IOException {
        AtomicFiles.write(path.resolve(RunFiles.RESULTS), Json.JSON.writeValueAsString(results));
        AtomicFiles.write(path.resolve("results.csv"), RunResults.csv(results.trials()));
        if (results.comparison() != null) {
            AtomicFiles.write(
                    path.resolve("standings.csv"),
                    RunResults.csv(results.comparison().standings()));
        }
        AtomicFiles.write(path.resolve(RunFiles.CHECKER), PackedFiles.bytes(RunFolder.class, RunFiles.CHECKER));
    }

    /** Reads the state of the run; refuses one that has not begun. */
    public RecordedRun recorded() throws IOException {
        ExperimentSpec spec = readExperiment();
        Journal.Content journal = journal().read();
        Journal.Head head = journal.head();
        if (head == null) {
            throw new RequestException("expected a run that has begun, but " + path + " has no " + RunFiles.JOURNAL
                    + (Files.exists(path.resolve(RunFiles.RESULTS))
                            ? ", only " + RunFiles.RESULTS + ", which is drawn from it: name the folder that the run"
                                    + " was made in"
                            : ": begin it with catwalk resume " + path));
        }
        Outcomes outcomes = new Outcomes();
        double seconds = 0;
        for (Journal.Entry entry : journal.entries()) {
            // A trial of images that have changed since is left out until resume has made it again.
            if (!(entry.outcome() instanceof Done done) || head.isOf(done)) {
                outcomes.put(entry.outcome());
            }
            seconds = Math.max(seconds, entry.seconds());
        }
        return new RecordedRun(this, spec, head.startedAt(), seconds, head.dataset(), outcomes);
    }

    /** Checks that changes of trials can be recorded and the results written again, before the trials are changed. */
    public void requireRecordable(List<TrialOutcome> outcomes) throws IOException {
        entries(outcomes);
        recorded().compared();
    }

    /** Records that trials of the run have changed, or nothing if the journal does not contain one of them. */
    public void record(List<TrialOutcome> outcomes) throws IOException {
        for (Journal.Entry entry : entries(outcomes)) {
            journal().append(entry);
        }
    }

    private List<Journal.Entry> entries(List<TrialOutcome> outcomes) throws IOException {
        Map<String, String> keys = new HashMap<>();
        double seconds = 0;
        for (Journal.Entry entry : journal().readAndRepair().entries()) {
            keys.put(entry.outcome().trial().id(), entry.key());
            seconds = Math.max(seconds, entry.seconds());
        }
        List<Journal.Entry> entries = new ArrayList<>();
        for (TrialOutcome outcome : outcomes) {
            String key = keys.get(outcome.trial().id());
            if (key == null) {
                throw new RequestException(
                        "expected a trial of the run, but " + journal().path() + " has no "
                                + outcome.trial().title() + ": finish the run first with catwalk resume " + path);
            }
            entries.add(new Journal.Entry(key, seconds, outcome));
        }
        return entries;
    }

    /** Says why this is neither a run folder nor an empty one; null if it is. */
    static @Nullable String foreign(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? "is a file" : "is a link that points nowhere";
        }
        RunFiles files = new RunFiles(path);
        String foreign = files.foreign();
        if (foreign != null) {
            return "holds " + foreign + ", which belongs to no run";
        }
        try {
            if (!files.nothing()) {
                new RunFolder(path).readExperiment();
            }
            return null;
        } catch (RequestException e) {
            return "has no " + RunFiles.EXPERIMENT + " that can be read";
        }
    }
}
