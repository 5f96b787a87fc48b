package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a number counts, and how it is written wherever it is read. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
public enum Unit {
    /** A share from 0 to 1, in percent with two digits. */
    PERCENT(Numbers::percent),
    /** A difference of shares, in percentage points with a sign and two digits. */
    POINTS(Numbers::points),
    COUNT(Numbers::count),
    /** Seconds, in the units of a clock. */
    SECONDS(Numbers::duration),
    MICROS(Numbers::micros),
    /** Bytes, in powers of 1,024. */
    BYTES(Numbers::bytes),
    /** A small difference, as 1.2e-06. */
    SCIENTIFIC(Numbers::scientific),
    /** A p-value with four digits. */
    P(Numbers::probability),
    /** A posterior probability with two digits. */
    PROBABILITY(Numbers::posterior),
    /** A factor or a mean rank with two digits. */
    TIMES(value -> Numbers.fixed(value, 2)),
    /** A loss in nats, with three digits. */
    NATS(value -> Numbers.fixed(value, 3)),
    /** A coefficient with four digits. */
    COEFFICIENT(value -> Numbers.fixed(value, 4));

    private final Function<@Nullable Number, String> format;

    Unit(Function<@Nullable Number, String> format) {
        this.format = format;
    }

    /** Returns a value as text; a dash if it is null or not finite. */
    public String text(@Nullable Number value) {
        return format.apply(value);
    }
}
