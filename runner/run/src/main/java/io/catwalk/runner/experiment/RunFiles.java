package io.catwalk.runner.experiment;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows which files a run writes into its folder. Nothing else in it is ever deleted, and no link is followed. */
final class RunFiles {

    static final String EXPERIMENT = "experiment.yaml";
    static final String LOCK = "lock";
    static final String JOURNAL = "journal.jsonl";
    static final String RESULTS = "results.json";
    static final String BASELINES = "baselines.json";
    static final String SPARK_LOG = "spark.log";

    /** A program that computes the numbers again. */
    static final String CHECKER = "check_run.py";

    /** Every file of a run, relative to its folder, but charts and trials. Whatever is missing here is never deleted. */
    private static final Pattern OWN = Pattern.compile(
            "experiment\\.yaml|lock|spark\\.log|journal\\.jsonl|results\\.(json|csv|md)|baselines\\.json|robustness\\.(json|csv)|standings\\.csv"
                    + "|ensemble(\\.rejected|\\.undecided)?\\.onnx|check_run\\.py|report\\.html|slides\\.pptx|audit/((duplicates|repeats|wrong-for-all)\\.(csv|png))"
                    // The page of the demo is made in catwalkNUMBER, which a killed process leaves, and then moved.
                    + "|(demo|catwalk\\d+/(draft|former))"
                    + "/(index\\.html|demo\\.(css|js)|ort\\.(wasm|webgpu)\\.min\\.js|(runtime|webgpu|data)\\.js|model-\\d+\\.js)");

    /** Every folder of a run; only an empty one is deleted. */
    private static final Pattern FOLDERS = Pattern.compile(
            "plots|audit|demo|catwalk\\d+(/(draft|former))?|trials(/[^/]+(/-?\\d+-\\d+(/(model|chosen)(\\.part)?)?)?)?");

    private static final Pattern OF_TRIAL = Pattern.compile("(trials/[^/]+/[^/]+)/(.+)");

    private static final Logger LOG = LoggerFactory.getLogger(RunFiles.class);

    private final Path folder;

    /** Opens a run folder; a link to one is allowed. */
    RunFiles(Path folder) throws IOException {
        this.folder = folder.toRealPath();
    }

    /** Returns the first file that the run has not written, relative to the folder; null if there is none. */
    @Nullable
    String foreign() throws IOException {
        Own own = new Own();
        List<String> found = new ArrayList<>();
        walk((entry, attributes) -> {
            if (!attributes.isDirectory() && !own.has(entry, attributes)) {
                found.add(relative(entry));
            }
            return found.isEmpty();
        });
        return found.isEmpty() ? null : found.get(0);
    }

    /** The list of the files of this run: the charts as it wrote them, and the trials that it may have. */
    private final class Own {

        private final Set<String> charts;
        private final Map<String, Boolean> trials = new HashMap<>();

        Own() throws IOException {
            charts = charts(folder.resolve("plots"));
            try {
                new RunFolder(folder).readExperiment().trialFolders().forEach(trial -> trials.put(trial, true));
            } catch (RequestException e) {
                LOG.info("The request does not name the trials", e); // only their orders do
            }
        }

        boolean has(Path entry, BasicFileAttributes attributes) {
            String path = relative(entry);
            String named = AtomicFiles.target(entry.getFileName().toString())
                    .map(target -> path.substring(0, path.lastIndexOf('/') + 1) + target)
                    .orElse(path);
            Matcher ofTrial = OF_TRIAL.matcher(named);
            return attributes.isRegularFile()
                    && (OWN.matcher(named).matches()
                            || charts.contains(named)
                            || (ofTrial.matches()
                                    && TrialFile.isOne(ofTrial.group(2))
                                    && trials.computeIfAbsent(ofTrial.group(1), this::isOfAnEarlierRequest)));
        }

        /** Tells whether a trial was ordered for this folder: a request that was changed since does not name it. */
        private boolean isOfAnEarlierRequest(String trial) {
            try {
                TrialFolder files = new TrialFolder(folder.resolve(trial));
                return Files.isRegularFile(files.file(TrialFile.ORDER))
                        && files.readOrder().spec().folder().equals(trial);
            } catch (IOException | RequestException e) {
                LOG.info("{} has no order that can be read", trial, e);
                return false;
            }
        }
    }

    /** Lists the charts that a run wrote, and their list, relative to its folder. */
    private static Set<String> charts(Path plots) throws IOException {
        Path list = plots.resolve(RunFolder.PLOT_LIST);
        Set<String> charts = new HashSet<>(List.of("plots/" + RunFolder.PLOT_LIST));
        if (Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS)) {
            new String(Files.readAllBytes(list), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(name -> charts.add("plots/" + name));
        }
        return charts;
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

    /**
     * Deletes the files of the run and the folders that are empty then, the request last, so that after a kill it is
     * still a run folder. The lock stays.
     */
    void delete() throws IOException {
        Own own = new Own();
        List<Path> entries = new ArrayList<>();
        walk((entry, attributes) -> {
            if (attributes.isDirectory() ? FOLDERS.matcher(relative(entry)).matches() : own.has(entry, attributes)) {
                entries.add(entry);
            }
            return true;
        });
        for (int i = entries.size() - 1; i >= 0; i--) { // the content of a folder comes after the folder
            String path = relative(entries.get(i));
            if (!path.equals(EXPERIMENT) && !path.equals(LOCK)) {
                try {
                    Files.delete(entries.get(i));
                } catch (DirectoryNotEmptyException e) {
                    LOG.info("{} stays, since it is not empty", path);
                }
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

    /** Visits all entries in the folder, as long as the visitor returns true. */
    private void walk(BiPredicate<Path, BasicFileAttributes> visitor) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entry, BasicFileAttributes attributes) {
                return entry.equals(folder) ? FileVisitResult.CONTINUE : visitFile(entry, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path entry, BasicFileAttributes attributes) {
                return visitor.test(entry, attributes) ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            /** A file that disappeared since the folder was listed is a draft that was moved to its place. */
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
}
