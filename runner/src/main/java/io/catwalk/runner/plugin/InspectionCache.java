package io.catwalk.runner.plugin;

import io.catwalk.api.Task;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches what jars contain, by their digests, in the user's cache folder. Only jars without a failure are cached: one
 * that cannot be used, or whose recipe fails, is inspected each time, since the cause may lie outside it. If the cache
 * cannot be read or written, that is no error; the jar is inspected again.
 */
final class InspectionCache {

    private static final Logger LOG = LoggerFactory.getLogger(InspectionCache.class);

    private final Path folder;

    InspectionCache(Path folder) {
        this.folder = folder;
    }

    /** Returns the cache of this user. */
    static InspectionCache ofUser() {
        return new InspectionCache(UserCache.chosen().resolve("plugins"));
    }

    /** The content of a cache file. */
    private record Kept(
            String sha256,
            String catwalk,
            String java,
            @Nullable Task task,
            List<SeenClassifier> classifiers) {

        static Kept of(PluginJar jar, @Nullable Task task, List<SeenClassifier> classifiers) {
            return new Kept(
                    jar.sha256(), ApiVersion.current(), Runtime.version().toString(), task, classifiers);
        }
    }

    /**
     * Returns what the jar contains, for a task or for none, if this version of Catwalk has inspected it on this
     * version of Java.
     */
    Optional<List<SeenClassifier>> find(PluginJar jar, @Nullable Task task) {
        Path file = file(jar, task);
        try {
            if (Files.isRegularFile(file)) {
                Kept kept = Json.LINE.readValue(Files.readString(file), Kept.class);
                if (kept.equals(Kept.of(jar, task, kept.classifiers()))
                        && !kept.classifiers().isEmpty()) {
                    return Optional.of(kept.classifiers());
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.info("{} cannot be read, and the jar is looked at again", file, e);
        }
        return Optional.empty();
    }

    void keep(PluginJar jar, @Nullable Task task, List<SeenClassifier> classifiers) {
        try {
            Path unused = UserCache.make(folder);
            AtomicFiles.write(file(jar, task), Json.LINE.writeValueAsString(Kept.of(jar, task, classifiers)));
        } catch (IOException | RuntimeException e) {
            LOG.info("{} cannot be written, and the jar will be looked at again", file(jar, task), e);
        }
    }

    /** Two tasks with the same hash share a file, which then holds the one that was asked about last. */
    private Path file(PluginJar jar, @Nullable Task task) {
        return folder.resolve(jar.sha256()
                + (task == null
                        ? ""
                        : "-"
                                + Integer.toHexString(
                                        Json.LINE.writeValueAsString(task).hashCode())) + ".json");
    }
}
