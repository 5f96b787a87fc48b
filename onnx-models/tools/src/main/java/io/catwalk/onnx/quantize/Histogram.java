package io.catwalk.onnx.quantize;

import java.util.Arrays;

/** Counts the numbers of a tensor by sign and magnitude, in 2,048 equal bins up to the largest magnitude. */
final class Histogram {

    static final int BINS = 2048;

    private final float largest;
    private final long[] positive = new long[BINS];
    private final long[] negative = new long[BINS];
    private long zeros;

    /** Starts without any numbers; the largest magnitude that will be added is above 0. */
    Histogram(float largest) {
        this.largest = largest;
    }

    /** Adds numbers; those beyond the largest magnitude count in the last bin. */
    void add(float... numbers) {
        double bins = BINS / (double) largest;
        for (float number : numbers) {
            if (number == 0) {
                zeros++;
                continue;
            }
            long[] counts = number < 0 ? negative : positive;
            counts[Math.min(BINS - 1, (int) (Math.abs(number) * bins))]++;
        }
    }

    /**
     * Returns the range that leaves out a share of the numbers, half of it at each end.
     *
     * @param share 0 to 1
     * @return bounds of the remaining numbers, each at the edge of a bin
     */
    Range without(double share) {
        double each = share / 2 * (sum(positive) + sum(negative) + zeros);
        int high = BINS - 1;
        double above = 0;
        while (high > 0 && above + positive[high] <= each) {
            above += positive[high--];
        }
        int low = BINS - 1;
        double below = 0;
        while (low > 0 && below + negative[low] <= each) {
            below += negative[low--];
        }
        return new Range(sum(negative) == 0 ? 0 : -edge(low + 1), sum(positive) == 0 ? 0 : edge(high + 1));
    }

    /**
     * Cuts off magnitudes where the distribution in few levels is closest to the original one (Migacz, "8-bit Inference
     * with TensorRT", 2017): for each number of bins that keep half of the numbers or more, the numbers beyond are
     * counted in the last kept bin, and the Kullback-Leibler divergence measures what is lost when the kept bins are
     * merged into levels. There are 128 levels, as 8 bits have for each sign, or 256 if only one sign occurs. Zeros are
     * not counted: they are exact at every scale, and after a Relu they would outweigh all other numbers.
     *
     * @return bounds at the cut with the least divergence
     */
    Range ofLeastDivergence() {
        boolean bothSigns = sum(positive) > 0 && sum(negative) > 0;
        long[] counts = new long[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            counts[bin] = positive[bin] + negative[bin];
        }
        float cut = edge(Divergence.bestCut(counts, bothSigns ? 128 : 256));
        return new Range(sum(negative) == 0 ? 0 : -cut, sum(positive) == 0 ? 0 : cut);
    }

    private float edge(int bin) {
        return (float) ((double) largest * bin / BINS);
    }

    private static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }

    /** Finds where to cut off a histogram so that few levels lose least of it (Migacz, 2017; see {@link Histogram}). */
    static final class Divergence {

        private Divergence() {}

        /**
         * Tries all cuts beyond which at most half of the numbers lie. If more were cut off, the divergence would say
         * little: it is 0 where all numbers that are kept lie in the last kept bin, as those beyond are counted there.
         *
         * @param counts one for each bin
         * @param levels number of levels that the kept bins are merged into; at most as many as bins
         * @return number of bins to keep, from {@code levels} on; the largest of equally good ones
         */
        static int bestCut(long[] counts, int levels) {
            double least = Double.POSITIVE_INFINITY;
            int best = counts.length;
            long beyond = 0;
            long half = Arrays.stream(counts).sum() / 2;
            for (int kept = counts.length; kept >= levels && beyond <= half; kept--) {
                double divergence = divergence(counts, kept, beyond, levels);
                if (divergence < least) {
                    least = divergence;
                    best = kept;
                }
                beyond += counts[kept - 1];
            }
            return best;
        }

        /**
         * Computes the Kullback-Leibler divergence, in nats.
         *
         * @param beyond how many numbers are in the bins that are not kept; they count in the last kept bin
         */
        static double divergence(long[] counts, int kept, long beyond, int levels) {
            double all = beyond;
            for (int bin = 0; bin < kept; bin++) {
                all += counts[bin];
            }
            double merged = all - beyond; // outliers are not merged into levels
            double divergence = 0;
            for (int level = 0; level < levels; level++) {
                int from = (int) ((long) level * kept / levels);
                int to = (int) ((long) (level + 1) * kept / levels);
                long mass = 0;
                int filled = 0;
                for (int bin = from; bin < to; bin++) {
                    mass += counts[bin];
                    filled += counts[bin] + outliers(bin, kept, beyond) > 0 ? 1 : 0;
                }
                for (int bin = from; bin < to; bin++) {
                    double p = (counts[bin] + outliers(bin, kept, beyond)) / all;
                    if (p > 0) {
                        double q = mass / merged / filled;
                        divergence += p * Math.log(p / q); // infinite where a level holds only outliers
                    }
                }
            }
            return divergence;
        }

        private static long outliers(int bin, int kept, long beyond) {
            return bin == kept - 1 ? beyond : 0;
        }
    }
}
