package io.catwalk.runner.trial;

/** Compares the logits of two engines for the same images, before their speeds are compared. */
public final class Answers {

    /**
     * Difference of a logit, relative to the largest one or to 1, from which two engines compute different functions.
     * The cross-check proves on all images that they agree to 1e-4.
     */
    private static final double SAME = 1e-3;

    private Answers() {}

    /**
     * Tells whether two engines compute the same function.
     *
     * @param first logits
     * @param second logits
     * @return whether they differ by rounding only; NaN differs
     */
    public static boolean same(float[] first, float[] second) {
        return difference(first, second) <= SAME;
    }

    /**
     * Measures the difference between logits.
     *
     * @param first logits
     * @param second logits
     * @return the largest difference, relative to the largest of the first ones or to 1; infinite if they differ in
     *     number
     */
    public static double difference(float[] first, float[] second) {
        if (first.length != second.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 1;
        double difference = 0;
        for (int i = 0; i < first.length; i++) {
            largest = Math.max(largest, Math.abs(first[i]));
            difference = Math.max(difference, Math.abs((double) first[i] - second[i]));
        }
        return difference / largest;
    }
}
