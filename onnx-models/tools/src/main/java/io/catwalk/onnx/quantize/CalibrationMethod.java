package io.catwalk.onnx.quantize;

import java.util.function.Supplier;

/** Ways to find the range of a tensor from the numbers that it held on calibration images. */
public enum CalibrationMethod {
    /** The whole observed range. */
    MIN_MAX("min-max"),
    /** Leaves out one in 100,000 numbers, half of these at each end. */
    PERCENTILE_99_999("percentile 99.999"),
    /** Leaves out one in 10,000 numbers, half of these at each end. */
    PERCENTILE_99_99("percentile 99.99"),
    /** Leaves out one in 1,000 numbers, half of these at each end. */
    PERCENTILE_99_9("percentile 99.9"),
    /** Cuts off where the distribution in 8 bits has the least Kullback-Leibler divergence from the original one. */
    ENTROPY("entropy");

    private final String title;

    CalibrationMethod(String title) {
        this.title = title;
    }

    /** {@return the name of the method in words, such as {@code min-max}} */
    public String title() {
        return title;
    }

    /** Returns the range of a tensor, never wider than the observed one. */
    Range range(Observed observed) {
        Range cut = switch (this) {
            case MIN_MAX -> observed.seen();
            case PERCENTILE_99_999 -> observed.histogram().get().without(1e-5);
            case PERCENTILE_99_99 -> observed.histogram().get().without(1e-4);
            case PERCENTILE_99_9 -> observed.histogram().get().without(1e-3);
            case ENTROPY -> observed.histogram().get().ofLeastDivergence();
        };
        Range seen = observed.seen();
        float low = Math.max(seen.low(), cut.low());
        return new Range(low, Math.max(low, Math.min(seen.high(), cut.high())));
    }

    /**
     * Holds what was observed of a tensor on calibration images.
     *
     * @param seen smallest and largest number
     * @param histogram counts of all numbers, made when first requested
     */
    record Observed(Range seen, Supplier<Histogram> histogram) {}
}
