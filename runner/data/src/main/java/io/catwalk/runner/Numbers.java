package io.catwalk.runner;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats numbers for people; an unknown value or NaN becomes a dash. */
public final class Numbers {

    /** Stands for a missing number. */
    public static final String NONE = "\u2013";

    private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Numbers() {}

    /** Formats a share, 0 to 1, in percent with two digits, without the sign. */
    public static String percent(@Nullable Number share) {
        return fixed(100 * value(share), 2);
    }

    /** Formats a difference of shares in percentage points, always with its sign. */
    public static String points(@Nullable Number share) {
        return known(share) ? signed(String.format(Locale.ROOT, "%+.2f", 100 * value(share))) : NONE;
    }

    /** Formats a share in percentage points for printed lines and files, where a minus is a hyphen. */
    public static String plainPoints(double share) {
        String points = String.format(Locale.ROOT, "%.2f", 100 * share);
        return points.equals("-0.00") ? "0.00" : points;
    }

    public static String fixed(@Nullable Number value, int digits) {
        return known(value) ? signed(String.format(Locale.ROOT, "%." + digits + "f", value(value))) : NONE;
    }

    /** Formats a number with commas at the thousands, rounded to a whole one. */
    public static String count(@Nullable Number value) {
        return known(value) ? String.format(Locale.ROOT, "%,d", Math.round(value(value))) : NONE;
    }

    /** Formats a small number such as 1.1e-05. */
    public static String scientific(@Nullable Number value) {
        return known(value) ? String.format(Locale.ROOT, "%.1e", value(value)) : NONE;
    }

    /** Formats a small number in the same way, but rounded up, for a sentence in which none is larger. */
    public static String atMost(@Nullable Number value) {
        return known(value)
                ? scientific(BigDecimal.valueOf(value(value)).round(new MathContext(2, RoundingMode.CEILING)))
                : NONE;
    }

    /** Formats a probability; below 0.0001 only that bound is given. */
    public static String probability(@Nullable Number p) {
        if (!known(p)) {
            return NONE;
        }
        return value(p) < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", value(p));
    }

    /** Formats a probability for a sentence, with its relation: {@code = 0.0123}, or {@code < 0.0001}. */
    public static String p(double p) {
        String formatted = probability(p);
        return formatted.startsWith("<") ? formatted : "= " + formatted;
    }

    /** Formats a posterior probability with two digits: one that is below 0.95, which decides, is not rounded up to it. */
    public static String posterior(@Nullable Number p) {
        double value = value(p);
        if (value > 0.995 || value < 0.005) {
            return value > 0.995 ? "> 0.99" : "< 0.01";
        }
        return fixed(value >= 0.945 && value < 0.95 ? 0.94 : value, 2);
    }

    /** Formats seconds as 52s, 11m 43s or 2h 05m. */
    public static String duration(@Nullable Number seconds) {
        if (!known(seconds)) {
            return NONE;
        }
        long whole = Math.round(value(seconds));
        if (whole < 10) {
            return String.format(Locale.ROOT, "%.1fs", value(seconds));
        }
        if (whole < 60) {
            return whole + "s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%dm %02ds", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%dh %02dm", whole / 3600, whole / 60 % 60);
    }

    public static String micros(@Nullable Number micros) {
        return known(micros) ? String.format(Locale.ROOT, "%,.0f µs", value(micros)) : NONE;
    }

    /** Formats a size with about three significant digits. */
    public static String bytes(@Nullable Number bytes) {
        if (!known(bytes)) {
            return NONE;
        }
        double size = value(bytes);
        int unit = 0;
        while (size >= 1024 && unit < BYTES.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || size >= 100 ? "%.0f %s" : "%.1f %s", size, BYTES[unit]);
    }

    /** Formats a point in time to the second; a text that is none is returned as it is. */
    public static String moment(String iso) {
        try {
            return Instant.parse(iso)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString()
                    .replace('T', ' ')
                    .replace("Z", " UTC");
        } catch (DateTimeParseException e) {
            return iso;
        }
    }

    private static boolean known(@Nullable Number number) {
        return Double.isFinite(value(number));
    }

    private static double value(@Nullable Number number) {
        return number == null ? Double.NaN : number.doubleValue();
    }

    /** Uses a true minus sign, and no sign before a zero. */
    private static String signed(String number) {
        return number.matches("[-+]0(\\.0*)?") ? number.substring(1) : number.replace('-', '\u2212');
    }
}
