package io.catwalk.runner.data;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.ImageRecords;
import io.catwalk.runner.data.Split.Stratification;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads images of one shape, and their labels, by index; or what a network made of them, their features. It holds no
 * pixels, only where they are, and the names of their files: a million images take little memory, and so does every
 * selection of them. Any number of threads may read at once.
 */
public final class ImageSource {

    /** Largest size of a batch for evaluation, in bytes as floats. */
    private static final int BATCH_BYTES = 32 << 20;

    private static final int LARGEST_BATCH = 500;

    private static final double WHITE = 255;

    /** Deviation of features that are equal but for the order in which a network has summed, as a share of them. */
    private static final double ROUNDING = 1e-6;

    /**
     * Images of one shape, (channels, height, width).
     *
     * @param pixels unsigned bytes; of features, little-endian 32-bit floats
     * @param sums the {@link CachedImages#sums} of each image; null for features
     * @param views of features: how many changed views of each image follow, all first views before all second ones
     * @param perView how far the record of the next view of an image is
     */
    record Stored(
            int channels,
            int height,
            int width,
            ImageRecords pixels,
            @Nullable ImageRecords sums,
            int views,
            int perView) {

        Stored(int channels, int height, int width, ImageRecords pixels, @Nullable ImageRecords sums) {
            this(channels, height, width, pixels, sums, 0, 0);
        }

        Stored arranged(int[] order) {
            return new Stored(
                    channels, height, width, pixels.arranged(order), sums == null ? null : sums.arranged(order));
        }
    }

    /** All that is known of images besides what is stored of each; {@code indices} and {@code files} by image. */
    @SuppressWarnings("ArrayRecordComponent") // only handed on
    record Listed(int[] labels, int[] clusters, int[] indices, List<String> files) {}

    private final Stored stored;
    private final int[] places;
    private final int[] labels;

    /** For each image, the record of an image of its cluster, the same one for all of them. */
    private final int[] clusters;

    /** For each image, its index in the whole set that it was chosen from; null if these are the whole set. */
    private final int @Nullable [] indices;

    /** The name of the file of each record; empty if they are not of a file each. */
    private final List<String> files;

    ImageSource(Stored stored, int[] places, int[] labels) {
        this(stored, places, labels, places, null, List.of());
    }

    /** Creates a source of features, which are stored in the order of the images, from {@code first} on. */
    static ImageSource of(Stored stored, int first, Listed listed, List<String> files) {
        int[] places = IntStream.range(first, first + listed.labels.length).toArray();
        return new ImageSource(stored, places, listed.labels, listed.clusters, listed.indices, files);
    }

    /** Returns consecutive images with other pixels, (to - from, channels, height, width), which are held in memory. */
    ImageSource changed(int from, int to, byte[] pixels) {
        int count = to - from;
        ByteBuffer sums = ByteBuffer.allocate(count * CachedImages.sumsLength(channels()));
        for (int at = 0; at < pixels.length; at += imageLength()) {
            sums.put(CachedImages.sums(Arrays.copyOfRange(pixels, at, at + imageLength()), channels()));
        }
        Stored held = new Stored(
                channels(),
                height(),
                width(),
                new ImageRecords(imageLength(), count, count, ByteBuffer.wrap(pixels)),
                new ImageRecords(CachedImages.sumsLength(channels()), count, count, sums));
        int[] which = IntStream.range(from, to).toArray();
        int[] all = IntStream.range(0, count).toArray();
        return new ImageSource(
                held,
                all,
                IntStream.of(which).map(i -> labels[i]).toArray(),
                all,
                IntStream.of(which).map(this::index).toArray(),
                List.of());
    }

    Listed listed() {
        return new Listed(
                labels,
                clusters,
                IntStream.range(0, size()).map(this::index).toArray(),
                files.isEmpty()
                        ? List.of()
                        : IntStream.of(places).mapToObj(files::get).toList());
    }

    private ImageSource(
            Stored stored, int[] places, int[] labels, int[] clusters, int @Nullable [] indices, List<String> files) {
        List<Integer> shape = List.of(labels.length, stored.channels, stored.height, stored.width);
        if (Collections.min(shape) < 1) {
            throw new IllegalArgumentException(
                    "Expected at least 1 image, channel, row and column, found shape " + shape);
        }
        this.stored = stored;
        this.places = places;
        this.labels = labels;
        this.clusters = clusters;
        this.indices = indices;
        this.files = files;
    }

    /** Returns the number of channels: 1 for gray, 3 for red, green, blue; at least 1. */
    public int channels() {
        return stored.channels;
    }

    /** Returns the height of every image: rows, in pixels; at least 1. */
    public int height() {
        return stored.height;
    }

    /** Returns the width of every image: columns, in pixels; at least 1. */
    public int width() {
        return stored.width;
    }

    /** Returns the class of each image. The array is not copied: callers must not write to it. */
    public int[] labels() {
        return labels;
    }

    /** Returns the number of images: at least 1. */
    public int size() {
        return labels.length;
    }

    /** Returns how many values one image has: bytes, or the floats of its features. */
    public int imageLength() {
        return stored.channels * stored.height * stored.width;
    }

    /** Tells whether these are features, which are floats of any range, and not images. */
    public boolean holdsFeatures() {
        return stored.sums == null;
    }

    /** Returns how many images a network evaluates at once: as many as take 32 MiB as floats, from 1 to 500. */
    public int batchSize() {
        return Math.max(1, Math.min(LARGEST_BATCH, BATCH_BYTES / Float.BYTES / imageLength()));
    }

    public void read(int image, byte[] target, int at) {
        sums(); // features are no pixels
        stored.pixels.read(places[image], target, at);
    }

    /** Copies the pixels of images that follow each other: (to - from, channels, height, width), row-major. */
    public byte[] read(int from, int to) {
        Objects.checkFromToIndex(from, to, size());
        byte[] pixels = new byte[Math.multiplyExact(to - from, imageLength())];
        for (int i = from; i < to; i++) {
            read(i, pixels, (i - from) * imageLength());
        }
        return pixels;
    }

    private ImageRecords sums() {
        return Objects.requireNonNull(stored.sums, "features are no pixels");
    }

    /** Returns how many changed views of each image there are features of. */
    public int views() {
        return stored.views;
    }

    /** Reads the features of an image: (channels, height, width), row-major. */
    public float[] features(int image) {
        return features(image, 0);
    }

    private float[] features(int image, int view) {
        byte[] bytes = new byte[stored.pixels.length()];
        stored.pixels.read(places[image] + view * stored.perView, bytes, 0);
        float[] features = new float[imageLength()];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(features);
        return features;
    }

    /** Returns, for each channel of an image, the sum of its pixels and the sum of their squares. */
    long[] sums(int image) {
        byte[] bytes = new byte[sums().length()];
        sums().read(places[image], bytes, 0);
        long[] numbers = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(numbers);
        return numbers;
    }

    /**
     * Computes mean and (population) standard deviation over all pixels of some images, exactly, from sums that are kept
     * beside each image; or over their features, in units of these.
     *
     * @param indices which images to use, usually {@link Split#train}; at least one
     * @return the two numbers for each channel; a channel that is constant gets the deviation 1
     */
    public Normalization normalization(int[] indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException("Normalization: expected at least 1 image, found none");
        }
        if (holdsFeatures()) {
            return standardization(indices);
        }
        long[] totals = new long[2 * channels()];
        for (int index : indices) {
            long[] sums = sums(index);
            for (int i = 0; i < totals.length; i++) {
                totals[i] += sums[i];
            }
        }
        float[] mean = new float[channels()];
        float[] std = new float[channels()];
        for (int c = 0; c < channels(); c++) {
            double sum = totals[2 * c];
            double squares = totals[2 * c + 1];
            double n = (double) indices.length * height() * width();
            double variance = (squares - sum * sum / n) / n;
            mean[c] = (float) (sum / n / WHITE);
            // Values are whole numbers: a variance below this is rounding, not a second value.
            std[c] = variance < 1e-9 ? 1 : (float) (Math.sqrt(variance) / WHITE);
        }
        return new Normalization(mean, std);
    }

    /** Computes mean and deviation of features; a channel whose deviation is rounding gets the deviation 1. */
    private Normalization standardization(int[] indices) {
        double[] sums = new double[channels()];
        double[] squares = new double[channels()];
        float[] first = features(indices[0]); // what is subtracted keeps the squares of large features small
        int plane = height() * width();
        for (int index : indices) {
            float[] features = features(index);
            for (int i = 0; i < features.length; i++) {
                double value = (double) features[i] - first[i / plane * plane];
                sums[i / plane] += value;
                squares[i / plane] += value * value;
            }
        }
        double n = (double) indices.length * plane;
        float[] mean = new float[channels()];
        float[] std = new float[channels()];
        for (int c = 0; c < channels(); c++) {
            double middle = sums[c] / n + first[c * plane];
            double deviation = Math.sqrt(Math.max(0, squares[c] / n - (sums[c] / n) * (sums[c] / n)));
            mean[c] = (float) middle;
            std[c] = deviation <= Math.max(Float.MIN_NORMAL, ROUNDING * Math.abs(middle)) ? 1 : (float) deviation;
        }
        return new Normalization(mean, std);
    }

    /** Normalizes images that follow each other, or features: (to - from, channels, height, width), row-major. */
    public float[] normalized(Normalization normalization, int from, int to) {
        if (channels() != normalization.mean().length) {
            throw new IllegalArgumentException("Normalization: expected images of %d channels, found %d"
                    .formatted(normalization.mean().length, channels()));
        }
        if (!holdsFeatures()) {
            return normalization.normalized(read(from, to), to - from);
        }
        float[] all = new float[Math.multiplyExact(to - from, imageLength())];
        for (int image = from; image < to; image++) {
            System.arraycopy(
                    normalizedView(normalization, image, 0), 0, all, (image - from) * imageLength(), imageLength());
        }
        return all;
    }

    /** Normalizes the features of a view, 0 for the image as it is: (channels, height, width), row-major. */
    public float[] normalizedView(Normalization normalization, int image, int view) {
        float[] features = features(image, Objects.checkIndex(view, stored.views + 1));
        int plane = height() * width();
        for (int i = 0; i < features.length; i++) {
            int channel = i / plane;
            features[i] = (features[i] - normalization.mean()[channel])
                    / normalization.std()[channel];
        }
        return features;
    }

    public RasterImage image(int image) {
        return new RasterImage(channels(), height(), width(), read(image, image + 1));
    }

    /** Returns an image in the size of its file, upright; without a folder or files, as it is here. */
    public RasterImage original(int image, @Nullable Path folder) {
        return folder == null || files.isEmpty()
                ? image(image)
                : RasterImage.read(folder.resolve(files.get(places[image])));
    }

    /**
     * Returns the index of an image among all training images of the data set (validation images included), or among all
     * its test images, however these images were chosen from them.
     */
    public int index(int image) {
        return indices == null ? image : indices[image];
    }

    /**
     * Returns the file of an image, relative to the folder of the data set, with {@code /}, in one line: characters that
     * control a terminal are written as their code. Empty if it has no file of its own, as in IDX files.
     */
    public String file(int image) {
        return files.isEmpty() ? "" : Reasons.visible(files.get(places[image]));
    }

    /** Names an image for people: its {@link #index} and its {@link #file}, such as {@code 7924, cat/12.jpg}. */
    public String title(int image) {
        String file = file(image);
        return file.isEmpty() ? "" + index(image) : index(image) + ", " + file;
    }

    /** Declares these images the whole set, so that their {@link #index} counts from 0. */
    ImageSource whole(List<String> names) {
        return new ImageSource(stored, places, labels, clusters, null, names);
    }

    public int[] countPerClass(int classes) {
        return Stratification.countPerClass(labels, classes);
    }

    /**
     * Draws n images, at least 1, in their order, or all if there are no more; every class keeps its share to within
     * one image.
     */
    public ImageSource limit(int n, int classes, long seed) {
        if (n < 1) {
            throw new RequestException("Limit of images: expected at least 1, found %d".formatted(n));
        }
        if (n >= size()) {
            return this;
        }
        return select(chosen(size(), n, classes, seed));
    }

    /** Draws n images, starting at {@code first}, as {@link #limit} does. */
    int[] chosen(int first, int n, int classes, long seed) {
        SplittableRandom random = Stratification.random(seed, "limit");
        List<int[]> shuffled = Stratification.shuffledByClass(Arrays.copyOf(labels, first), classes, random);
        return Stratification.draw(shuffled, n, 0);
    }

    /** Chooses some of the images. No pixels are copied. */
    public ImageSource select(int[] chosen) {
        return new ImageSource(
                stored,
                IntStream.of(chosen).map(i -> places[i]).toArray(),
                IntStream.of(chosen).map(i -> labels[i]).toArray(),
                IntStream.of(chosen).map(i -> clusters[i]).toArray(),
                IntStream.of(chosen).map(this::index).toArray(),
                files);
    }

    /**
     * Says which images belong together, so that no split separates them; at first each is a cluster of its own. The
     * images that are selected from these remain together.
     */
    ImageSource clustered(int[] firsts) {
        int[] own = IntStream.of(firsts).map(i -> places[i]).toArray();
        return new ImageSource(stored, places, labels, own, indices, files);
    }

    /** Returns a number for each image; images of one cluster have the same. */
    int[] clusters() {
        return clusters;
    }

    /** Tells whether there are images that belong together, so that no split separates them. */
    public boolean isClustered() {
        int[] sorted = clusters.clone();
        Arrays.sort(sorted);
        return IntStream.range(1, sorted.length).anyMatch(i -> sorted[i] == sorted[i - 1]);
    }

    boolean isDealtLike(ImageSource other) {
        return Arrays.equals(places, other.places)
                && Arrays.equals(labels, other.labels)
                && Arrays.equals(clusters, other.clusters);
    }

    /** Returns the SHA-256 of where each image lies among those of the data set, as 32-bit big-endian numbers. */
    public String sha256() {
        return new Sha256().add(places).hex();
    }

    /** Renumbers the classes: label i becomes {@code numbers[i]}. */
    ImageSource relabeled(int[] numbers) {
        int[] others = Arrays.stream(labels).map(label -> numbers[label]).toArray();
        return new ImageSource(stored, places, others, clusters, indices, files);
    }

    /** Mirrors an image of this size left to right: unsigned bytes of shape (channels, height, width). */
    public byte[] mirrored(byte[] pixels) {
        byte[] mirrored = new byte[pixels.length];
        int width = width();
        for (int i = 0; i < pixels.length; i++) {
            mirrored[i] = pixels[i - i % width + width - 1 - i % width];
        }
        return mirrored;
    }

    /** Selects at most so many of some images, evenly spaced, in their order and always the same. */
    public static int[] evenlySpaced(int[] indices, int most) {
        return indices.length <= most
                ? indices
                : IntStream.range(0, most)
                        .map(i -> indices[(int) ((long) i * indices.length / most)])
                        .toArray();
    }

    /** Selects some of the first {@code count} images. */
    public static int[] evenlySpaced(int count, int most) {
        return evenlySpaced(IntStream.range(0, count).toArray(), most);
    }
}
