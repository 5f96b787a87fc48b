package io.catwalk.runner.data;

import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.ImageRecords;
import io.catwalk.runner.data.ImageSource.Listed;
import io.catwalk.runner.data.ImageSource.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

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
        ByteBuffer bytes = ByteBuffer.allocate(features.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
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
            if (head.length < HEAD || !new String(head, 0, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC)) {
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
                shape.get(0), shape.get(1), shape.get(2), ImageRecords.map(file, from, recordLength(), images()), null);
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
                        Collections.nCopies(views + 1, train.files()).stream().flatMap(List::stream),
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
