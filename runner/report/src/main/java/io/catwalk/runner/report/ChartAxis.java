package io.catwalk.runner.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * An axis, which maps numbers to positions and has ticks at round numbers.
 *
 * @param title beside the axis, with its unit
 * @param step between two ticks; on a doubling scale, between their exponents
 */
public record ChartAxis(String title, double low, double high, double step, Scale scale) {

    private static final int TICKS = 5;

    public enum Scale {
        LINEAR,
        /** A logarithmic scale; bounds and step are exponents of 2. */
        DOUBLING
    }

    /** Returns an axis that spans the numbers, with about five ticks; the numbers may be equal, or none. */
    public static ChartAxis around(String title, Collection<Double> numbers) {
        var finite = numbers.stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .summaryStatistics();
        double low = finite.getCount() == 0 ? 0 : finite.getMin();
        double high = finite.getCount() == 0 ? 1 : finite.getMax();
        if (high - low < 1e-9 * Math.max(1, Math.abs(high))) {
            double around = high == 0 ? 1 : Math.abs(high) * 0.1;
            low -= around;
            high += around;
        }
        double rough = (high - low) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
        return new ChartAxis(title, Math.floor(low / step) * step, Math.ceil(high / step) * step, step, Scale.LINEAR);
    }

    /** Returns an axis that spans shares in percent, within 0 to 100. */
    public static ChartAxis percent(String title, Collection<Double> numbers) {
        ChartAxis axis = around(title, numbers);
        return new ChartAxis(title, Math.max(0, axis.low), Math.min(100, axis.high), axis.step, axis.scale);
    }

    /** Returns an axis from 0 for numbers above 0. */
    public static ChartAxis fromZero(String title, Collection<Double> numbers) {
        List<Double> all = new ArrayList<>(numbers);
        all.add(0.0);
        ChartAxis axis = around(title, all);
        return new ChartAxis(title, 0, Math.max(axis.high, axis.step), axis.step, axis.scale);
    }

    /** Returns an axis with a doubling scale for numbers above 0. */
    public static ChartAxis doubling(String title, Collection<Double> numbers) {
        var logs = numbers.stream()
                .filter(number -> number > 0 && Double.isFinite(number))
                .mapToDouble(number -> Math.log(number) / Math.log(2))
                .summaryStatistics();
        double low = logs.getCount() == 0 ? 0 : Math.floor(logs.getMin() - 0.25);
        double high = logs.getCount() == 0 ? 1 : Math.ceil(logs.getMax() + 0.25);
        return new ChartAxis(title, low, high, Math.max(1, Math.ceil((high - low) / 7)), Scale.DOUBLING);
    }

    /** Returns an axis of whole numbers from 1, such as epochs; a single one is at its end, beside the name of its line. */
    public static ChartAxis counting(String title, int most) {
        double step = Math.max(1, Math.ceil(around(title, List.of(1.0, (double) most)).step));
        return new ChartAxis(title, most > 1 ? 1 : 0, most, step, Scale.LINEAR);
    }

    public boolean holds(double value) {
        return low <= place(value) && place(value) <= high;
    }

    public double first() {
        return scale == Scale.DOUBLING ? Math.pow(2, low) : low;
    }

    public double last() {
        return scale == Scale.DOUBLING ? Math.pow(2, high) : high;
    }

    private double place(double value) {
        return scale == Scale.DOUBLING ? Math.log(value) / Math.log(2) : value;
    }

    /** Returns the position of a number, on an axis from one position to another. */
    public double at(double value, double from, double to) {
        return from + (place(value) - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        double first = Math.ceil(low / step - 1e-9) * step;
        for (int i = 0; first + i * step <= high + step * 1e-6; i++) {
            double tick = first + i * step;
            ticks.add(scale == Scale.DOUBLING ? Math.pow(2, tick) : tick);
        }
        return ticks;
    }

    /** Writes a tick with as many digits as the step needs. */
    String label(double tick) {
        if (scale == Scale.DOUBLING) {
            return tick >= 1 ? String.format(Locale.ROOT, "%,.0f", tick) : String.format(Locale.ROOT, "%.2g", tick);
        }
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        BigDecimal round = BigDecimal.valueOf(tick).setScale(digits, RoundingMode.HALF_UP);
        String text = String.format(Locale.ROOT, "%,." + digits + "f", round);
        return round.signum() == 0 ? text.replace("-", "") : text.replace('-', '\u2212');
    }
}
