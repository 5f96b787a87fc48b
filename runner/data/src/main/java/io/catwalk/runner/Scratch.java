package io.catwalk.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder for temporary files that nobody else can read or write. */
public final class Scratch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    /** How often the end of the program tries to delete folders that another process still writes into. */
    private static final int LAST_TRIES = 40;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** The open ones among the system's temporary files: Ctrl-C ends the program, and nobody closes them. */
    private static final Set<Scratch> TEMPORARY = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Scratch::deleteTemporary, "delete-temporary-files"));
    }

    private final Path folder;

    /**
     * Creates the folder where the property {@code java.io.tmpdir} says now; Java itself reads it only at its start.
     * It is deleted when the program ends, at the latest.
     */
    public Scratch() {
        try {
            folder = Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), "catwalk");
        } catch (IOException e) {
            throw new RequestException("cannot make a temporary folder: " + Reasons.of(e), e);
        }
        TEMPORARY.add(this);
    }

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /** Creates the folder in another one. If the program is stopped, it stays: it may hold what is to be moved back. */
    public static Scratch in(Path parent) throws IOException {
        return new Scratch(Files.createTempDirectory(parent, "catwalk"));
    }

    /** Returns the folder, for a process that runs in it: absolute if the parent is. */
    public Path folder() {
        return folder;
    }

    /** Returns the path of a file in it; there is no file yet. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Deletes the folder with its content. A file that cannot be deleted stays, and this is not an error. */
    @Override
    public void close() {
        if (!isDeleted()) {
            LOG.info("{} stays", folder);
        }
        TEMPORARY.remove(this);
    }

    private static void deleteTemporary() {
        int tries = LAST_TRIES;
        for (Scratch scratch : TEMPORARY) {
            while (!scratch.isDeleted() && tries > 0) {
                tries--;
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }

    private boolean isDeleted() {
        try {
            delete(folder);
            return true;
        } catch (IOException e) {
            LOG.debug("{} is still in use", folder, e);
            return false;
        }
    }

    /** Deletes a folder with its content, without following links. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> all = Files.walk(folder)) {
            entries = all.sorted(Comparator.reverseOrder()).toList(); // the content of a folder comes before the folder
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }
}
