package io.catwalk.runner.supply;

import io.catwalk.runner.ForeignArchive;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the inputs of trials to this machine and keeps them by their digests: each is fetched only once, and a file
 * with another digest is refused.
 */
public final class InputFetcher {

    private static final Logger LOG = LoggerFactory.getLogger(InputFetcher.class);

    /** The most that is fetched where an order does not state a size, before the digest is looked at. */
    private static final long MOST_BYTES = 16L << 30;

    private final ContentStore store;
    private final FileSource source;

    /** Keeps in a folder, which is created with the first file, what a source reads. */
    public InputFetcher(Path folder, FileSource source) {
        store = new ContentStore(ContentStore.Kind.FETCHED, folder);
        this.source = source;
    }

    /** Returns the fetcher of this user, whose files are in the folder of the decoded images. */
    public static InputFetcher standard() {
        return new InputFetcher(ContentStore.of(ContentStore.Kind.FETCHED).folder(), FileSource.standard());
    }

    /** Fetches a file or a folder to this machine; it must not be changed. */
    public Path bring(String what, List<Place> places) {
        List<String> reasons = new ArrayList<>();
        for (Place place : places) {
            try {
                return place.sha256() == null ? standing(place.uri()) : kept(place, place.sha256());
            } catch (RequestException e) {
                LOG.info("{} is not at {}", what, FileSource.shown(place.uri()), e);
                reasons.add(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                LOG.info("{} cannot be kept", what, e);
                reasons.add("it cannot be stored in " + store.folder() + " (" + Reasons.of(e) + ")");
            } catch (InterruptedException e) {
                throw RequestException.stopped("fetching " + what, e);
            }
        }
        throw new RequestException(
                reasons.isEmpty()
                        ? "expected a place that has " + what + ", but the order names none"
                        : "expected " + what + ", but " + String.join("; and ", reasons));
    }

    private static Path standing(URI uri) {
        if (!FileSource.isLocal(uri)) {
            throw new RequestException("expected a file: address or a digest, but found " + FileSource.shown(uri));
        }
        Path path = Path.of(uri);
        if (!Files.exists(path)) {
            throw new RequestException("there is no " + path + " here");
        }
        return path;
    }

    private Path kept(Place place, String sha256) throws IOException, InterruptedException {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new RequestException("expected a SHA-256 of 64 hexadecimal digits, but found '" + sha256 + "'");
        }
        Runnable waiting = () -> LOG.info("Waiting for {}", sha256);
        if (place.entry() == null) {
            return store.get(
                    sha256,
                    file -> Files.isRegularFile(file) && Sha256.of(file).equals(sha256)
                            ? Optional.of(file)
                            : Optional.empty(),
                    draft -> fetch(place, sha256, draft),
                    waiting);
        }
        Path unpacked = store.get(
                sha256 + ".unpacked",
                folder -> Optional.of(folder).filter(Files::isDirectory),
                draft -> unpack(place, sha256, draft),
                waiting);
        Path entry = inside(unpacked, place.entry());
        if (!Files.exists(entry)) {
            throw new RequestException("the archive at " + FileSource.shown(place.uri()) + " has no " + place.entry());
        }
        return entry;
    }

    private void fetch(Place place, String sha256, Path to) throws IOException {
        source.bring(place.uri(), to, place.bytes() == null ? MOST_BYTES : place.bytes());
        String found = Sha256.of(to);
        if (!found.equals(sha256)) {
            throw new RequestException("the file at " + FileSource.shown(place.uri()) + " has the sha256 "
                    + Sha256.shortened(found) + ", not " + Sha256.shortened(sha256));
        }
    }

    private void unpack(Place place, String sha256, Path into) throws IOException {
        Path archive = Files.createDirectories(into).resolve("." + sha256); // no archive holds its own digest
        fetch(place, sha256, archive);
        try (ForeignArchive zip = new ForeignArchive(archive)) {
            zip.unpack(name -> inside(into, name));
        }
        Files.delete(archive);
    }

    private static Path inside(Path folder, String entry) {
        try {
            Path path = folder.resolve(entry).normalize();
            if (path.startsWith(folder)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new RequestException("expected a path in the archive, but found " + Reasons.quoted(entry), e);
        }
        throw new RequestException("the archive has a path that leads out of it: " + Reasons.visible(entry));
    }

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
}
