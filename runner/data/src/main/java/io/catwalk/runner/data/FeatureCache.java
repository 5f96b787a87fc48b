package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FeatureFile.Row;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
}
