package io.catwalk.runner.data;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps decoded images on disk, once for all processes: one file for each data set, named by the SHA-256 of its
 * content. For each place where that content was found, a small file beside it makes it possible to tell, without
 * reading the data set, that it has not changed.
 *
 * <p>A file appears complete or not at all. If two processes need the same file, one makes it and the other waits.
 */
public final class ImageCache {

    /** The system property that names the folder, for this process and those that it starts. */
    public static final String PROPERTY = "catwalk.images";

    private static final String IMAGES = ".images";

    /** Ends the name of a file that is being made. */
    private static final String DRAFT = ".part";

    private final Path folder;
    private final Listener listener;

    /** Receives progress of long operations. Any number of threads may call it at once. */
    public interface Listener {

        /**
         * Called when images are about to be decoded; called again from the beginning if they turn out to have colors.
         *
         * @param name of the data set
         * @param images number of images
         * @param bytes that they take on the disk, decoded
         * @param folder where they are written to
         */
        default void started(String name, int images, long bytes, Path folder) {}

        /**
         * Called after each image.
         *
         * @param images how many are decoded so far
         */
        default void decoded(int images) {}

        /**
         * Called when another process makes what is needed here.
         *
         * @param note a message of one line
         */
        default void waiting(String note) {}

        /** Called at the end. */
        default void finished() {}

        /**
         * Returns a listener that ignores everything.
         *
         * @return a listener
         */
        static Listener none() {
            return new Listener() {};
        }
    }

    /**
     * Describes a file of the cache.
     *
     * @param file where it is
     * @param name of the data set
     * @param images number of images
     * @param channels 1 for gray, 3 for color
     * @param height rows of every image, in pixels
     * @param width columns of every image, in pixels
     * @param bytes length of the file
     */
    public record Entry(Path file, String name, int images, int channels, int height, int width, long bytes) {}

    /**
     * Describes a file that a process was making when it was stopped.
     *
     * @param file where it is
     * @param bytes length of the file
     */
    public record Unfinished(Path file, long bytes) {}

    /**
     * Uses a folder.
     *
     * @param folder created when it is needed
     * @param listener receives progress of long operations
     */
    public ImageCache(Path folder, Listener listener) {
        this.folder = folder.toAbsolutePath().normalize();
        this.listener = listener;
    }

    /**
     * Returns the standard folder: what {@link #PROPERTY} names, or {@code images} in the user's cache folder.
     *
     * @return an absolute path, which may not exist yet
     */
    public static Path standardFolder() {
        String named = System.getProperty(PROPERTY, "");
        return named.isBlank()
                ? UserCache.folder().resolve("images")
                : Path.of(named).toAbsolutePath().normalize();
    }

    /**
     * Returns where the files are.
     *
     * @return an absolute path
     */
    public Path folder() {
        return folder;
    }

    /** Returns the images of a data set; decodes them if they are not cached yet, or the file is incomplete. */
    @SuppressWarnings("try") // the lock is held, not used
    CachedImages open(ImageListing listing) {
        String stamp = listing.stamp();
        try {
            String sha256 = known(stamp);
            if (sha256 == null) {
                sha256 = listing.sha256();
                requireUnchanged(listing, stamp);
            }
            Path file = folder.resolve(sha256 + IMAGES);
            Optional<CachedImages> kept = CachedImages.open(file, sha256);
            if (kept.isPresent()) {
                remember(stamp, sha256);
                return kept.get();
            }
            Path unused = UserCache.make(folder);
            try (ProcessLock lock = locked(lock(sha256))) {
                kept = CachedImages.open(file, sha256);
                if (kept.isEmpty()) {
                    make(listing, file, sha256, stamp);
                    kept = CachedImages.open(file, sha256);
                }
                remember(stamp, sha256);
                return kept.orElseThrow(() -> new IOException(file + " does not hold what was written to it"));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException(
                    "expected a writable folder for decoded images, but " + folder + " is not (" + Reasons.of(e)
                            + "): name another with --cache DIR, or with the variable " + UserCache.VARIABLE,
                    e);
        }
    }

    private Path lock(String sha256) {
        return folder.resolve(sha256 + ".lock");
    }

    /** Takes the lock, and waits for it while another process decodes the same images. */
    private ProcessLock locked(Path file) throws IOException {
        try {
            return ProcessLock.take(
                    file, () -> listener.waiting("waiting for the images that another process decodes into " + folder));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RequestException("stopped while waiting for images that another process decodes", e);
        }
    }

    private void make(ImageListing listing, Path file, String sha256, String stamp) throws IOException {
        Path draft = folder.resolve(sha256 + DRAFT); // only ours, since the lock is held
        try (CacheWriter writer = new CacheWriter(draft, listing, sha256, listener)) {
            listing.decode(writer);
            writer.finish();
            requireUnchanged(listing, stamp);
            AtomicFiles.publish(draft, file);
        } finally {
            listener.finished();
        }
    }

    private static void requireUnchanged(ImageListing listing, String stamp) {
        if (!listing.stamp().equals(stamp)) {
            throw new RequestException("expected a data set that does not change while it is read, but files of "
                    + listing.name() + " did: try again when the data set is complete");
        }
    }

    private Path found(String stamp) {
        return folder.resolve("found").resolve(stamp);
    }

    /** Returns the SHA-256 of what was found with this stamp; null if nothing was. */
    private @Nullable String known(String stamp) throws IOException {
        try {
            String text = Files.readString(found(stamp));
            return text.matches("[0-9a-f]{64}") ? text : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void remember(String stamp, String sha256) throws IOException {
        if (!sha256.equals(known(stamp))) {
            AtomicFiles.write(UserCache.make(folder.resolve("found")).resolve(stamp), sha256);
        }
    }

    /**
     * Lists what is cached.
     *
     * @return the files, by their names
     * @throws IOException if the folder cannot be read
     */
    public List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path file : files(IMAGES)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                CachedImages.Header.read(channel)
                        .ifPresent(header -> entries.add(new Entry(
                                file,
                                header.name(),
                                header.images() - header.omitted(),
                                header.channels(),
                                header.height(),
                                header.width(),
                                header.fileLength())));
            }
        }
        return entries;
    }

    /**
     * Lists the files that stopped processes have left unfinished; files that are being made are not among them.
     *
     * @return the files, by their names
     * @throws IOException if the folder cannot be read
     */
    public List<Unfinished> unfinished() throws IOException {
        if (!Files.isWritable(folder)) {
            return List.of(); // a lock could not be taken, and nothing could be deleted
        }
        List<Unfinished> unfinished = new ArrayList<>();
        for (Path draft : files(DRAFT)) {
            try (ProcessLock lock = lockOfStopped(draft)) {
                if (lock != null && Files.exists(draft)) { // it may have been finished meanwhile
                    unfinished.add(new Unfinished(draft, Files.size(draft)));
                }
            }
        }
        return unfinished;
    }

    /** Locks a file that no process is making any more; returns null if one still is. */
    private @Nullable ProcessLock lockOfStopped(Path draft) throws IOException {
        String name = draft.getFileName().toString();
        return ProcessLock.tryTake(lock(name.substring(0, name.length() - DRAFT.length())));
    }

    /**
     * Deletes all cached files, and what stopped processes have left of others. Processes that use cached files
     * continue; files that are being made stay.
     *
     * @return how many bytes were freed
     * @throws IOException if a file cannot be deleted
     */
    public long clear() throws IOException {
        long bytes = 0;
        for (Path file : files(IMAGES)) {
            bytes += Files.size(file);
            Files.deleteIfExists(file);
        }
        for (Path draft : files(DRAFT)) {
            try (ProcessLock lock = lockOfStopped(draft)) {
                if (lock != null && Files.exists(draft)) { // it may have been finished meanwhile
                    bytes += Files.size(draft);
                    Files.delete(draft);
                }
            }
        }
        Path found = folder.resolve("found");
        if (Files.isDirectory(found)) {
            try (Stream<Path> stamps = Files.list(found)) {
                for (Path stamp : stamps.toList()) {
                    Files.deleteIfExists(stamp);
                }
            }
        }
        return bytes;
    }

    private List<Path> files(String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }
}
