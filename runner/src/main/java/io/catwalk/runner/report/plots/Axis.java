package io.catwalk.runner.report.plots;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Maps values to pixels, along round numbers.
 *
 * @param low smallest value
 * @param high largest value; above {@code low}
 * @param step between ticks; above 0
 */
record Axis(double low, double high, double step) {

    private static final int TICKS = 5;

    /** Spans values, with about five ticks at round numbers; any finite values will do, also equal ones, or none. */
    static Axis of(DoubleStream values) {
        var finite = values.filter(Double::isFinite).summaryStatistics();
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
        return new Axis(Math.floor(low / step) * step, Math.ceil(high / step) * step, step);
    }

    double at(double value, double from, double to) {
        return from + (value - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; low + i * step <= high + step / 2; i++) {
            ticks.add(low + i * step);
        }
        return ticks;
    }

    /** Writes a tick with as many digits as the step needs. */
    String label(double tick) {
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return BigDecimal.valueOf(tick).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }
}
