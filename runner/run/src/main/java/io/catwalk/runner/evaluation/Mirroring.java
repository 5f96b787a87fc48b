package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.ImageSource;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Tells whether images keep their class when they are mirrored left to right, by what a support vector machine on
 * {@link ImageHistograms} says of both: a mirrored 3 is no longer recognized as a 3, and a mirrored flower is a flower.
 */
public final class Mirroring {

    /** The most images, evenly spaced: this takes a second. */
    private static final int MOST = 2_000;

    /** The share of the images that are recognized in a class of which no more may be lost. */
    private static final double LARGEST_LOSS = 0.2;

    private Mirroring() {}

    /**
     * Learns from every other image, and asks about the rest.
     *
     * @return false if mirroring costs a class more than a fifth of the images that are recognized in it, and more than two
     *     standard deviations of what would be chance; true also if nothing is recognized
     */
    public static boolean keepsClasses(ImageSource images, int classes) {
        int[] some = ImageSource.evenlySpaced(images.size(), MOST);
        if (some.length < 2) {
            return true;
        }
        int[] learned = everyOther(some, 0);
        int[] asked = everyOther(some, 1);
        LabeledHistograms examples = LabeledHistograms.of(images, learned, classes);
        SupportVectorMachine machine = new SupportVectorMachine(examples);
        ImageHistograms histograms = new ImageHistograms(images);
        boolean[] plain = right(machine, examples, images, asked, histograms::of);
        boolean[] mirrored = right(machine, examples, images, asked, histograms::ofMirrored);
        int[] recognized = new int[classes];
        int[] lost = new int[classes];
        int[] won = new int[classes];
        for (int i = 0; i < asked.length; i++) {
            int label = images.labels()[asked[i]];
            recognized[label] += plain[i] ? 1 : 0;
            lost[label] += plain[i] && !mirrored[i] ? 1 : 0;
            won[label] += !plain[i] && mirrored[i] ? 1 : 0;
        }
        return IntStream.range(0, classes)
                .allMatch(c -> lost[c] - won[c]
                        <= Math.max(LARGEST_LOSS * recognized[c], 2 * Math.sqrt(lost[c] + (double) won[c])));
    }

    private static int[] everyOther(int[] indices, int first) {
        return IntStream.range(0, indices.length)
                .filter(i -> i % 2 == first)
                .map(i -> indices[i])
                .toArray();
    }

    private static boolean[] right(
            SupportVectorMachine machine,
            LabeledHistograms examples,
            ImageSource images,
            int[] asked,
            IntFunction<float[]> histograms) {
        boolean[] right = new boolean[asked.length];
        IntStream.range(0, asked.length).parallel().forEach(i -> {
            float[] distances = examples.distances(histograms.apply(asked[i]))[0];
            right[i] = machine.predicted(distances) == images.labels()[asked[i]];
        });
        return right;
    }
}
