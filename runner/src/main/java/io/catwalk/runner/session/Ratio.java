package io.catwalk.runner.session;

import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The ratio of two speeds that were measured in turns.
 *
 * @param median over the turns
 * @param lowest of the turns
 * @param highest of the turns
 */
public record Ratio(double median, double lowest, double highest) {

    /**
     * Divides the speeds turn by turn.
     *
     * @param speeds of one; at least 1
     * @param others of the other; the same number
     * @return the ratio
     */
    static Ratio of(double[] speeds, double[] others) {
        double[] ratios = new double[speeds.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = speeds[i] / others[i];
        }
        double[] sorted = DoubleStream.of(ratios).sorted().toArray();
        return new Ratio(median(sorted), sorted[0], sorted[sorted.length - 1]);
    }

    static double median(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * Formats the ratio.
     *
     * @return such as {@code 1.62 times (1.58 to 1.66)}
     */
    public String words() {
        return String.format(Locale.ROOT, "%.2f times (%.2f to %.2f)", median, lowest, highest);
    }
}
