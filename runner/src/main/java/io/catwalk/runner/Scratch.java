package io.catwalk.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder for temporary files that nobody else can read or write. */
public final class Scratch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private final Path folder;

    /**
     * Creates the folder where the system keeps temporary files.
     *
     * @throws RequestException if it cannot be created
     */
    public Scratch() {
        try {
            folder = Files.createTempDirectory("catwalk");
        } catch (IOException e) {
            throw new RequestException("cannot make a temporary folder: " + Reasons.of(e), e);
        }
    }

    private Scratch(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates the folder in another folder.
     *
     * @param parent an existing folder
     * @return the new folder
     * @throws IOException if it cannot be created
     */
    public static Scratch in(Path parent) throws IOException {
        return new Scratch(Files.createTempDirectory(parent, "catwalk"));
    }

    /**
     * Returns the folder, for a process that runs in it.
     *
     * @return absolute if the parent is
     */
    public Path folder() {
        return folder;
    }

    /**
     * Returns the path of a file in it.
     *
     * @param name file name without a folder
     * @return the path; there is no file yet
     */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Deletes the folder with its content. A file that cannot be deleted stays, and this is not an error. */
    @Override
    public void close() {
        try {
            delete(folder);
        } catch (IOException e) {
            LOG.info("{} stays", folder, e);
        }
    }

    /**
     * Deletes a folder with its content, without following links.
     *
     * @param folder may be missing
     * @throws IOException if something cannot be deleted
     */
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
