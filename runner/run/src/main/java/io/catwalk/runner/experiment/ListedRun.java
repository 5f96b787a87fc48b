package io.catwalk.runner.experiment;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Says what a list of runs needs of one run.
 *
 * @param path of its folder, below the folder that was looked through, with {@code /}
 * @param reported whether it has a page
 * @param bytes size of all its files
 * @param fault why nothing else is known; null if the run can be read
 * @param state null if it cannot be read
 */
public record ListedRun(
        String path,
        boolean reported,
        long bytes,
        @Nullable String fault,
        @Nullable State state) {

    /** How deep below the folder runs are looked for, such as {@code runs/set/run}: one more, as Java counts it. */
    private static final int DEPTH = 4;

    /**
     * The state of a run.
     *
     * @param startedAt in ISO 8601, UTC
     * @param planned number of trials that were asked for
     * @param done how many of them have ended without an error
     * @param failed how many have ended with one
     * @param best the first of the standings; null if there are none yet
     */
    public record State(
            String startedAt,
            String dataset,
            int planned,
            int done,
            int failed,
            @Nullable Best best) {}

    /** The accuracy of the first of the standings, with its 95 % interval; shares from 0 to 1. */
    public record Best(String classifier, double accuracy, double low, double high) {}

    /** Tells whether a folder is that of a run that has begun. */
    public static boolean isOne(Path folder) {
        return Files.isRegularFile(folder.resolve(RunFiles.JOURNAL));
    }

    /** Finds the runs in a folder, the latest first; those that cannot be read last. */
    public static List<ListedRun> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            throw new RequestException("expected a folder with runs, but there is no folder " + folder);
        }
        Files.walkFileTree(folder, Set.of(), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean run = isOne(directory);
                if (run) {
                    found.add(directory);
                }
                boolean hidden = !directory.equals(folder)
                        && String.valueOf(directory.getFileName()).startsWith(".");
                return run || hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // what cannot be read holds no run of ours
            }
        });
        List<ListedRun> runs = new ArrayList<>();
        for (Path path : found) {
            runs.add(of(
                    path,
                    path.equals(folder)
                            ? "."
                            : folder.relativize(path).toString().replace(File.separatorChar, '/')));
        }
        runs.sort(Comparator.comparing(
                        (ListedRun run) ->
                                run.state() == null ? "" : run.state().startedAt(),
                        Comparator.reverseOrder())
                .thenComparing(ListedRun::path));
        return runs;
    }

    private static ListedRun of(Path path, String name) throws IOException {
        boolean reported = Files.exists(path.resolve(RunFolder.PAGE));
        try {
            RecordedRun run = new RunFolder(path).recorded();
            int ended = run.trials().size();
            int done = run.results().done().size();
            return new ListedRun(
                    name,
                    reported,
                    bytes(path),
                    null,
                    new State(
                            run.startedAt(),
                            run.dataset().name(),
                            run.spec().planned(),
                            done,
                            ended - done,
                            best(path.resolve(RunFiles.RESULTS))));
        } catch (RequestException | UncheckedIOException e) {
            return new ListedRun(name, reported, bytes(path), String.valueOf(e.getMessage()), null);
        } catch (IOException e) {
            return new ListedRun(name, reported, bytes(path), Reasons.of(e), null);
        }
    }

    private static @Nullable Best best(Path results) {
        if (!Files.exists(results)) {
            return null;
        }
        try {
            JsonNode first = Json.JSON.readTree(Files.readString(results)).at("/comparison/standings/0");
            return first.isMissingNode()
                    ? null
                    : new Best(
                            first.path("classifier").asString(),
                            first.path("accuracy").asDouble(),
                            first.path("accuracy_low").asDouble(),
                            first.path("accuracy_high").asDouble());
        } catch (JacksonException | IOException e) {
            return null; // it is written anew by each report
        }
    }

    private static long bytes(Path folder) throws IOException {
        long[] sum = {0};
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // it was deleted meanwhile, or belongs to somebody else
            }
        });
        return sum[0];
    }
}
