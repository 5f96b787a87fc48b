package io.catwalk.runner.data;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageCache.ImageListing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the file of {@link CachedImages} from the images that a listing decodes. */
final class CacheWriter implements AutoCloseable {

    /** Bytes of disk space that stay free for other programs. */
    private static final long SPARE = 64 << 20;

    private static final long PAUSE_MILLIS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(CacheWriter.class);

    private final Path draft;
    private final ImageListing listing;
    private final String sha256;
    private final ImageCache.Listener listener;
    private final FileChannel channel;
    private final AtomicInteger done = new AtomicInteger();
    private final ConcurrentSkipListMap<Integer, RequestException> unreadable = new ConcurrentSkipListMap<>();
    private CachedImages.Header header;
    private volatile boolean ended;

    CacheWriter(Path draft, ImageListing listing, String sha256, ImageCache.Listener listener) throws IOException {
        this.draft = draft;
        this.listing = listing;
        this.sha256 = sha256;
        this.listener = listener;
        header = header(1, 1, 1, 0);
        channel = FileChannel.open(
                draft,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        Thread behind = new Thread(this::writeBehind, "cache-writer");
        behind.setDaemon(true);
        behind.start();
    }

    /** Flushes to disk while images are decoded, so that little is left to wait for at the end. */
    private void writeBehind() {
        try {
            while (!ended) {
                Thread.sleep(PAUSE_MILLIS);
                channel.force(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("The file was closed meanwhile, or whoever ends it hears the same", e);
        }
    }

    private CachedImages.Header header(int channels, int height, int width, int omitted) {
        return new CachedImages.Header(listing.name(), sha256, channels, height, width, listing.size(), omitted);
    }

    /** Announces the shape, before the first image; again if images turn out to have colors. */
    void shape(int channels, int height, int width) {
        header = header(channels, height, width, 0);
        long bytes = header.fileLength();
        long free;
        try {
            channel.truncate(0);
            free = Files.getFileStore(draft).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (bytes > free - SPARE) {
            throw new RequestException(String.format(
                    "the decoded images of %s take %s, but the disk of %s has %s left, of which %s are kept free: name a"
                            + " folder on another disk with --cache, make room with catwalk data --clear, or take a"
                            + " smaller --image-size",
                    listing.name(),
                    Numbers.bytes(bytes),
                    draft.getParent(),
                    Numbers.bytes(free),
                    Numbers.bytes(SPARE)));
        }
        done.set(0);
        listener.started(
                listing.name(),
                listing.size(),
                bytes,
                Objects.requireNonNull(draft.toAbsolutePath().getParent()));
    }

    /** Stores the pixels of an image, (channels, height, width); any number of threads may call it, in any order. */
    void put(int image, byte[] pixels) {
        byte[] sums = CachedImages.sums(pixels, header.channels());
        try {
            write(pixels, CachedImages.HEADER + (long) image * header.recordLength());
            write(sums, header.sumsFrom() + (long) image * sums.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listener.decoded(done.incrementAndGet());
    }

    /**
     * Decodes all images on all cores, and stores them. They are gray, or color if any of them is; the gray ones then
     * have the same pixels in each channel.
     *
     * @param decode returns an image by its index; all have the same height and width
     * @param decideAboutUnreadable gets the reasons by the index of each image that could not be decoded; it throws, or
     *     returns to leave them out
     */
    void decode(IntFunction<RasterImage> decode, Consumer<SortedMap<Integer, RequestException>> decideAboutUnreadable) {
        int channels = 1;
        while (!decodeAs(channels, decode)) {
            channels = 3;
        }
        if (!unreadable.isEmpty()) {
            decideAboutUnreadable.accept(unreadable);
        }
    }

    /** Decodes all images; returns false if the images were taken to be gray and one of them has colors. */
    private boolean decodeAs(int channels, IntFunction<RasterImage> decode) {
        unreadable.clear();
        AtomicBoolean shaped = new AtomicBoolean();
        AtomicBoolean colored = new AtomicBoolean();
        IntStream.range(0, listing.size()).parallel().forEach(i -> {
            if (colored.get()) {
                return;
            }
            RasterImage image;
            try {
                image = decode.apply(i);
            } catch (RequestException e) {
                unreadable.put(i, e);
                return;
            }
            if (image.channels() > channels) {
                colored.set(true);
                return;
            }
            synchronized (shaped) {
                if (!shaped.getAndSet(true)) {
                    shape(channels, image.height(), image.width());
                }
            }
            put(i, image.withChannels(channels).pixels());
        });
        return !colored.get();
    }

    /** Writes the rest of the file. It is then complete, and can be moved to its final place. */
    void finish() throws IOException {
        int[] omitted = unreadable.keySet().stream().mapToInt(i -> i).toArray();
        if (omitted.length == listing.size()) {
            throw new RequestException("expected images that can be read in " + listing.name() + ", but found none of "
                    + omitted.length + "; the first: "
                    + Reasons.oneLine(Objects.requireNonNull(
                            unreadable.firstEntry().getValue().getMessage())));
        }
        header = header(header.channels(), header.height(), header.width(), omitted.length);
        ByteBuffer indices = ByteBuffer.allocate(omitted.length * Integer.BYTES);
        indices.asIntBuffer().put(omitted);
        write(indices.array(), header.omittedFrom());
        if (channel.size() < header.omittedFrom()) {
            write(new byte[1], header.omittedFrom() - 1); // the last image was left out
        }
        write(header.bytes().array(), 0);
    }

    private void write(byte[] bytes, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, at + buffer.position());
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        channel.close();
    }
}
