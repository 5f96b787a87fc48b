package io.catwalk.runner.evaluation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Computes, for each class, the area under the receiver operating characteristic against the rest: the chance that an
 * image of the class has a higher probability of it than another image; equal probabilities count half (Mann and
 * Whitney, 1947). Each image's probability of its own class is kept; the other probabilities are added image by image.
 */
final class RocAuc {

    private final int images;
    private final double[][] positives;
    private final long[] halfWins;

    /**
     * Sorts the images by their class.
     *
     * @param ofTruth each image's probability of its true class
     */
    RocAuc(int[] truth, double[] ofTruth, int classes) {
        images = truth.length;
        int[] sizes = new int[classes];
        for (int label : truth) {
            sizes[label]++;
        }
        positives = new double[classes][];
        Arrays.setAll(positives, c -> new double[sizes[c]]);
        for (int i = 0; i < images; i++) {
            positives[truth[i]][--sizes[truth[i]]] = ofTruth[i];
        }
        for (double[] ofClass : positives) {
            Arrays.sort(ofClass);
        }
        halfWins = new long[classes];
    }

    /**
     * Counts, for each other class, which of its images have a higher probability of it than this image has.
     *
     * @param probabilities of all classes
     */
    void add(int truth, double[] probabilities) {
        for (int c = 0; c < positives.length; c++) {
            if (c != truth) {
                double[] ofClass = positives[c];
                double probability = probabilities[c];
                int below = below(ofClass, probability);
                // Only where a probability is equal, those above it need a second search.
                boolean equal = below < ofClass.length && ofClass[below] == probability;
                int notAbove = equal ? below(ofClass, Math.nextUp(probability)) : below;
                halfWins[c] += 2L * ofClass.length - below - notAbove;
            }
        }
    }

    /** Returns how many of some ascending numbers are below a bound. */
    private static int below(double[] ascending, double bound) {
        int from = 0;
        int to = ascending.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (ascending[middle] < bound) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** Returns a class's area, 0 to 1; null where all images are of the class, or none is. */
    @Nullable
    Double of(int label) {
        int inside = positives[label].length;
        int outside = images - inside;
        return inside == 0 || outside == 0 ? null : (Double) (halfWins[label] / (2.0 * inside * outside));
    }
}
