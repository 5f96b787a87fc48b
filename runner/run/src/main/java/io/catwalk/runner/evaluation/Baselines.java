package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.ImageSource;
import java.util.Base64;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is reached on the same test images without a network, as {@code baselines.json} keeps it. A network that is not
 * above it has learned nothing that histograms do not show, however high its accuracy.
 *
 * @param trainImages number of training images that were learned from: all, or as many evenly spaced ones
 * @param askedImages number of test images that were asked about: all, or as many evenly spaced ones
 * @param largestClass number of the class with the most training images
 * @param largestRight number of test images of that class
 * @param nearestRight which of the asked images have the class of the training image with the nearest histograms: bits
 *     in base64, the first image the lowest bit
 * @param supportRight which of them a support vector machine on the same histograms is right for; null in runs of
 *     earlier versions, whose nearest image was looked for by pixels
 */
public record Baselines(
        int trainImages,
        int testImages,
        int askedImages,
        int largestClass,
        int largestRight,
        String nearestRight,
        @Nullable String supportRight) {

    /** Raised when histograms or what learns from them change, so that no answer of the former is taken from a store. */
    public static final int METHOD = 2;

    /** The most images of each set, evenly spaced: learning and asking then take some seconds. */
    private static final int MOST_TRAIN = 10_000;

    private static final int MOST_TEST = 10_000;

    /** The most weights of a support vector machine: with very many classes, it learns from fewer images. */
    private static final int MOST_WEIGHTS = 1_000_000;

    /** Computes all; at least one image is trained on, those of the indices {@code learned}. */
    public static Baselines of(ImageSource train, int[] learned, ImageSource test, int classes) {
        int[] counts = new int[classes];
        for (int index : learned) {
            counts[train.labels()[index]]++;
        }
        int largest = IntStream.range(0, classes).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        int named = (int)
                IntStream.of(test.labels()).filter(label -> label == largest).count();
        int[] known = ImageSource.evenlySpaced(learned, Math.min(MOST_TRAIN, MOST_WEIGHTS / classes));
        int[] asked = ImageSource.evenlySpaced(test.size(), MOST_TEST);
        LabeledHistograms examples = LabeledHistograms.of(train, known, classes);
        SupportVectorMachine machine = new SupportVectorMachine(examples);
        ImageHistograms histograms = new ImageHistograms(test);
        boolean[] nearest = new boolean[asked.length];
        boolean[] support = new boolean[asked.length];
        int groups = (asked.length + LabeledHistograms.GROUP - 1) / LabeledHistograms.GROUP;
        IntStream.range(0, groups).parallel().forEach(group -> {
            int from = group * LabeledHistograms.GROUP;
            int to = Math.min(asked.length, from + LabeledHistograms.GROUP);
            float[][] distances = examples.distances(IntStream.range(from, to)
                    .mapToObj(i -> histograms.of(asked[i]))
                    .toArray(float[][]::new));
            for (int i = from; i < to; i++) {
                int label = test.labels()[asked[i]];
                nearest[i] = examples.nearest(distances[i - from]) == label;
                support[i] = machine.predicted(distances[i - from]) == label;
            }
        });
        return new Baselines(known.length, test.size(), asked.length, largest, named, bits(nearest), bits(support));
    }

    private static String bits(boolean[] values) {
        BitSet bits = new BitSet(values.length);
        IntStream.range(0, values.length).filter(i -> values[i]).forEach(bits::set);
        return Base64.getEncoder().encodeToString(bits.toByteArray());
    }

    /** Returns which of the {@link #asked} images one is right for: of {@link #nearestRight} or {@link #supportRight}. */
    public boolean[] right(String encoded) {
        BitSet bits = BitSet.valueOf(Base64.getDecoder().decode(encoded));
        boolean[] right = new boolean[askedImages];
        bits.stream().forEach(i -> right[i] = true);
        return right;
    }

    /** Returns the numbers of the test images that were asked about. */
    public int[] asked() {
        return ImageSource.evenlySpaced(testImages, askedImages);
    }
}
