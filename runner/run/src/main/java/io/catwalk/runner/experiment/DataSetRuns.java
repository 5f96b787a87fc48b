package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.results.RunResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder with an ordinary run for each of several data sets, and a report over these runs. */
public record DataSetRuns(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger(DataSetRuns.class);

    private static final int SCHEMA = 2;
    private static final String LIST = "collection.yaml";
    private static final String JSON = "across.json";
    private static final String MARKDOWN = "across.md";
    private static final String PAGE = "across.html";

    /** Everything in the folder besides the runs. */
    private static final Set<String> OWN = Set.of(LIST, RunFiles.LOCK, JSON, MARKDOWN, PAGE);

    /** Length of the longest name of a folder. */
    private static final int LONGEST = 80;

    /** The folders of the runs, in the order of the data sets. */
    private record Listing(int schema, List<String> runs) {

        /** Checks that the folders stay inside. */
        private Listing {
            runs = List.copyOf(runs);
            if (runs.isEmpty()) {
                throw new RequestException("runs must have at least two data sets, but has none");
            }
            for (String run : runs) {
                if (!folder(run).equals(run)) {
                    throw new RequestException("expected the name of a folder, but found '" + run + "'");
                }
            }
        }
    }

    public static boolean isOne(Path path) {
        return Files.isRegularFile(path.resolve(LIST));
    }

    /**
     * Names the folder of each run after its data set, followed by a number if another one has the same name.
     *
     * @throws RequestException if two have the same content, since it would count twice
     */
    public static Map<String, ExperimentSpec> named(List<Experiment> experiments) {
        Map<String, ExperimentSpec> named = new LinkedHashMap<>();
        Set<String> folders = new HashSet<>();
        Set<String> contents = new HashSet<>();
        for (Experiment one : experiments) {
            if (!contents.add(one.dataset().sha256())) {
                throw new RequestException("expected different data sets, but the images of "
                        + one.spec().dataset().name() + " are there twice: leave one out");
            }
            String name = folder(one.dataset().name());
            String free = name;
            for (int number = 2; !folders.add(free.toLowerCase(Locale.ROOT)); number++) {
                String suffix = "-" + number;
                free = cut(name, LONGEST - suffix.length()) + suffix;
            }
            named.put(free, one.spec());
        }
        return named;
    }

    /**
     * Creates the folder and, in it, each run with its request.
     *
     * @param path where; new, empty or, if it may be replaced, such a folder or a run folder
     * @throws RequestException if something else is there, or it cannot be written
     */
    public static DataSetRuns create(Path path, RunFolder.Existing existing, Map<String, ExperimentSpec> named)
            throws IOException {
        if (isOne(path)) {
            if (existing == RunFolder.Existing.REFUSE) {
                throw new RequestException("--out must be new, but " + path
                        + " holds the runs of several data sets: choose another, or replace it with --force");
            }
            new DataSetRuns(path).delete();
        }
        try (RunLock lock = RunFolder.claim(path, existing)) {
            Listing listing = new Listing(SCHEMA, List.copyOf(named.keySet()));
            AtomicFiles.write(lock.run().path().resolve(LIST), Json.YAML.writeValueAsString(listing));
            for (Map.Entry<String, ExperimentSpec> one : named.entrySet()) {
                try (RunLock own = RunFolder.claim(path.resolve(one.getKey()), RunFolder.Existing.REFUSE)) {
                    own.run().writeExperiment(one.getValue());
                }
            }
        }
        return new DataSetRuns(path);
    }

    private List<String> listed() {
        Path list = path.resolve(LIST);
        Integer schema = Json.schema(list);
        if (schema != null && schema != SCHEMA) {
            throw new RequestException("expected a folder of schema " + SCHEMA + ", but "
                    + path + " is of schema " + schema + ": it is left as it is; use the "
                    + (schema > SCHEMA ? "newer " : "") + "Catwalk that made it");
        }
        try {
            return Json.read(list, Listing.class, "several data sets").runs();
        } catch (IOException e) {
            throw new RequestException("expected several data sets in " + list + ", but " + Reasons.of(e), e);
        }
    }

    /** Lists the runs, in the order of the data sets. */
    public List<RunFolder> runs() {
        return listed().stream().map(run -> RunFolder.open(path.resolve(run))).toList();
    }

    public List<RunFolder> begun() throws IOException {
        List<RunFolder> begun = new ArrayList<>();
        for (RunFolder run : runs()) {
            if (run.journal().hasBegun()) {
                begun.add(run);
            }
        }
        return begun;
    }

    /**
     * Locks the folder, so that nobody else works on it; each run also has its own lock. Who writes waits for a while
     * for another process that writes. Drafts that a killed process has left are deleted.
     *
     * @throws RequestException if somebody else has the lock, or it cannot be written
     */
    public RunLock lock(RunLock.Purpose purpose, Consumer<String> note) {
        Duration wait = purpose == RunLock.Purpose.WRITE ? RunFolder.PATIENCE : Duration.ZERO;
        RunLock lock = RunLock.take(new RunFolder(path), purpose, wait, note);
        try {
            AtomicFiles.sweep(path);
        } catch (IOException e) {
            LOG.info("The drafts in {} stay", path, e); // nothing reads them
        }
        return lock;
    }

    /** Compares the classifiers over the runs so far. */
    public MultiDatasetComparison compared() throws IOException {
        Map<String, @Nullable RunResults> results = new LinkedHashMap<>();
        List<RunFolder> runs = runs();
        for (RunFolder run : runs) {
            results.put(
                    String.valueOf(run.path().getFileName()),
                    run.journal().hasBegun() ? run.recorded().compared() : null);
        }
        String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
        return MultiDatasetComparison.of(name, runs.get(0).readExperiment(), results);
    }

    /**
     * Writes the summary.
     *
     * @throws IOException if it cannot be written; an older summary is then unchanged
     */
    public void write(MultiDatasetComparison across, String markdown) throws IOException {
        AtomicFiles.write(path.resolve(JSON), Json.JSON.writeValueAsString(across));
        AtomicFiles.write(path.resolve(MARKDOWN), markdown);
    }

    public Path page() {
        return path.resolve(PAGE);
    }

    /** Deletes the runs and then the rest, the list last; refuses if there is anything else. */
    @SuppressWarnings("try") // the lock is held, not used
    private void delete() throws IOException {
        Set<String> runs = Set.copyOf(listed());
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.sorted().toList()) {
                String name = entry.getFileName().toString();
                String foreign =
                        isOwnFile(name) ? null : runs.contains(name) ? RunFolder.foreign(entry) : "belongs to no run";
                if (foreign != null) {
                    throw new RequestException("--out must be new, empty or a run folder, but " + entry + " " + foreign
                            + ": it is left as it is; choose another");
                }
            }
        }
        try (RunLock lock = lock(RunLock.Purpose.TRAIN, note -> {})) {
            for (String run : runs) {
                Path folder = path.resolve(run);
                if (Files.exists(folder)) {
                    RunFolder.claim(folder, RunFolder.Existing.REPLACE).close();
                    Files.deleteIfExists(folder.resolve(RunFiles.LOCK));
                    Files.delete(folder);
                }
            }
            for (String file : List.of(JSON, MARKDOWN, PAGE)) {
                Files.deleteIfExists(path.resolve(file));
            }
        }
        Files.deleteIfExists(path.resolve(RunFiles.LOCK));
        Files.deleteIfExists(path.resolve(LIST));
    }

    private static boolean isOwnFile(String name) {
        return OWN.contains(AtomicFiles.target(name).orElse(name).toLowerCase(Locale.ROOT));
    }

    /** Makes a name that is valid for a folder on any system, and that no file beside the runs has. */
    private static String folder(String name) {
        String safe = name.replaceAll("[^\\p{L}\\p{N}._-]+", "-").replaceAll("^[.-]+|[.-]+$", "");
        if (safe.isEmpty() || isOwnFile(safe)) {
            return "images" + (safe.isEmpty() ? "" : "-" + safe);
        }
        return cut(safe, LONGEST);
    }

    private static String cut(String name, int longest) {
        return name.length() > longest ? name.substring(0, longest).replaceAll("[.-]+$", "") : name;
    }
}
