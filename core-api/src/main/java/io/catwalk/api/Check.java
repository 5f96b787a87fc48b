package io.catwalk.api;

/**
 * Throws {@link IllegalArgumentException} for a number outside its range, with the range and the number in the message.
 */
final class Check {

    private Check() {}

    static void atLeast(String name, int value, int smallest) {
        if (value < smallest) {
            throw new IllegalArgumentException(name + " must be at least " + smallest + ", but is " + value);
        }
    }

    static void atMost(String name, double value, double largest) {
        if (!(value <= largest)) {
            throw new IllegalArgumentException(name + " must be at most " + largest + ", but is " + value);
        }
    }

    static void positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " must be above 0 and finite, but is " + value);
        }
    }

    static void notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " must be 0 or above and finite, but is " + value);
        }
    }

    /** Requires 0 or above and below 1. */
    static void fraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be 0 or above and below 1, but is " + value);
        }
    }
}
