package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything of an experiment. A folder is a run folder if it holds a readable
 * {@code experiment.yaml} and nothing that no run writes; nothing else is ever deleted.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What to do with a run folder that is already there. */
    public enum Existing {
        /** Refuse it. */
        REFUSE,
        /** Delete it with everything in it. */
        REPLACE
    }

    /**
     * Makes the folder, and keeps everybody else from it.
     *
     * @param path where; new, empty or, if it may be replaced, a run folder
     * @param existing what to do with a run folder that is there
     * @return the lock of the folder, which holds nothing else; to be closed
     * @throws RequestException if something else is there, somebody works on it, or it cannot be written; what
     *     was there then still is
     */
    public static RunLock claim(Path path, Existing existing) {
        try {
            requireNewOrRun(path, existing);
            Files.createDirectories(path);
            RunLock lock = new RunFolder(path).lock(RunLock.Purpose.TRAIN);
            try {
                requireNewOrRun(path, existing); // somebody may have come between
                new RunFiles(path).delete();
                return lock;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new RequestException(
                    "--out must be a folder that can be made and written, but " + path + " cannot (" + Reasons.of(e)
                            + "): choose another",
                    e);
        }
    }

    private static void requireNewOrRun(Path path, Existing existing) throws IOException {
        if (!RunFiles.isThere(path)) {
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

    /**
     * Says whether there is a run.
     *
     * @param path where
     * @return whether it holds a request
     */
    public static boolean isOne(Path path) {
        return Files.isRegularFile(path.resolve(RunFiles.EXPERIMENT));
    }

    /**
     * Opens the folder of an earlier run.
     *
     * @param path where
     * @return the folder
     * @throws RequestException if there is no run folder of a format that this program reads
     */
    public static RunFolder open(Path path) {
        RunFolder folder = new RunFolder(path);
        if (!isOne(path) && CollectionFolder.isOne(path)) {
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
     * Lists the trials with trained weights.
     *
     * @param folder a run folder, or the folder of one trial in it
     * @return at least one
     * @throws RequestException if it is neither, or has no trained network
     * @throws IOException if it cannot be read
     */
    public static List<TrialFolder> trained(Path folder) throws IOException {
        TrialFolder single = new TrialFolder(folder);
        if (Files.exists(single.outcome())) {
            return List.of(single);
        }
        RunFolder run = open(folder);
        List<TrialFolder> trained = run.recorded().results().done().stream()
                .map(done -> run.trial(done.trial()))
                .toList();
        if (trained.isEmpty()) {
            throw new RequestException("expected a run with trained trials, but " + folder + " has none");
        }
        return trained;
    }

    /**
     * Writes the request.
     *
     * @param spec in full
     * @throws IOException if it cannot be written
     */
    public void writeExperiment(ExperimentSpec spec) throws IOException {
        AtomicFiles.write(path.resolve(RunFiles.EXPERIMENT), Json.YAML.writeValueAsString(spec));
    }

    /**
     * Reads the request.
     *
     * @return what {@link #writeExperiment} wrote
     * @throws RequestException if it is not of a format that this program reads
     */
    public ExperimentSpec readExperiment() {
        Path file = path.resolve(RunFiles.EXPERIMENT);
        try {
            requireKnownSchema(file);
            return Json.read(file, ExperimentSpec.class, "an experiment");
        } catch (IOException e) {
            throw new RequestException("expected an experiment in " + file + ", but " + Reasons.of(e), e);
        }
    }

    /** Looks at the schema alone, since a newer one may have keys that this program does not know. */
    private void requireKnownSchema(Path file) throws IOException {
        Integer schema = Json.schema(file);
        if (schema != null && (schema < 1 || schema > ExperimentSpec.SCHEMA)) {
            throw new RequestException("expected a run folder of schema " + ExperimentSpec.SCHEMA + ", but " + file
                    + " is of schema " + schema + ": it is left as it is; use the "
                    + (schema > 0 ? "newer " : "") + "Catwalk that made it");
        }
    }

    /**
     * Makes the folder of a trial, or leaves the one that is there.
     *
     * @param spec the trial
     * @return the folder, which exists
     * @throws IOException if it cannot be made
     */
    public TrialFolder createTrial(TrialSpec spec) throws IOException {
        Path inside = path.resolve(spec.folder());
        RunFiles.requireInside(path, inside);
        return new TrialFolder(Files.createDirectories(inside));
    }

    /**
     * Returns the folder of a trial.
     *
     * @param spec the trial
     * @return the folder, whether it exists or not
     */
    public TrialFolder trial(TrialSpec spec) {
        return new TrialFolder(path.resolve(spec.folder()));
    }

    /**
     * Returns where Spark writes what it has to say, if the trials run on it.
     *
     * @return path of a text file
     */
    public Path sparkLog() {
        return path.resolve(RunFiles.SPARK_LOG);
    }

    Journal journal() {
        return new Journal(path.resolve(RunFiles.JOURNAL));
    }

    /**
     * Keeps everybody else from the folder, and tidies it: drafts that a killed writer has left are deleted.
     *
     * @param purpose what for
     * @return to be closed; the end of the program does it too, however it ends
     * @throws RequestException if somebody is at it, it cannot be written, or there is a link in it, through
     *     which a write would reach what is not of the run
     */
    public RunLock lock(RunLock.Purpose purpose) {
        return tidied(RunLock.take(this, purpose, Duration.ZERO, note -> {}));
    }

    /**
     * Keeps everybody else from the folder to write into it; waits for a while for another one who does.
     *
     * @param note is told, in one line, if it has to wait
     * @return to be closed
     * @throws RequestException if somebody trains there or is not done in time, or as {@link #lock}
     */
    public RunLock lockPatiently(Consumer<String> note) {
        return tidied(RunLock.take(this, RunLock.Purpose.WRITE, PATIENCE, note));
    }

    private RunLock tidied(RunLock lock) {
        try {
            new RunFiles(path).tidy();
            return lock;
        } catch (IOException e) {
            close(lock, e);
            throw new RequestException(
                    "expected a run folder that can be written, but " + path + " cannot (" + Reasons.of(e) + ")", e);
        } catch (RuntimeException e) {
            close(lock, e);
            throw e;
        }
    }

    private static void close(RunLock lock, Exception reason) {
        try {
            lock.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /** Says whether anything of the run was recorded. */
    boolean hasBegun() {
        return Files.isRegularFile(path.resolve(RunFiles.JOURNAL));
    }

    /**
     * Keeps how accurate one is without a network.
     *
     * @param baselines on the images of the run
     * @throws IOException if they cannot be written
     */
    void writeBaselines(Baselines baselines) throws IOException {
        AtomicFiles.write(path.resolve(RunFiles.BASELINES), Json.JSON.writeValueAsString(baselines));
    }

    /**
     * Reads how accurate one is without a network.
     *
     * @return null if that is not known
     * @throws IOException if it cannot be read
     */
    @Nullable
    Baselines readBaselines() throws IOException {
        Path file = path.resolve(RunFiles.BASELINES);
        return Files.exists(file) ? Json.read(file, Baselines.class, "baselines") : null;
    }

    /**
     * Writes the results in every format.
     *
     * @param results of all trials so far
     * @throws IOException if they cannot be written; older ones are then as they were
     */
    public void writeResults(Results results) throws IOException {
        writeResults(results, "");
    }

    /**
     * Writes the results in every format, with more at the end of the tables for people.
     *
     * @param results of all trials so far
     * @param more Markdown; empty for nothing
     * @throws IOException if they cannot be written; older ones are then as they were
     */
    public void writeResults(Results results, String more) throws IOException {
        AtomicFiles.write(path.resolve(RunFiles.RESULTS), Json.JSON.writeValueAsString(results));
        AtomicFiles.write(path.resolve("results.csv"), results.csv());
        AtomicFiles.write(path.resolve("results.md"), results.markdown() + more);
        if (results.comparison() != null) {
            AtomicFiles.write(path.resolve("standings.csv"), results.standingsCsv());
        }
    }

    /**
     * Reads what the run has come to.
     *
     * @return as the journal tells
     * @throws RequestException if the run has not begun, or its files are not of a format that this program reads
     * @throws IOException if they cannot be read
     */
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
            outcomes.put(entry.outcome());
            seconds = Math.max(seconds, entry.seconds());
        }
        return new RecordedRun(this, spec, head.startedAt(), seconds, head.dataset(), outcomes);
    }

    /**
     * Records that something about trials of the run has changed, such as how they were exported.
     *
     * @param outcomes of trials that the journal knows
     * @throws RequestException if it does not know one of them; nothing is recorded then
     * @throws IOException if they cannot be written
     */
    public void record(List<TrialOutcome> outcomes) throws IOException {
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
        for (Journal.Entry entry : entries) {
            journal().append(entry);
        }
    }

    /** Says what keeps this from being a run folder or an empty one; null if it is one. */
    static @Nullable String foreign(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? "is a file" : "is a link that points nowhere";
        }
        RunFiles files = new RunFiles(path);
        String foreign = files.foreign();
        if (foreign != null) {
            return "holds " + foreign + ", which is of no run";
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
