package io.catwalk.runner.data;

import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.ImageRecords;
import io.catwalk.runner.data.FeatureCache.FeatureFile.Row;
import io.catwalk.runner.data.ImageSource.Listed;
import io.catwalk.runner.data.ImageSource.Stored;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * Keeps what a network made of the images of a data set, once for all processes: one file for each network, data set and
 * way of preparing its images. A network is never asked about an image that it was asked about for another file, such as
 * that of other labels.
 *
 * <p>A key begins with the SHA-256 of the network and of how images are prepared.
 */
public final class FeatureCache {

    /** Characters of a SHA-256. */
    private static final int DIGITS = 64;

    private final ContentStore store;
    private final ImageCache.Listener listener;

    /** A network that is open. */
    public interface Extractor extends AutoCloseable {

        /** Returns the shape of the features of an image: channels, height, width. */
        List<Integer> shape();

        /** Returns how many images it takes at once. */
        int batch();

        /** Returns how many changed views of each training image it is asked about, too. */
        default int views() {
            return 0;
        }

        /** Makes a view, from 1 on, at random but always the same: bytes of (to - from, channels, height, width). */
        default byte[] view(ImageSource images, int from, int to, int number) {
            return images.read(from, to);
        }

        /** Returns the features of images that follow each other: (to - from, channels, height, width). */
        float[] features(ImageSource images, int from, int to);

        @Override
        void close();
    }

    FeatureCache(ContentStore store, ImageCache.Listener listener) {
        this.store = store;
        this.listener = listener;
    }

    /** Returns the features that are kept, or makes them, or waits while another process makes them. */
    public ImageDataset open(String key, Supplier<ImageDataset> images, Function<ImageSource, Extractor> network) {
        return store.open(
                key, file -> FeatureFile.open(file, key), draft -> make(draft, key, images.get(), network), listener);
    }

    /** Reads features that another machine made. */
    public static ImageDataset read(Path file, String key) {
        try {
            return FeatureFile.open(file, key)
                    .orElseThrow(() ->
                            new RequestException("expected the features of the images, but " + file + " has others"));
        } catch (IOException e) {
            throw new RequestException("expected features in " + file + ", but it cannot be read: " + Reasons.of(e), e);
        }
    }

    /** Returns where the features are, if they are kept. */
    public Path file(String key) {
        return store.path(key);
    }

    private void make(Path draft, String key, ImageDataset images, Function<ImageSource, Extractor> network)
            throws IOException {
        List<ByteBuffer> train = digests(images.train());
        List<ByteBuffer> test = digests(images.test());
        Map<ByteBuffer, Row> kept = kept(key);
        int unknown = (int) Stream.concat(train.stream(), test.stream())
                .filter(one -> !kept.containsKey(one))
                .count();
        try (Extractor extractor = network.apply(images.train());
                OutputStream file =
                        new BufferedOutputStream(Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW))) {
            FeatureFile.of(key, images, extractor.views(), extractor.shape()).begin(file);
            int views = Math.multiplyExact(extractor.views(), train.size());
            if (unknown + views > 0) {
                int length = extractor.shape().stream().reduce(Float.BYTES, Math::multiplyExact);
                long bytes = (long) length * (train.size() + views + test.size());
                listener.extracting(images.name(), unknown + views, bytes, store.folder());
            }
            int asked = append(file, extractor, images.train(), train, kept, 0);
            List<ByteBuffer> all = new ArrayList<>(train);
            for (int view = 1; view <= extractor.views(); view++) {
                for (int from = 0; from < train.size(); from += extractor.batch()) {
                    int to = Math.min(train.size(), from + extractor.batch());
                    byte[] pixels = extractor.view(images.train(), from, to, view);
                    ImageSource changed = images.train().changed(from, to, pixels);
                    List<ByteBuffer> own = digests(changed);
                    asked = append(file, extractor, changed, own, kept, asked);
                    all.addAll(own);
                }
            }
            int unused = append(file, extractor, images.test(), test, kept, asked);
            all.addAll(test);
            FeatureFile.end(file, all);
        } finally {
            listener.finished();
        }
    }

    /** Finds the features that files of the same network and preparation hold, by the digests of their images. */
    private Map<ByteBuffer, Row> kept(String key) throws IOException {
        Map<ByteBuffer, Row> kept = new HashMap<>();
        for (ContentStore.Entry entry : store.entries()) {
            Path path = entry.path();
            if (path.getFileName().toString().startsWith(key.substring(0, DIGITS)) && !path.equals(file(key))) {
                kept.putAll(FeatureFile.rows(path));
            }
        }
        return kept;
    }

    private static List<ByteBuffer> digests(ImageSource images) {
        return IntStream.range(0, images.size())
                .parallel()
                .mapToObj(i -> ByteBuffer.wrap(Sha256.digest().digest(images.read(i, i + 1))))
                .toList();
    }

    /** Appends the features of images, and returns how many images the network was asked about so far. */
    private int append(
            OutputStream file,
            Extractor extractor,
            ImageSource images,
            List<ByteBuffer> digests,
            Map<ByteBuffer, Row> kept,
            int before)
            throws IOException {
        int asked = before;
        for (int from = 0; from < images.size(); from += extractor.batch()) {
            int to = Math.min(images.size(), from + extractor.batch());
            int[] unknown = IntStream.range(from, to)
                    .filter(i -> !kept.containsKey(digests.get(i)))
                    .toArray();
            FloatBuffer made = FloatBuffer.wrap(
                    unknown.length == 0 ? new float[0] : extractor.features(images.select(unknown), 0, unknown.length));
            for (int i = from; i < to; i++) {
                Row row = kept.get(digests.get(i));
                float[] features = row == null ? new float[made.capacity() / unknown.length] : row.features();
                if (row == null) {
                    made.get(features);
                }
                FeatureFile.append(file, features);
            }
            asked += unknown.length;
            listener.decoded(asked);
        }
        return asked;
    }

    /**
     * A data set whose images are replaced by what a network made of them, whole by itself: trials need neither the images
     * nor the network to train on it. The file holds, in this order: {@value #MAGIC}, the length of the list of the images
     * as a 32-bit big-endian number, the list as JSON, the features of the training images, of all their first views, second
     * views and so on, and those of the test images, as little-endian 32-bit floats, and the SHA-256 of each of these images.
     *
     * @param views how many changed views of each training image there are
     * @param shape of the features of an image: channels, height, width
     * @param key identifies what made them
     */
    record FeatureFile(
            String key,
            String name,
            String sha256,
            List<String> classes,
            int validating,
            List<String> notes,
            int views,
            List<Integer> shape,
            Listed train,
            Listed test) {

        private static final String MAGIC = "catwalk features 4\n";
        private static final int HEAD = MAGIC.length() + Integer.BYTES;
        private static final int DIGEST = 32;

        /** The features of an image, in a file. */
        record Row(ImageSource source, int place) {

            float[] features() {
                return source.features(place);
            }
        }

        static FeatureFile of(String key, ImageDataset images, int views, List<Integer> shape) {
            return new FeatureFile(
                    key,
                    images.name(),
                    images.sha256(),
                    images.classes(),
                    images.validating(),
                    images.notes(),
                    views,
                    shape,
                    images.train().listed(),
                    images.test().listed());
        }

        /** Counts the training images and their views. */
        private int trained() {
            return Math.multiplyExact(views + 1, train.labels().length);
        }

        private int images() {
            return Math.addExact(trained(), test.labels().length);
        }

        private int recordLength() {
            return shape.stream().reduce(Float.BYTES, Math::multiplyExact);
        }

        /** Begins a file; the features are written behind it. */
        void begin(OutputStream file) throws IOException {
            byte[] list = Json.LINE.writeValueAsBytes(this);
            file.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
            file.write(ByteBuffer.allocate(Integer.BYTES).putInt(list.length).array());
            file.write(list);
        }

        /** Appends the features of some images, (images, channels, height, width). */
        static void append(OutputStream file, float[] features) throws IOException {
            ByteBuffer bytes =
                    ByteBuffer.allocate(features.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(features);
            file.write(bytes.array());
        }

        static void end(OutputStream file, List<ByteBuffer> digests) throws IOException {
            ByteBuffer all = ByteBuffer.allocate(Math.multiplyExact(digests.size(), DIGEST));
            digests.forEach(digest -> all.put(digest.duplicate()));
            file.write(all.array());
        }

        /** Maps a file; empty if there is none, or if it is incomplete, damaged or of another key. */
        static Optional<ImageDataset> open(Path path, String key) throws IOException {
            return read(
                    path,
                    (file, found, from) ->
                            found.key.equals(key) ? Optional.of(found.dataset(file, from)) : Optional.empty());
        }

        /** Maps a file of any key: its features by the digest of their image; none if it is incomplete or damaged. */
        static Map<ByteBuffer, Row> rows(Path path) throws IOException {
            return read(path, (file, found, from) -> Optional.of(found.rows(file, from)))
                    .orElse(Map.of());
        }

        private interface Reader<T> {
            Optional<T> read(FileChannel file, FeatureFile found, long from) throws IOException;
        }

        private static <T> Optional<T> read(Path path, Reader<T> reader) throws IOException {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                InputStream in = Channels.newInputStream(file);
                byte[] head = in.readNBytes(HEAD);
                if (head.length < HEAD
                        || !new String(head, 0, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC)) {
                    return Optional.empty();
                }
                int length = ByteBuffer.wrap(head).getInt(MAGIC.length());
                if (length < 0 || length > file.size()) {
                    return Optional.empty();
                }
                FeatureFile found = Json.LINE.readValue(in.readNBytes(length), FeatureFile.class);
                long from = (long) HEAD + length;
                boolean whole = file.size() == from + (long) found.images() * (found.recordLength() + DIGEST);
                return whole ? reader.read(file, found, from) : Optional.empty();
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (JacksonException | IllegalArgumentException | ArithmeticException | RequestException e) {
                return Optional.empty(); // it is damaged, and made anew
            }
        }

        private Map<ByteBuffer, Row> rows(FileChannel file, long from) throws IOException {
            file.position(from + (long) images() * recordLength());
            byte[] digests = Channels.newInputStream(file).readNBytes(Math.multiplyExact(images(), DIGEST));
            if (digests.length < images() * DIGEST) {
                return Map.of(); // it became shorter meanwhile
            }
            int[] all = IntStream.range(0, images()).toArray();
            ImageSource features = new ImageSource(stored(file, from), all, all);
            Map<ByteBuffer, Row> rows = new HashMap<>();
            for (int image : all) {
                rows.put(ByteBuffer.wrap(digests, image * DIGEST, DIGEST), new Row(features, image));
            }
            return rows;
        }

        private Stored stored(FileChannel file, long from) throws IOException {
            return new Stored(
                    shape.get(0),
                    shape.get(1),
                    shape.get(2),
                    ImageRecords.map(file, from, recordLength(), images()),
                    null);
        }

        private ImageDataset dataset(FileChannel file, long from) throws IOException {
            Stored stored = stored(file, from);
            Stored viewed = new Stored(
                    stored.channels(),
                    stored.height(),
                    stored.width(),
                    stored.pixels(),
                    null,
                    views,
                    train.labels().length);
            List<String> files = Stream.concat(
                            Collections.nCopies(views + 1, train.files()).stream()
                                    .flatMap(List::stream),
                            test.files().stream())
                    .toList();
            return new ImageDataset(
                    name,
                    sha256,
                    classes,
                    ImageSource.of(viewed, 0, train, files),
                    ImageSource.of(stored, trained(), test, files),
                    validating,
                    notes);
        }
    }
}
