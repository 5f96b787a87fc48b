package io.catwalk.testkit.contract;

/**
 * Compares logits. For another batch size or memory layout, the same network adds up in another order, which changes
 * only the last digits.
 */
final class Near {

    private static final float TOLERANCE = 1e-4f;

    private Near() {}

    /** Checks that logits are the same, except for rounding. */
    static void require(float[] expected, float[] found, String what) {
        BrokenPromise.unless(
                expected.length == found.length,
                "expected " + what + ", but found " + found.length + " numbers, not " + expected.length);
        for (int i = 0; i < expected.length; i++) {
            BrokenPromise.unless(
                    Math.abs(expected[i] - found[i]) <= TOLERANCE * (1 + Math.abs(expected[i])),
                    "expected " + what + ", but found " + found[i] + ", not " + expected[i]);
        }
    }
}
