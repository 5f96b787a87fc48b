package io.catwalk.runner.supply;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores files that were fetched to this machine, by their digests: each is fetched only once, and a file with another
 * digest is refused.
 */
public final class Depot {

    private static final Logger LOG = LoggerFactory.getLogger(Depot.class);

    /** No file of a data set is larger; a larger one would have another digest anyway. */
    private static final long MOST_BYTES = 1L << 40;

    private final Path folder;
    private final FileSource source;

    /**
     * Opens a depot.
     *
     * @param folder of the stored files; created with the first file
     * @param source reads them
     */
    public Depot(Path folder, FileSource source) {
        this.folder = folder;
        this.source = source;
    }

    /**
     * Opens the depot of this user, in the folder of the decoded images.
     *
     * @return the depot
     */
    public static Depot standard() {
        return new Depot(ImageCache.standardFolder().resolve("depot"), FileSource.standard());
    }

    /**
     * Fetches something to this machine.
     *
     * @param what its description, for messages
     * @param places where to find it, tried in order
     * @return a file or a folder; it must not be changed
     * @throws RequestException if no place has it
     */
    public Path bring(String what, List<Place> places) {
        List<String> reasons = new ArrayList<>();
        for (Place place : places) {
            try {
                return place.sha256() == null ? standing(place.uri()) : kept(place, place.sha256());
            } catch (RequestException e) {
                LOG.info("{} is not at {}", what, place.uri(), e);
                reasons.add(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                LOG.info("{} cannot be kept", what, e);
                reasons.add("it cannot be stored in " + folder + " (" + Reasons.of(e) + ")");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RequestException("stopped while fetching " + what, e);
            }
        }
        throw new RequestException(
                reasons.isEmpty()
                        ? "expected a place that has " + what + ", but the order names none"
                        : "expected " + what + ", but " + String.join("; and ", reasons));
    }

    private static Path standing(URI uri) {
        if (!FileSource.isLocal(uri)) {
            throw new RequestException("expected a file: address or a digest, but found " + uri);
        }
        Path path = Path.of(uri);
        if (!Files.exists(path)) {
            throw new RequestException("there is no " + path + " here");
        }
        return path;
    }

    @SuppressWarnings("try") // the lock is held, not used
    private Path kept(Place place, String sha256) throws IOException, InterruptedException {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new RequestException("expected a SHA-256 of 64 hexadecimal digits, but found '" + sha256 + "'");
        }
        Files.createDirectories(folder);
        Path file = folder.resolve(sha256);
        Path unpacked = folder.resolve(sha256 + ".unpacked");
        try (ProcessLock lock =
                ProcessLock.take(folder.resolve(sha256 + ".lock"), () -> LOG.info("Waiting for {}", sha256))) {
            if (place.entry() == null) {
                fetch(place.uri(), sha256, file);
                return file;
            }
            if (!Files.isDirectory(unpacked)) {
                fetch(place.uri(), sha256, file);
                Path draft = folder.resolve(sha256 + ".part.unpacked"); // only this process uses it: the lock is held
                Scratch.delete(draft);
                unpack(file, draft);
                Files.move(draft, unpacked);
                Files.delete(file);
            }
        }
        Path entry = inside(unpacked, place.entry());
        if (!Files.exists(entry)) {
            throw new RequestException("the archive at " + place.uri() + " has no " + place.entry());
        }
        return entry;
    }

    private void fetch(URI from, String sha256, Path file) throws IOException {
        if (Files.isRegularFile(file) && Sha256.of(file).equals(sha256)) {
            return;
        }
        Path draft = folder.resolve(sha256 + ".part"); // only this process uses it: the lock is held
        Files.deleteIfExists(draft);
        try {
            source.bring(from, draft, MOST_BYTES);
            String found = Sha256.of(draft);
            if (!found.equals(sha256)) {
                throw new RequestException("the file at " + from + " has the sha256 " + found.substring(0, 12)
                        + ", not " + sha256.substring(0, 12));
            }
            AtomicFiles.publish(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /**
     * How much is stored.
     *
     * @param things files and unpacked archives
     * @param bytes their size
     */
    public record Content(int things, long bytes) {}

    /**
     * Returns how much is stored.
     *
     * @return number and size
     * @throws IOException if the folder cannot be read
     */
    public Content content() throws IOException {
        long bytes = 0;
        List<Path> things = things();
        for (Path thing : things) {
            try (Stream<Path> all = Files.walk(thing)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
            }
        }
        return new Content(things.size(), bytes);
    }

    /**
     * Deletes everything that is stored. A process that still needs a file fetches it again.
     *
     * @return how much was deleted
     * @throws IOException if a file cannot be deleted
     * @throws InterruptedException if the calling thread is interrupted
     */
    @SuppressWarnings("try") // the lock is held, not used
    public Content clear() throws IOException, InterruptedException {
        Content content = content();
        for (Path thing : things()) {
            String sha256 = thing.getFileName().toString().substring(0, 64);
            try (ProcessLock lock =
                    ProcessLock.take(folder.resolve(sha256 + ".lock"), () -> LOG.info("Waiting for {}", sha256))) {
                Scratch.delete(thing);
            }
        }
        return content;
    }

    private List<Path> things() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.getFileName().toString().matches("[0-9a-f]{64}(\\.unpacked)?"))
                    .toList();
        }
    }

    private static void unpack(Path archive, Path into) throws IOException {
        Files.createDirectories(into);
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                Path file = inside(into, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
    }

    private static Path inside(Path folder, String entry) {
        Path path = folder.resolve(entry).normalize();
        if (!path.startsWith(folder)) {
            throw new RequestException("the archive has a path that leads out of it: " + entry);
        }
        return path;
    }
}
