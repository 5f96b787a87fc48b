package io.catwalk.runner.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Corrects probabilities of several tests, so that the chance of any false alarm among them stays bounded
 * (Holm, "A simple sequentially rejective multiple test procedure", 1979).
 */
public final class Holm {

    private Holm() {}

    /**
     * Adjusts the probabilities of tests done together.
     *
     * @param p each test's probability, 0 to 1
     * @return adjusted probabilities in the same order: compare each with the one level meant for all
     */
    public static double[] adjust(double... p) {
        for (double value : p) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("expected probabilities from 0 to 1, but found " + value);
            }
        }
        List<Integer> rising = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .toList();
        double[] adjusted = new double[p.length];
        double highest = 0;
        for (int rank = 0; rank < p.length; rank++) {
            int i = rising.get(rank);
            highest = Math.max(highest, Math.min(1, (p.length - rank) * p[i]));
            adjusted[i] = highest;
        }
        return adjusted;
    }
}
