package io.catwalk.runner.data;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageCache.ImageListing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads images from a cache file. The file holds, in this order: a header of {@value #HEADER} bytes, the images as
 * records of equal length, the {@link #sums} of each image, and the indices of the images that were left out,
 * 32-bit big-endian.
 */
record CachedImages(Header header, ImageSource.Stored stored, BitSet omitted) {

    /** Raised when the format of the files changes, or when decoders give other pixels for the same files. */
    static final int VERSION = 4;

    static final int HEADER = 4096;

    private static final String MAGIC = "catwalk images";
    private static final int LONGEST_NAME = 200;

    /** Number of squares of bytes whose sum fits into an int; the JVM adds up several ints at once. */
    private static final int BLOCK = 1 << 14;

    /** Describes what a file holds; the records of omitted images are empty. */
    record Header(String name, String sha256, int channels, int height, int width, int images, int omitted) {

        int recordLength() {
            return Math.multiplyExact(channels * height, width);
        }

        long sumsFrom() {
            return HEADER + (long) images * recordLength();
        }

        long omittedFrom() {
            return sumsFrom() + (long) images * sumsLength(channels);
        }

        long fileLength() {
            return omittedFrom() + (long) omitted * Integer.BYTES;
        }

        ByteBuffer bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeUTF(MAGIC);
                out.writeInt(VERSION);
                out.writeUTF(name.substring(0, Math.min(name.length(), LONGEST_NAME)));
                out.writeUTF(sha256);
                for (int number : new int[] {channels, height, width, images, omitted}) {
                    out.writeInt(number);
                }
            } catch (IOException e) {
                throw new IllegalStateException("memory does not fail to be written", e);
            }
            return ByteBuffer.wrap(Arrays.copyOf(bytes.toByteArray(), HEADER));
        }

        /** Reads the header of a file; empty if the file is not a cache of this version, or is incomplete. */
        static Optional<Header> read(FileChannel file) throws IOException {
            byte[] bytes = Channels.newInputStream(file).readNBytes(HEADER);
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                if (bytes.length < HEADER || !in.readUTF().equals(MAGIC) || in.readInt() != VERSION) {
                    return Optional.empty();
                }
                Header header = new Header(
                        in.readUTF(),
                        in.readUTF(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt());
                return header.fileLength() == file.size() ? Optional.of(header) : Optional.empty();
            } catch (IOException | ArithmeticException e) {
                return Optional.empty(); // not a header
            }
        }
    }

    /** Maps a file; empty if there is none, or if it is incomplete, or of another version or data set. */
    static Optional<CachedImages> open(Path path, String sha256) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            Header header = Header.read(file).orElse(null);
            if (header == null || !header.sha256.equals(sha256)) {
                return Optional.empty();
            }
            file.position(header.omittedFrom());
            ByteBuffer omitted =
                    ByteBuffer.wrap(Channels.newInputStream(file).readNBytes(header.omitted * Integer.BYTES));
            BitSet set = new BitSet(header.images);
            while (omitted.hasRemaining()) {
                set.set(omitted.getInt());
            }
            return Optional.of(new CachedImages(
                    header,
                    new ImageSource.Stored(
                            header.channels,
                            header.height,
                            header.width,
                            ImageRecords.map(file, HEADER, header.recordLength(), header.images),
                            ImageRecords.map(file, header.sumsFrom(), sumsLength(header.channels), header.images)),
                    set));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Returns the same images in another order. */
    CachedImages arranged(int[] order) {
        BitSet left = new BitSet(order.length);
        IntStream.range(0, order.length).filter(i -> omitted.get(order[i])).forEach(left::set);
        return new CachedImages(header, stored.arranged(order), left);
    }

    /** Returns whether the file holds this image; false if it was left out. */
    boolean holds(int image) {
        return !omitted.get(image);
    }

    ImageSource source(int[] which, int[] labels) {
        return new ImageSource(stored, which, labels);
    }

    /** Returns how many bytes the sums of one image take. */
    static int sumsLength(int channels) {
        return channels * 2 * Long.BYTES;
    }

    /**
     * Returns for each channel the sum of its pixels and the sum of their squares, as 64-bit big-endian numbers. They are
     * kept beside the images so that a mean does not require reading all of them.
     */
    static byte[] sums(byte[] pixels, int channels) {
        ByteBuffer sums = ByteBuffer.allocate(sumsLength(channels));
        int plane = pixels.length / channels;
        for (int c = 0; c < channels; c++) {
            long sum = 0;
            long squares = 0;
            for (int from = c * plane; from < (c + 1) * plane; from += BLOCK) {
                int to = Math.min(from + BLOCK, (c + 1) * plane);
                int sumOfBlock = 0;
                int squaresOfBlock = 0;
                for (int p = from; p < to; p++) {
                    int value = pixels[p] & 0xff;
                    sumOfBlock += value;
                    squaresOfBlock += value * value;
                }
                sum += sumOfBlock;
                squares += squaresOfBlock;
            }
            sums.putLong(sum).putLong(squares);
        }
        return sums.array();
    }

    /**
     * Reads consecutive records of equal length, mapped from a file in windows of whole records, so that the file may
     * exceed the 2 GiB of one mapping. Any number of threads may read at once.
     *
     * @param order the record at each place; null for that of this number
     */
    @SuppressWarnings("ArrayRecordComponent")
    record ImageRecords(int length, long count, int perWindow, int @Nullable [] order, ByteBuffer... windows) {

        private static final int WINDOW = 1 << 30;

        ImageRecords(int length, long count, int perWindow, ByteBuffer... windows) {
            this(length, count, perWindow, null, windows);
        }

        /** Maps records of a file, whose channel may be closed afterwards. */
        static ImageRecords map(FileChannel file, long from, int length, long count) throws IOException {
            int perWindow = Math.max(1, WINDOW / length);
            ByteBuffer[] windows = new ByteBuffer[Math.toIntExact((count + perWindow - 1) / perWindow)];
            for (int i = 0; i < windows.length; i++) {
                long first = (long) i * perWindow;
                long records = Math.min(perWindow, count - first);
                windows[i] = file.map(FileChannel.MapMode.READ_ONLY, from + first * length, records * length);
            }
            return new ImageRecords(length, count, perWindow, windows);
        }

        ImageRecords arranged(int[] newOrder) {
            return new ImageRecords(length, count, perWindow, newOrder, windows);
        }

        void read(int place, byte[] target, int at) {
            int record = order == null ? place : order[place];
            Objects.checkIndex(record, count);
            windows[record / perWindow].get(record % perWindow * length, target, at, length);
        }
    }

    /** Writes the file of {@link CachedImages} from the images that a listing decodes. */
    static final class CacheWriter implements AutoCloseable {

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
            channel = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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
        void decode(
                IntFunction<RasterImage> decode, Consumer<SortedMap<Integer, RequestException>> decideAboutUnreadable) {
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
                throw new RequestException(
                        "expected images that can be read in " + listing.name() + ", but found none of "
                                + omitted.length + "; the first: "
                                + Reasons.oneLine(Objects.requireNonNull(
                                        unreadable.firstEntry().getValue().getMessage())));
            }
            header = header(header.channels(), header.height(), header.width(), omitted.length);
            ByteBuffer indices = ByteBuffer.allocate(omitted.length * Integer.BYTES);
            indices.asIntBuffer().put(omitted);
            write(indices.array(), header.omittedFrom());
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
}
