package io.catwalk.onnx.quantize;

/** Counts the numbers of a tensor by sign and magnitude, in 2,048 equal bins up to the largest magnitude. */
final class Histogram {

    static final int BINS = 2048;

    private final float largest;
    private final long[] positive = new long[BINS];
    private final long[] negative = new long[BINS];
    private long zeros;

    /**
     * Starts without any number.
     *
     * @param largest magnitude that will come; above 0
     */
    Histogram(float largest) {
        this.largest = largest;
    }

    /** Counts numbers; what is larger than was said counts as the largest. */
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
     * Leaves a share of the numbers out, half of it at each end.
     *
     * @param share 0 to 1
     * @return bounds of the others, each at the edge of a bin
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
     * Cuts magnitudes off where the distribution in few levels tells most of the original one (Migacz, "8-bit
     * Inference with TensorRT", 2017): for each number of bins that is kept, those beyond are counted into the last
     * one, and the divergence of Kullback and Leibler says what merging the kept bins into levels would lose. Levels
     * are the 128 that 8 bits have for each sign, or all 256 where only one sign occurs. Zeros do not count: they are
     * exact at every scale, and behind a Relu there are so many that nothing else would.
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
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
