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

/** Is a folder for files that nobody needs later, and that nobody else can read or write. */
public final class Scratch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private final Path folder;

    /**
     * Makes the folder where temporary files belong.
     *
     * @throws RequestException if it cannot be made
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
     * Makes the folder in another.
     *
     * @param parent which is there
     * @return the new folder
     * @throws IOException if it cannot be made
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
     * Names a file in it.
     *
     * @param name without a folder
     * @return the path, where nothing is yet
     */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Deletes the folder with all that is in it; what cannot be deleted stays, and is no failure of what it was for. */
    @Override
    public void close() {
        try {
            delete(folder);
        } catch (IOException e) {
            LOG.info("{} stays", folder, e);
        }
    }

    /**
     * Deletes a folder with all that is in it, and follows no link.
     *
     * @param folder that may not be there
     * @throws IOException if something cannot be deleted
     */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> all = Files.walk(folder)) {
            entries = all.sorted(Comparator.reverseOrder()).toList(); // what is in a folder comes before it
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }
}
