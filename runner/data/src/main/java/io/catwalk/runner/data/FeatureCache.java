package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps what a network made of the images of a data set, once for all processes: one file for each network, data set and
 * way of preparing its images.
 */
public final class FeatureCache {

    private final ContentStore store;
    private final ImageCache.Listener listener;

    /** A network that is open. */
    public interface Extractor extends AutoCloseable {

        /** Returns the shape of the features of an image: channels, height, width. */
        List<Integer> shape();

        /** Returns how many images it takes at once. */
        int batch();

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
        try {
            return store.get(
                    key,
                    file -> FeatureFile.open(file, key),
                    draft -> make(draft, key, images.get(), network),
                    () -> listener.waiting("waiting for the features that another process makes in " + store.folder()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RequestException("stopped while waiting for features that another process makes", e);
        } catch (IOException e) {
            throw new RequestException(
                    "expected a writable folder for features, but " + store.folder() + " is not (" + Reasons.of(e)
                            + "): name another with --cache DIR, or with the variable " + UserCache.VARIABLE,
                    e);
        }
    }

    /** Returns where the features are, if they are kept. */
    public Path file(String key) {
        return store.path(key);
    }

    private void make(Path draft, String key, ImageDataset images, Function<ImageSource, Extractor> network)
            throws IOException {
        try (Extractor extractor = network.apply(images.train());
                FileChannel file = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            FeatureFile.of(key, images, extractor.shape()).begin(file);
            int length = extractor.shape().stream().reduce(Float.BYTES, Math::multiplyExact);
            int all = images.train().size() + images.test().size();
            listener.extracting(images.name(), all, (long) all * length, store.folder());
            append(file, extractor, images.train(), 0);
            append(file, extractor, images.test(), images.train().size());
        } finally {
            listener.finished();
        }
    }

    private void append(FileChannel file, Extractor extractor, ImageSource images, int before) throws IOException {
        for (int from = 0; from < images.size(); from += extractor.batch()) {
            int to = Math.min(images.size(), from + extractor.batch());
            FeatureFile.append(file, extractor.features(images, from, to));
            listener.decoded(before + to);
        }
    }
}
