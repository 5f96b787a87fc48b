package io.catwalk.testkit.contract;

/**
 * Compares logits. The same network adds up in another order for another batch size, and where arrays lie otherwise in
 * memory; that changes their last digits, no more.
 */
final class Near {

    private static final float TOLERANCE = 1e-4f;

    private Near() {}

    /** Makes sure that logits are the same, but for rounding. */
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
