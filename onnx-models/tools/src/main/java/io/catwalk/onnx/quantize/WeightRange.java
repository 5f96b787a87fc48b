package io.catwalk.onnx.quantize;

/** Says how many of the 8 bits weights use. */
public enum WeightRange {
    /**
     * Weights from -64 to 64. Processors without VNNI (most before 2019) add two products of a byte and a weight in 16
     * bits: 2 * 255 * 64 = 32,640 still fits, so that every processor computes the same sums.
     */
    REDUCED(64),
    /** Weights from -127 to 127, for processors that are known to add in 32 bits. */
    FULL(127);

    private final int largest;

    WeightRange(int largest) {
        this.largest = largest;
    }

    /** {@return the largest weight in whole numbers, 64 or 127; the smallest is its negative} */
    public int largest() {
        return largest;
    }
}
