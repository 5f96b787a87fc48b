package io.catwalk.runner.plugin;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Is a folder for files that nobody needs later, and that nobody else can read or write. */
final class Scratch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private final Path folder;

    /**
     * Makes the folder.
     *
     * @throws RequestException if it cannot be made
     */
    Scratch() {
        try {
            folder = Files.createTempDirectory("catwalk-plugin");
        } catch (IOException e) {
            throw new RequestException("cannot make a temporary folder: " + Reasons.of(e), e);
        }
    }

    /** Names a file in it, which is not there yet. */
    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.info("{} stays", folder, e);
        }
    }
}
