package io.catwalk.runner.evaluation;

import java.nio.charset.StandardCharsets;

/** Parses decimal numbers from bytes, exactly as {@link Float#parseFloat} does and several times as fast. */
final class Decimals {

    /** Powers of ten that a double holds exactly. */
    private static final double[] POWERS = new double[23];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10; // exact up to 1e22
        }
    }

    /** Whole numbers up to this many digits are exact in a double. */
    private static final int EXACT_DIGITS = 15;

    /** The bits of a double that a float does not have. */
    private static final long BELOW_FLOAT = (1L << 29) - 1;

    private static final long HALFWAY = 1L << 28;

    private Decimals() {}

    /**
     * Parses a number such as {@code -1.25} or {@code 3.1E-5}.
     *
     * @param text ASCII
     * @param from index of the first byte
     * @param to index after the last byte
     * @return the nearest float; NaN if it is not a number
     */
    static float parse(byte[] text, int from, int to) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        at += negative ? 1 : 0;
        long digits = 0;
        int count = 0;
        int scale = 0;
        boolean point = false;
        for (; at < to; at++) {
            byte letter = text[at];
            if (letter >= '0' && letter <= '9') {
                digits = digits * 10 + letter - '0';
                count++;
                scale += point ? 1 : 0;
            } else if (letter == '.' && !point) {
                point = true;
            } else {
                break;
            }
            if (count > EXACT_DIGITS) {
                return slow(text, from, to);
            }
        }
        int exponent = 0;
        if (at < to) {
            exponent = exponent(text, at, to);
        }
        int power = exponent - scale;
        if (count == 0 || exponent == Integer.MIN_VALUE || power >= POWERS.length || power <= -POWERS.length) {
            return slow(text, from, to);
        }
        // Both numbers are exact, so this is the nearest double (Clinger 1990) ...
        double value = power < 0 ? digits / POWERS[-power] : digits * POWERS[power];
        // ... and the float nearest to it is nearest to the decimal too, unless it is halfway between two floats.
        if ((Double.doubleToRawLongBits(value) & BELOW_FLOAT) == HALFWAY
                || (value != 0 && value < Float.MIN_NORMAL)
                || value > Float.MAX_VALUE) {
            return slow(text, from, to);
        }
        return (float) (negative ? -value : value);
    }

    /** Returns the exponent that begins at E; the smallest int if there is none in the range of a float. */
    private static int exponent(byte[] text, int from, int to) {
        int at = from + 1;
        boolean negative = at < to && text[at] == '-';
        at += negative ? 1 : 0;
        if ((text[from] != 'E' && text[from] != 'e') || at == to || to - at > 3) {
            return Integer.MIN_VALUE;
        }
        int value = 0;
        for (; at < to; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return Integer.MIN_VALUE;
            }
            value = value * 10 + text[at] - '0';
        }
        return negative ? -value : value;
    }

    private static float slow(byte[] text, int from, int to) {
        try {
            return Float.parseFloat(new String(text, from, to - from, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }
}
