package io.catwalk.onnx.diff;

/**
 * Says how far numbers may lie apart and still count as equal: {@code |a - b| <= absolute + relative * |a|}.
 *
 * @param absolute 0 or above
 * @param relative share of the reference's magnitude, 0 or above
 */
public record Tolerance(double absolute, double relative) {

    /** Checks both numbers against their ranges. */
    public Tolerance {
        if (!(absolute >= 0) || !(relative >= 0)) {
            throw new IllegalArgumentException(
                    "expected tolerances of 0 or above, but found " + absolute + " and " + relative);
        }
    }

    /**
     * Returns what rounding in another order stays within: 1e-5 and 1e-4 of the value.
     *
     * @return the tolerance to start from
     */
    public static Tolerance standard() {
        return new Tolerance(1e-5, 1e-4);
    }

    /**
     * Says how far a number may lie from one of the reference.
     *
     * @param reference what is right by definition
     * @return 0 or above
     */
    public double allowed(double reference) {
        return absolute + relative * Math.abs(reference);
    }

    /**
     * Compares two numbers.
     *
     * @param reference what is right by definition
     * @param other what is compared
     * @return whether they count as equal; equal infinities do, and so do two NaN
     */
    public boolean holds(double reference, double other) {
        return reference == other
                || Double.compare(reference, other) == 0
                || (Double.isFinite(reference) && Math.abs(reference - other) <= allowed(reference));
    }

    /** Writes the rule: {@code 1e-05 + 1e-04 of the value}. */
    @Override
    public String toString() {
        return String.format(java.util.Locale.ROOT, "%.0e + %.0e of the value", absolute, relative);
    }
}
