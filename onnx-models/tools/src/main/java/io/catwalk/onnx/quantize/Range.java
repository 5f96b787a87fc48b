package io.catwalk.onnx.quantize;

/**
 * Range of the numbers of a tensor that 8 bits represent; numbers outside it are cut off.
 *
 * @param high largest number; at least {@code low}
 */
record Range(float low, float high) {

    /** Checks the order of the bounds. */
    Range {
        if (!(low <= high)) {
            throw new IllegalArgumentException("expected low <= high, but found " + low + " and " + high);
        }
    }

    /** Returns the range of some numbers, at least one. */
    static Range of(float... numbers) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float number : numbers) {
            low = Math.min(low, number);
            high = Math.max(high, number);
        }
        return new Range(low, high);
    }

    /** Returns the larger of both magnitudes. */
    float largest() {
        return Math.max(Math.abs(low), Math.abs(high));
    }
}
