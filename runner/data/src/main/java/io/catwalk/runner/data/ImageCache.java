package io.catwalk.runner.data;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.CacheWriter;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;
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

    /** The folder of the features in that of the images. */
    static final String FEATURES = "features";

    private final ContentStore store;
    private final Listener listener;

    /** Receives progress of long operations. Any number of threads may call it at once. */
    public interface Listener {

        /** Called when images are about to be decoded; again from the beginning if they turn out to have colors. */
        default void started(String name, int images, long bytes, Path folder) {}

        /** Called when a network is about to be asked for the features of images. */
        default void extracting(String name, int images, long bytes, Path folder) {}

        /** Called after each image, or after some of them. */
        default void decoded(int images) {}

        /** Called when another process makes what is needed here. */
        default void waiting(String note) {}

        default void finished() {}

        static Listener none() {
            return new Listener() {};
        }
    }

    /** What a file of the cache holds: so many images of a data set, of one shape. */
    public record Content(String name, int images, int channels, int height, int width) {}

    /** Uses a folder, which is created when it is needed. */
    public ImageCache(Path folder, Listener listener) {
        store = new ContentStore(ContentStore.Kind.IMAGES, folder);
        this.listener = listener;
    }

    /** Returns the standard folder: what {@link #PROPERTY} names, or {@code images} in the user's cache folder. */
    public static Path standardFolder() {
        String named = System.getProperty(PROPERTY, "");
        return named.isBlank()
                ? UserCache.folder().resolve("images")
                : Path.of(named).toAbsolutePath().normalize();
    }

    /** Returns what keeps the features of images, beside the images. */
    public FeatureCache features() {
        return new FeatureCache(
                new ContentStore(ContentStore.Kind.FEATURES, store.folder().resolve(FEATURES)), listener);
    }

    /** Returns the images of a data set; decodes them if they are not cached yet, or the file is incomplete. */
    CachedImages open(ImageListing listing) {
        String stamp = listing.stamp();
        String sha256 = sha256(listing, stamp, listing::stamp, listing::sha256);
        return store.open(
                sha256,
                file -> CachedImages.open(file, sha256),
                draft -> make(listing, draft, sha256, stamp),
                listener);
    }

    /**
     * Returns the SHA-256 of what files hold, which is computed only once for each stamp.
     *
     * @param before identifies the files as they were, without reading them
     * @param stamp identifies them as they are now
     */
    String sha256(ImageListing listing, String before, Supplier<String> stamp, Supplier<String> content) {
        try {
            String known = known(before);
            if (known != null) {
                return known;
            }
            String sha256 = content.get();
            requireUnchanged(listing, before, stamp);
            AtomicFiles.write(UserCache.make(found()).resolve(before), sha256);
            return sha256;
        } catch (IOException | UncheckedIOException e) {
            throw store.unwritable(e);
        }
    }

    private void make(ImageListing listing, Path draft, String sha256, String stamp) throws IOException {
        try (CacheWriter writer = new CacheWriter(draft, listing, sha256, listener)) {
            listing.decode(writer);
            writer.finish();
            requireUnchanged(listing, stamp, listing::stamp);
        } finally {
            listener.finished();
        }
    }

    private static void requireUnchanged(ImageListing listing, String before, Supplier<String> stamp) {
        if (!stamp.get().equals(before)) {
            throw new RequestException("expected a data set that does not change while it is read, but files of "
                    + listing.name() + " did: try again when the data set is complete");
        }
    }

    private Path found() {
        return store.folder().resolve("found");
    }

    /** Returns the SHA-256 of what was found with this stamp; null if nothing was. */
    private @Nullable String known(String stamp) throws IOException {
        try {
            String text = Files.readString(found().resolve(stamp));
            return text.matches("[0-9a-f]{64}") ? text : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Returns what a file of the cache holds; empty if it is none, of another version, or incomplete. */
    public static Optional<Content> content(ContentStore.Entry entry) {
        if (entry.kind() != ContentStore.Kind.IMAGES) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(entry.path(), StandardOpenOption.READ)) {
            return CachedImages.Header.read(channel)
                    .map(header -> new Content(
                            header.name(),
                            header.images() - header.omitted(),
                            header.channels(),
                            header.height(),
                            header.width()));
        } catch (IOException e) {
            return Optional.empty(); // it was deleted meanwhile
        }
    }

    /** Forgets where data sets were found: the next time, each is read again. */
    public void forget() throws IOException {
        if (Files.isDirectory(found())) {
            try (DirectoryStream<Path> stamps = Files.newDirectoryStream(found())) {
                for (Path stamp : stamps) {
                    Files.deleteIfExists(stamp);
                }
            }
        }
    }

    /** Lists the images of a data set and decodes them. {@link ImageCache} decides where they are kept. */
    interface ImageListing {

        /** Returns the name of the data set, for display. */
        String name();

        /** Returns how many images there are; at least 1. */
        int size();

        /**
         * Identifies, without reading them, the files as they are now: their paths, lengths and times, and how they are
         * decoded. If the stamp changes, they must be read again.
         */
        String stamp();

        /** Identifies the images by their content, and reads all of it. */
        String sha256();

        void decode(CacheWriter into);
    }
}
