package io.catwalk.onnx.quantize;

import java.util.Arrays;

/** Finds where to cut off a histogram so that few levels lose least of it (Migacz, 2017; see {@link Histogram}). */
final class Divergence {

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
