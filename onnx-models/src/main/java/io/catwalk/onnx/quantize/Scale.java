package io.catwalk.onnx.quantize;

/**
 * Maps real numbers to unsigned bytes: {@code real = step * (byte - zeroPoint)}. Zero has its own byte, so that padding
 * and the zeros of a Relu stay exact.
 *
 * @param step distance between the numbers of neighboring bytes; above 0
 * @param zeroPoint byte of zero, 0 to 255
 */
record Scale(float step, int zeroPoint) {

    static final int LEVELS = 255;

    /** Checks both numbers against their ranges. */
    Scale {
        if (!(step > 0) || !Float.isFinite(step) || zeroPoint < 0 || zeroPoint > LEVELS) {
            throw new IllegalArgumentException(
                    "expected a step above 0 and a zero point of 0 to 255, but found " + step + " and " + zeroPoint);
        }
    }

    /**
     * Covers a range with the 256 values of a byte, as ONNX does in DynamicQuantizeLinear: the range is widened to hold
     * zero.
     *
     * @param range of the numbers
     * @return the scale, with step 1 if the range holds only zero
     */
    static Scale of(Range range) {
        double low = Math.min(0, range.low());
        double high = Math.max(0, range.high());
        double step = (high - low) / LEVELS;
        return (float) step > 0 ? new Scale((float) step, (int) Math.rint(-low / step)) : new Scale(1, 0);
    }

    /**
     * Quantizes a number: rounds half to even, and cuts off at 0 and 255.
     *
     * @param real any number but NaN
     * @return 0 to 255
     */
    int quantized(float real) {
        return (int) Math.max(0, Math.min(LEVELS, Math.rint(real / step) + zeroPoint));
    }
}
