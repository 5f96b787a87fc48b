package io.catwalk.onnx.quantize;

/** Names the ways to find the range of a tensor from what it held on calibration images. */
public enum CalibrationMethod {
    /** Everything that was seen. */
    MIN_MAX("min-max"),
    /** All but one in 100,000 numbers, half of them at each end. */
    PERCENTILE_99_999("percentile 99.999"),
    /** All but one in 10,000 numbers, half of them at each end. */
    PERCENTILE_99_99("percentile 99.99"),
    /** All but one in 1,000 numbers, half of them at each end. */
    PERCENTILE_99_9("percentile 99.9"),
    /** Cut off where the distribution in 8 bits tells most of the original one. */
    ENTROPY("entropy");

    private final String title;

    CalibrationMethod(String title) {
        this.title = title;
    }

    /**
     * Names the method in words.
     *
     * @return such as {@code min-max}
     */
    public String title() {
        return title;
    }

    /** Bounds a tensor: never wider than what was seen. */
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
}
