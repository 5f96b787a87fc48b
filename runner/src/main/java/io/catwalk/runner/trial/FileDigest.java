package io.catwalk.runner.trial;

import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Identifies the content of a file of a trial, so that a changed file is noticed.
 *
 * @param file its path in the trial folder, with slashes
 * @param bytes its size
 * @param sha256 of its content, 64 lower-case hexadecimal digits
 */
public record FileDigest(String file, long bytes, String sha256) {

    static FileDigest of(Path folder, Path file) throws IOException {
        String place = folder.relativize(file).toString().replace('\\', '/');
        return new FileDigest(place, Files.size(file), Sha256.of(file));
    }

    /** Describes how the file has changed; empty if it has not. */
    Optional<String> damage(Path folder) throws IOException {
        Path there = folder.resolve(file);
        if (!Files.isRegularFile(there)) {
            return Optional.of(file + " is missing");
        }
        if (Files.size(there) != bytes) {
            return Optional.of(file + " has " + Files.size(there) + " bytes instead of " + bytes);
        }
        return Sha256.of(there).equals(sha256) ? Optional.empty() : Optional.of(file + " has been changed");
    }
}
