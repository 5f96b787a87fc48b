package io.catwalk.runner.supply;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Says where something is that a trial is made from: a file or a folder as it stands on a machine, or a file with a digest,
 * which is the same wherever it lies.
 *
 * @param uri its address, absolute, or relative to the order that names it
 * @param sha256 digest of the file, 64 lower-case hexadecimal digits; null for what stands at a {@code file:} address, whose
 *     content is checked by whoever reads it
 * @param entry file or folder that is meant within the file, which is a zip archive; null for the file itself
 */
public record Place(
        URI uri, @Nullable String sha256, @Nullable String entry) {

    /**
     * Names a file or a folder as it stands on this machine.
     *
     * @param path of it
     * @return its place
     */
    public static Place here(Path path) {
        return new Place(path.toAbsolutePath().normalize().toUri(), null, null);
    }

    /**
     * Makes the address absolute.
     *
     * @param base address of the order
     * @return a changed copy
     */
    public Place from(URI base) {
        return new Place(base.resolve(uri), sha256, entry);
    }
}
