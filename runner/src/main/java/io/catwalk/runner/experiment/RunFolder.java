package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Keeps everything of an experiment. A folder is a run folder if it holds a readable
 * {@code experiment.yaml} and nothing that no run writes; nothing else is ever deleted.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {

    private static final String EXPERIMENT = "experiment.yaml";
    private static final String LOCK = "lock";
    private static final String JOURNAL = "journal.jsonl";
    private static final String RESULTS = "results.json";

    /** Everything that a run writes into its folder: a name that is missing here makes --force refuse. */
    private static final Set<String> OWN = Set.of(
            EXPERIMENT,
            LOCK,
            JOURNAL,
            RESULTS,
            "results.csv",
            "results.md",
            "report.html",
            "slides.pptx",
            "plots",
            "trials",
            "audit");

    /** What to do with a run folder that is already there. */
    public enum Existing {
        /** Refuse it. */
        REFUSE,
        /** Delete it with everything in it. */
        REPLACE
    }

    /**
     * Makes the folder.
     *
     * @param path where; new, empty or, if it may be replaced, a run folder
     * @param existing what to do with a run folder that is there
     * @return the folder, empty
     * @throws RequestException if something else is there, or it cannot be written
     */
    public static RunFolder create(Path path, Existing existing) {
        try {
            if (Files.exists(path) && !isEmptyFolder(path)) {
                String foreign = foreign(path);
                if (foreign != null) {
                    throw new RequestException("--out must be new, empty or a run folder, but " + path + " " + foreign
                            + ": it is left as it is; choose another");
                }
                if (existing == Existing.REFUSE) {
                    throw new RequestException("--out must be new, but " + path
                            + " holds a run: choose another, or replace it with --force");
                }
                new RunFolder(path).lock().close(); // nobody is at it
                delete(path.toRealPath());
            }
            Files.createDirectories(path);
            if (!Files.isWritable(path)) {
                throw new RequestException(
                        "--out must be a folder that can be written, but " + path + " cannot: choose another");
            }
            return new RunFolder(path);
        } catch (IOException e) {
            throw new RequestException(
                    "--out must be a folder that can be made and written, but " + path + " cannot (" + Reasons.of(e)
                            + "): choose another",
                    e);
        }
    }

    /**
     * Says whether there is a run.
     *
     * @param path where
     * @return whether it holds a request
     */
    public static boolean isOne(Path path) {
        return Files.isRegularFile(path.resolve(EXPERIMENT));
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
        if (!isOne(path)) {
            throw new RequestException("expected a run folder with an " + EXPERIMENT + ", but " + path
                    + (Files.exists(path) ? " has none" : " does not exist"));
        }
        return folder;
    }

    /**
     * Writes the request.
     *
     * @param spec in full
     * @throws IOException if it cannot be written
     */
    public void writeExperiment(ExperimentSpec spec) throws IOException {
        AtomicFiles.write(path.resolve(EXPERIMENT), Json.YAML.writeValueAsString(spec));
    }

    /**
     * Reads the request.
     *
     * @return what {@link #writeExperiment} wrote
     * @throws RequestException if it is not of a format that this program reads
     */
    public ExperimentSpec readExperiment() {
        try {
            JsonNode content = Json.YAML.readTree(Files.readString(path.resolve(EXPERIMENT)));
            int schema = content.path("schema").asInt(0);
            if (schema > ExperimentSpec.SCHEMA) {
                throw new RequestException("expected a run folder of schema " + ExperimentSpec.SCHEMA
                        + " or older, but " + path + " is of schema " + schema
                        + ": it is left as it is; use the newer Catwalk that made it");
            }
            return Json.YAML.treeToValue(content, ExperimentSpec.class);
        } catch (RequestException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new RequestException(
                    "expected an experiment in " + path.resolve(EXPERIMENT) + ", but cannot read it: " + Reasons.of(e),
                    e);
        }
    }

    /**
     * Makes the folder of a trial, with nothing in it but the log of an earlier attempt.
     *
     * @param spec the trial
     * @return the folder, which exists
     * @throws IOException if it cannot be made or cleared
     */
    public TrialFolder createTrial(TrialSpec spec) throws IOException {
        TrialFolder folder = new TrialFolder(Files.createDirectories(path.resolve(spec.folder())));
        folder.clear();
        return folder;
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

    Journal journal() {
        return new Journal(path.resolve(JOURNAL));
    }

    /**
     * Keeps everybody else from running trials in this folder.
     *
     * @return to be closed; the end of the program does it too, however it ends
     * @throws RequestException if somebody is at it
     * @throws IOException if it cannot be locked
     */
    public RunLock lock() throws IOException {
        return RunLock.take(path.resolve(LOCK));
    }

    /**
     * Writes the results in every format.
     *
     * @param results of all trials so far
     * @throws IOException if they cannot be written; older ones are then as they were
     */
    public void writeResults(Results results) throws IOException {
        AtomicFiles.write(path.resolve(RESULTS), Json.JSON.writeValueAsString(results));
        AtomicFiles.write(path.resolve("results.csv"), results.csv());
        AtomicFiles.write(path.resolve("results.md"), results.markdown());
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
            throw new RequestException("expected a run that has begun, but " + path + " has no " + JOURNAL
                    + ": begin it with catwalk resume " + path);
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

    /** Says what keeps this from being a run folder; null if it is one. */
    private static @Nullable String foreign(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return "is a file";
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<String> others = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !OWN.contains(name) && !OWN.contains(name.replaceFirst("\\.part$", "")))
                    .sorted()
                    .toList();
            if (!others.isEmpty()) {
                return "holds " + others.get(0) + (others.size() > 1 ? " and more" : "") + ", which is of no run";
            }
        }
        try {
            new RunFolder(path).readExperiment();
            return null;
        } catch (RequestException e) {
            return "has no " + EXPERIMENT + " that can be read";
        }
    }

    /** A request that was not written to its end, by a run that was stopped before it began, is nothing. */
    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.allMatch(entry -> entry.getFileName().toString().equals(EXPERIMENT + ".part"));
        }
    }

    /** Deletes the request last, so that what a kill leaves behind is still a run folder. */
    private static void delete(Path folder) throws IOException {
        List<Path> entries;
        try (Stream<Path> all = Files.walk(folder)) {
            entries = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Path request = folder.resolve(EXPERIMENT);
        for (Path entry : entries) {
            if (!entry.equals(request) && !entry.equals(folder)) {
                Files.delete(entry);
            }
        }
        Files.deleteIfExists(request);
    }
}
