package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything of an experiment. A folder is a run folder if it holds a readable
 * {@code experiment.yaml} and nothing that no run writes; nothing else is ever deleted.
 *
 * @param path the folder
 */
public record RunFolder(Path path) {

    private static final String EXPERIMENT = "experiment.yaml";
    private static final String JOURNAL = "journal.jsonl";

    /** Everything that a run writes into its folder: a name that is missing here makes --force refuse. */
    private static final String RESULTS = "results.json";

    private static final Set<String> OWN = Set.of(
            EXPERIMENT, JOURNAL, RESULTS, "results.csv", "results.md", "report.html", "slides.pptx", "plots", "trials");

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
            return Json.YAML.readValue(Files.readString(path.resolve(EXPERIMENT)), ExperimentSpec.class);
        } catch (IOException | RuntimeException e) {
            throw new RequestException(
                    "expected an experiment in " + path.resolve(EXPERIMENT) + ", but cannot read it: " + Reasons.of(e),
                    e);
        }
    }

    /**
     * Makes the folder of a trial.
     *
     * @param spec the trial
     * @return the folder, which exists
     * @throws IOException if it cannot be made
     */
    public TrialFolder createTrial(TrialSpec spec) throws IOException {
        return new TrialFolder(Files.createDirectories(path.resolve(spec.folder())));
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
     * Appends a finished trial to the journal and forces it to disk.
     *
     * @param spec the trial
     * @param result its outcome
     * @throws IOException if it cannot be written; the journal is then as it was
     */
    public void journal(TrialSpec spec, TrialResult result) throws IOException {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("trial", spec.folder());
        line.put("status", result.status() == TrialResult.Status.DONE ? "done" : "failed");
        byte[] bytes = (Json.LINE.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        Path journal = path.resolve(JOURNAL);
        try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = channel.size();
            try {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer, end + buffer.position());
                }
                channel.force(true);
            } catch (IOException e) {
                cut(channel, end, e);
                throw e;
            }
        } catch (IOException e) {
            throw new IOException("cannot write " + journal + ": " + Reasons.of(e), e);
        }
    }

    /** Takes back what was written of a line that did not fit. */
    private static void cut(FileChannel channel, long end, IOException reason) {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
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
     * Reads the results.
     *
     * @return what {@link #writeResults} wrote last
     * @throws IOException if they cannot be read
     */
    public Results readResults() throws IOException {
        return Json.JSON.readValue(Files.readString(path.resolve(RESULTS)), Results.class);
    }

    /**
     * Reads what the finished trials recorded.
     *
     * @return their outcomes, in the order of the request
     * @throws IOException if they cannot be read
     */
    public Map<TrialSpec, TrialResult> readTrials() throws IOException {
        Map<TrialSpec, TrialResult> recorded = new LinkedHashMap<>();
        for (TrialSpec spec : readExperiment().trials()) {
            TrialFolder folder = trial(spec);
            if (Files.exists(folder.result())) {
                recorded.put(spec, folder.readResult());
            }
        }
        return recorded;
    }

    /**
     * Writes the results anew from what the trials recorded since.
     *
     * @throws IOException if they cannot be read or written
     */
    public void refreshResults() throws IOException {
        Results old = readResults();
        List<TrialResult> recorded = List.copyOf(readTrials().values());
        writeResults(
                new Results(old.schema(), old.experiment(), old.dataset(), recorded, old.comparison(), old.tuning()));
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

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
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
        Files.delete(request);
    }
}
