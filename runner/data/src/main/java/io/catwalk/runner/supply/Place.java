package io.catwalk.runner.supply;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The location of an input of a trial: a file or a folder on a machine, or a file with a digest, which is the same
 * everywhere.
 *
 * @param uri its address, absolute, or relative to the order that names it
 * @param sha256 digest of the file, 64 lower-case hexadecimal digits; null for a {@code file:} address, whose content
 *     the reader checks
 * @param entry file or folder within the file, which is then a zip archive; null for the file itself
 * @param bytes size of the file; null where it is not stated
 */
public record Place(
        URI uri,
        @Nullable String sha256,
        @Nullable String entry,
        @Nullable Long bytes) {

    /** Names a file whose size is not stated. */
    public Place(URI uri, @Nullable String sha256, @Nullable String entry) {
        this(uri, sha256, entry, null);
    }

    /** Returns the place of a file or a folder on this machine. */
    public static Place here(Path path) {
        return new Place(path.toAbsolutePath().normalize().toUri(), null, null);
    }

    /** Makes the address absolute. */
    public Place from(URI base) {
        return new Place(base.resolve(uri), sha256, entry, bytes);
    }
}
