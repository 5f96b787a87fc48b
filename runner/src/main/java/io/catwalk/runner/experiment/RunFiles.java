package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialFolder;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Knows what a run writes into its folder: nothing else in it is ever deleted, and no link is followed. */
final class RunFiles {

    static final String EXPERIMENT = "experiment.yaml";
    static final String LOCK = "lock";
    static final String JOURNAL = "journal.jsonl";
    static final String RESULTS = "results.json";
    static final String BASELINES = "baselines.json";
    static final String SPARK_LOG = "spark.log";

    /** Every path of a run, relative to its folder: one that is missing here makes --force refuse. */
    private static final Pattern OWN = Pattern.compile(
            "experiment\\.yaml|lock|spark\\.log|journal\\.jsonl|results\\.(json|csv|md)|baselines\\.json|robustness\\.(json|csv)|standings\\.csv"
                    + "|report\\.html|slides\\.pptx|plots(/[^/]+\\.(svg|png))?|audit(/[^/]+\\.(csv|png))?"
                    + "|demo(/(index\\.html|demo\\.(css|js)|ort\\.wasm\\.min\\.js|runtime\\.js|data\\.js|model-\\d+\\.js))?"
                    + "|trials(/[^/]+(/-?\\d+-\\d+(/(" + TrialFolder.OWN + "))?)?)?");

    private final Path folder;

    /** Looks at a run folder; a link to it is one too. */
    RunFiles(Path folder) throws IOException {
        this.folder = folder.toRealPath();
    }

    /** Returns the first entry that no run has written, relative to the folder; null if there is none. */
    @Nullable
    String foreign() throws IOException {
        List<String> found = new ArrayList<>();
        walk((entry, attributes) -> {
            String path = relative(entry);
            String named = AtomicFiles.target(entry.getFileName().toString())
                    .map(target -> path.substring(0, path.lastIndexOf('/') + 1) + target)
                    .orElse(path);
            if (attributes.isSymbolicLink() || !OWN.matcher(named).matches()) {
                found.add(path);
            }
            return found.isEmpty();
        });
        return found.isEmpty() ? null : found.get(0);
    }

    /** Says whether nothing is there but a lock and what a run that was stopped before it began has left. */
    boolean nothing() throws IOException {
        boolean[] nothing = {true};
        walk((entry, attributes) -> {
            String name = entry.getFileName().toString();
            nothing[0] = name.equals(LOCK)
                    || AtomicFiles.target(name).filter(EXPERIMENT::equals).isPresent();
            return nothing[0];
        });
        return nothing[0];
    }

    /**
     * Makes the folder fit to be written to, once it is locked: refuses links, through which a write would
     * reach what is not of the run, and deletes the drafts that a killed writer has left.
     *
     * @throws RequestException if there is a link; nothing was changed then
     */
    void tidy() throws IOException {
        List<Path> drafts = new ArrayList<>();
        walk((entry, attributes) -> {
            if (attributes.isSymbolicLink()) {
                throw new RequestException("expected a run folder of files and folders, but " + relative(entry) + " in "
                        + folder + " is a link: nothing was changed; put there what it points at");
            }
            if (attributes.isRegularFile()
                    && AtomicFiles.target(entry.getFileName().toString()).isPresent()) {
                drafts.add(entry);
            }
            return true;
        });
        for (Path draft : drafts) {
            Files.deleteIfExists(draft);
        }
    }

    /** Deletes all but the lock, the request last, so that what a kill leaves behind is still a run folder. */
    void delete() throws IOException {
        List<Path> entries = new ArrayList<>();
        walk((entry, attributes) -> entries.add(entry));
        for (int i = entries.size() - 1; i >= 0; i--) { // what is in a folder comes after it
            String path = relative(entries.get(i));
            if (!path.equals(EXPERIMENT) && !path.equals(LOCK)) {
                Files.delete(entries.get(i));
            }
        }
        Files.deleteIfExists(folder.resolve(EXPERIMENT));
    }

    /** Refuses a folder that is reached through a link. */
    static void requireInside(Path run, Path inside) {
        for (Path part = inside; part != null && !part.equals(run); part = part.getParent()) {
            if (Files.isSymbolicLink(part)) {
                throw new RequestException("expected a folder of the run, but " + part
                        + " is a link: nothing was changed; put there what it points at");
            }
        }
    }

    private interface Visitor {

        /** Takes an entry, and says whether to go on. */
        boolean take(Path entry, BasicFileAttributes attributes);
    }

    private void walk(Visitor visitor) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entry, BasicFileAttributes attributes) {
                return entry.equals(folder) ? FileVisitResult.CONTINUE : visitFile(entry, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path entry, BasicFileAttributes attributes) {
                return visitor.take(entry, attributes) ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            /** What is gone since the folder was listed is a draft that somebody who works there has put into its place. */
            @Override
            public FileVisitResult visitFileFailed(Path entry, IOException reason) throws IOException {
                if (reason instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw reason;
            }
        });
    }

    private String relative(Path entry) {
        return folder.relativize(entry).toString().replace(entry.getFileSystem().getSeparator(), "/");
    }

    /** Says whether there is something, a link that points nowhere too. */
    static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
