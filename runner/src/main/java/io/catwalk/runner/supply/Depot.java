package io.catwalk.runner.supply;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores files that were fetched to this machine, by their digests: each is fetched only once, and a file with another
 * digest is refused.
 */
public final class Depot {

    private static final Logger LOG = LoggerFactory.getLogger(Depot.class);

    /** The most that is fetched where an order does not state a size, before the digest is looked at. */
    private static final long MOST_BYTES = 16L << 30;

    /**
     * How many times the size of an archive its files may have together. Orders pack without compression; this leaves
     * room for an archive that was packed again, and little for one that is to fill the disk.
     */
    private static final int MOST_GROWTH = 10;

    /** Small archives may grow to this, whatever their size is. */
    private static final long SMALL = 1L << 20;

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
                LOG.info("{} is not at {}", what, FileSource.shown(place.uri()), e);
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
            throw new RequestException("expected a file: address or a digest, but found " + FileSource.shown(uri));
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
        Path file = UserCache.make(folder).resolve(sha256);
        Path unpacked = folder.resolve(sha256 + ".unpacked");
        try (ProcessLock lock =
                ProcessLock.take(folder.resolve(sha256 + ".lock"), () -> LOG.info("Waiting for {}", sha256))) {
            if (place.entry() == null) {
                fetch(place, sha256, file);
                return file;
            }
            if (!Files.isDirectory(unpacked)) {
                fetch(place, sha256, file);
                Path draft = folder.resolve(sha256 + ".part.unpacked"); // only this process uses it: the lock is held
                Scratch.delete(draft);
                try {
                    unpack(file, draft);
                    Files.move(draft, unpacked);
                } finally {
                    Scratch.delete(draft);
                    Files.delete(file);
                }
            }
        }
        Path entry = inside(unpacked, place.entry());
        if (!Files.exists(entry)) {
            throw new RequestException("the archive at " + FileSource.shown(place.uri()) + " has no " + place.entry());
        }
        return entry;
    }

    private void fetch(Place place, String sha256, Path file) throws IOException {
        URI from = place.uri();
        long most = place.bytes() == null ? MOST_BYTES : place.bytes();
        if (Files.isRegularFile(file) && Sha256.of(file).equals(sha256)) {
            return;
        }
        Path draft = folder.resolve(sha256 + ".part"); // only this process uses it: the lock is held
        Files.deleteIfExists(draft);
        try {
            source.bring(from, draft, most);
            String found = Sha256.of(draft);
            if (!found.equals(sha256)) {
                throw new RequestException("the file at " + FileSource.shown(from) + " has the sha256 "
                        + found.substring(0, 12) + ", not " + sha256.substring(0, 12));
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
            return all.filter(path -> path.getFileName().toString().matches("[0-9a-f]{64}(\\.part)?(\\.unpacked)?"))
                    .toList();
        }
    }

    private static void unpack(Path archive, Path into) throws IOException {
        Files.createDirectories(into);
        long most = Math.max(SMALL, MOST_GROWTH * Files.size(archive));
        long room = most;
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                Path file = inside(into, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                room -= unpack(zip, entry, file, room);
                if (room < 0) {
                    throw new RequestException("the archive unpacks to more than " + most
                            + " bytes, the limit for one of its size: nothing of it is kept");
                }
            }
        } catch (ZipException e) {
            throw new RequestException("the archive is no zip archive, or it is damaged: nothing of it is kept", e);
        }
    }

    /** Unpacks a file, but no more than one byte above the room, and returns its size. */
    private static long unpack(ZipFile zip, ZipEntry entry, Path file, long room) throws IOException {
        long bytes = 0;
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            byte[] piece = new byte[1 << 16];
            for (int read = in.read(piece); read >= 0 && bytes <= room; read = in.read(piece)) {
                bytes += read;
                out.write(piece, 0, (int) Math.min(read, Math.max(0, room + read - bytes)));
            }
        }
        return bytes;
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
}
