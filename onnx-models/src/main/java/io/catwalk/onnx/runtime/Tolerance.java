package io.catwalk.onnx.runtime;

import java.util.Locale;

/**
 * Says by how much numbers may differ and still count as equal: {@code |a - b| <= absolute + relative * |a|}.
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

    /** {@return the tolerance that rounding in another order stays within: 1e-5, plus 1e-4 of the value} */
    public static Tolerance standard() {
        return new Tolerance(1e-5, 1e-4);
    }

    /**
     * Returns by how much a number may differ from that of the reference.
     *
     * @param reference the number that is right by definition
     * @return 0 or above
     */
    public double allowed(double reference) {
        return absolute + relative * Math.abs(reference);
    }

    /**
     * Tells whether two numbers count as equal.
     *
     * @param reference the number that is right by definition
     * @return whether they count as equal; equal infinities do, and so do two NaN
     */
    public boolean holds(double reference, double other) {
        return reference == other
                || Double.compare(reference, other) == 0
                || (Double.isFinite(reference) && Math.abs(reference - other) <= allowed(reference));
    }

    /** Returns the rule, such as {@code 1e-05 + 1e-04 of the value}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.0e + %.0e of the value", absolute, relative);
    }
}
