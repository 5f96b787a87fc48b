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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the runs of one experiment on several data sets: an ordinary run folder for each, and a summary across.
 *
 * @param path the folder
 */
public record CollectionFolder(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger(CollectionFolder.class);

    private static final String REQUEST = "collection.yaml";
    private static final String JSON = "across.json";
    private static final String MARKDOWN = "across.md";
    private static final String PAGE = "across.html";

    /** Everything that a collection writes into its folder besides its runs. */
    private static final Set<String> OWN = Set.of(REQUEST, RunFiles.LOCK, JSON, MARKDOWN, PAGE);

    /** Returns whether a collection writes a file of this name, so that no run may have it. */
    static boolean isOwnFile(String name) {
        return OWN.contains(AtomicFiles.target(name).orElse(name).toLowerCase(Locale.ROOT));
    }

    /** Tells whether a folder is a collection. */
    public static boolean isOne(Path path) {
        return Files.isRegularFile(path.resolve(REQUEST));
    }

    /**
     * Creates the folder and writes the request.
     *
     * @param path where; new, empty or, if it may be replaced, a collection or a run folder
     * @throws RequestException if something else is there, or it cannot be written
     */
    public static CollectionFolder create(Path path, RunFolder.Existing existing, CollectionSpec spec)
            throws IOException {
        if (isOne(path)) {
            CollectionFolder old = new CollectionFolder(path);
            if (existing == RunFolder.Existing.REFUSE) {
                throw new RequestException("--out must be new, but " + path
                        + " holds the runs of several data sets: choose another, or replace it with --force");
            }
            old.delete();
        }
        try (RunLock lock = RunFolder.claim(path, existing)) {
            AtomicFiles.write(lock.run().path().resolve(REQUEST), Json.YAML.writeValueAsString(spec));
        }
        return new CollectionFolder(path);
    }

    /** Reads the request. */
    public CollectionSpec readSpec() {
        Path request = path.resolve(REQUEST);
        Integer schema = Json.schema(request);
        if (schema != null && (schema < 1 || schema > CollectionSpec.SCHEMA)) {
            throw new RequestException("expected a folder of schema " + CollectionSpec.SCHEMA + ", but "
                    + path + " is of schema " + schema + ": it is left as it is; use the "
                    + (schema > 0 ? "newer " : "") + "Catwalk that made it");
        }
        try {
            return Json.read(request, CollectionSpec.class, "several data sets");
        } catch (IOException e) {
            throw new RequestException("expected several data sets in " + request + ", but " + Reasons.of(e), e);
        }
    }

    /** Opens the run of a data set, or creates it. */
    public RunFolder run(CollectionSpec.Member member) throws IOException {
        Path folder = path.resolve(member.folder());
        if (RunFolder.isOne(folder)) {
            return RunFolder.open(folder);
        }
        try (RunLock lock = RunFolder.claim(folder, RunFolder.Existing.REFUSE)) {
            lock.run().writeExperiment(member.experiment());
            return lock.run();
        }
    }

    /** Lists the runs that have begun, in the order of the request. */
    public List<RunFolder> runs() {
        return readSpec().members().stream()
                .map(member -> path.resolve(member.folder()))
                .filter(RunFolder::isOne)
                .map(RunFolder::open)
                .toList();
    }

    /**
     * Locks the collection, so that nobody else works on it; each run also has its own lock. Drafts that a killed
     * process has left are deleted.
     *
     * @throws RequestException if somebody else has the lock, or it cannot be written
     */
    public RunLock lock() {
        return tidied(RunLock.take(new RunFolder(path), RunLock.Purpose.TRAIN, Duration.ZERO, note -> {}));
    }

    /**
     * Locks the collection in order to write into it; waits for a while for another process that writes.
     *
     * @throws RequestException if somebody trains there or does not finish in time, or it cannot be written
     */
    public RunLock lockPatiently(Consumer<String> note) {
        return tidied(RunLock.take(new RunFolder(path), RunLock.Purpose.WRITE, RunFolder.PATIENCE, note));
    }

    private RunLock tidied(RunLock lock) {
        try {
            AtomicFiles.sweep(path);
        } catch (IOException e) {
            LOG.info("The drafts in {} stay", path, e); // nothing reads them
        }
        return lock;
    }

    /** Summarizes the runs so far. */
    public MultiDatasetComparison sumUp() throws IOException {
        CollectionSpec spec = readSpec();
        List<@Nullable RunResults> results = new ArrayList<>();
        for (CollectionSpec.Member member : spec.members()) {
            RunFolder run = new RunFolder(path.resolve(member.folder()));
            results.add(run.journal().hasBegun() ? run.recorded().compared() : null);
        }
        return MultiDatasetComparison.of(
                String.valueOf(path.toAbsolutePath().normalize().getFileName()), spec, results);
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

    /** Returns the path of the summary as an HTML page. */
    public Path page() {
        return path.resolve(PAGE);
    }

    /**
     * Deletes the runs and then the rest, the request last; refuses if there is anything that a collection does not
     * write.
     */
    @SuppressWarnings("try") // the lock is held, not used
    private void delete() throws IOException {
        CollectionSpec spec = readSpec();
        Set<String> runs = Set.copyOf(
                spec.members().stream().map(CollectionSpec.Member::folder).toList());
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
        try (RunLock lock = lock()) {
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
        Files.deleteIfExists(path.resolve(REQUEST));
    }
}
