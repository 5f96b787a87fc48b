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

/** Knows which files a run writes into its folder. Nothing else in it is ever deleted, and no link is followed. */
final class RunFiles {

    static final String EXPERIMENT = "experiment.yaml";
    static final String LOCK = "lock";
    static final String JOURNAL = "journal.jsonl";
    static final String RESULTS = "results.json";
    static final String BASELINES = "baselines.json";
    static final String SPARK_LOG = "spark.log";

    /** Every path of a run, relative to its folder. If one is missing here, --force refuses the folder. */
    private static final Pattern OWN = Pattern.compile(
            "experiment\\.yaml|lock|spark\\.log|journal\\.jsonl|results\\.(json|csv|md)|baselines\\.json|robustness\\.(json|csv)|standings\\.csv"
                    + "|report\\.html|slides\\.pptx|plots(/[^/]+\\.(svg|png))?|audit(/[^/]+\\.(csv|png))?"
                    // The page of the demo is made in catwalkNUMBER, which a killed process leaves, and then moved.
                    + "|(demo|catwalk\\d+(/(draft|former))?)"
                    + "(/(index\\.html|demo\\.(css|js)|ort\\.wasm\\.min\\.js|runtime\\.js|data\\.js|model-\\d+\\.js))?"
                    + "|trials(/[^/]+(/-?\\d+-\\d+(/(" + TrialFolder.OWN + "))?)?)?");

    private final Path folder;

    /** Opens a run folder; a link to one is allowed. */
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

    /** Returns whether there is nothing but a lock and files of a run that was stopped before it began. */
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
     * Prepares a folder, once it is locked, for writing: refuses links, through which a write would
     * reach files outside the run, and deletes the drafts that a killed process has left.
     *
     * @throws RequestException if there is a link; nothing is changed then
     */
    void tidy() throws IOException {
        List<Path> drafts = new ArrayList<>();
        walk((entry, attributes) -> {
            if (attributes.isSymbolicLink()) {
                throw new RequestException("expected a run folder of files and folders, but " + relative(entry) + " in "
                        + folder + " is a link: nothing was changed; replace it with what it points at");
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

    /** Deletes everything but the lock, the request last, so that after a kill it is still a run folder. */
    void delete() throws IOException {
        List<Path> entries = new ArrayList<>();
        walk((entry, attributes) -> entries.add(entry));
        for (int i = entries.size() - 1; i >= 0; i--) { // the content of a folder comes after the folder
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
                        + " is a link: nothing was changed; replace it with what it points at");
            }
        }
    }

    private interface Visitor {

        /** Visits an entry, and returns whether to continue. */
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

            /**
             * A file that has disappeared since the folder was listed is a draft that another process has moved to its
             * place.
             */
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

    /** Returns whether something exists at this path, even a link that points nowhere. */
    static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
