package io.catwalk.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values that a hyperparameter may have: some options, or all numbers of a range. */
public final class Choice extends Rule {

    private final List<Object> options;
    private final @Nullable Number lowest;
    private final @Nullable Number highest;
    private final boolean logarithmic;

    private Choice(List<Object> options, @Nullable Number lowest, @Nullable Number highest, boolean logarithmic) {
        options.forEach(Hyperparameters::requireType);
        if (options.isEmpty()
                || new LinkedHashSet<>(options).size() < options.size()
                || options.stream().map(Object::getClass).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "options must be one or more distinct values of the same type, but are " + options);
        }
        this.options = List.copyOf(options);
        this.lowest = lowest;
        this.highest = highest;
        this.logarithmic = logarithmic;
        if (lowest != null && highest != null) {
            checkRange(lowest, highest);
        }
    }

    private void checkRange(Number low, Number high) {
        String range = low + " to " + high;
        if (!(low.doubleValue() < high.doubleValue())
                || !Double.isFinite(low.doubleValue())
                || !Double.isFinite(high.doubleValue())) {
            throw new IllegalArgumentException("range must be from a lower to a higher number, but is " + range);
        }
        if (logarithmic && low.doubleValue() <= 0) {
            throw new IllegalArgumentException("logarithmic range must be above 0, but is " + range);
        }
        if (!contains(byDefault())) {
            throw new IllegalArgumentException("range must hold the default " + byDefault() + ", but is " + range);
        }
    }

    /**
     * Returns a choice between some options.
     *
     * @param options at least one, without duplicates, all {@link Integer}, all {@link Double}, all {@link Boolean} or
     *     all {@link String}; the first is the default
     * @throws IllegalArgumentException if the options are not as described
     */
    public static Choice of(List<?> options) {
        return new Choice(new ArrayList<>(options), null, null, false);
    }

    /**
     * Returns a choice of all numbers of a range, each equally likely.
     *
     * @param byDefault a number of the range
     * @param lowest finite
     * @param highest finite, above the lowest
     * @throws IllegalArgumentException if the numbers are not as described
     */
    public static Choice range(double byDefault, double lowest, double highest) {
        return new Choice(List.of(byDefault), lowest, highest, false);
    }

    /**
     * Returns a choice of all whole numbers of a range, each equally likely.
     *
     * @param byDefault a number of the range
     * @param lowest any whole number
     * @param highest above the lowest
     * @throws IllegalArgumentException if the numbers are not as described
     */
    public static Choice range(int byDefault, int lowest, int highest) {
        return new Choice(List.of(byDefault), lowest, highest, false);
    }

    /**
     * Returns the same range on a logarithmic scale, on which 0.001 to 0.01 is as likely as 0.01 to 0.1.
     *
     * @return a range that is uniform over the logarithms of its numbers
     * @throws IllegalArgumentException if this is not a range, or not all of its numbers are above 0
     */
    public Choice logarithmic() {
        if (!isRange()) {
            throw new IllegalArgumentException("only a range can be logarithmic, but these are options: " + options);
        }
        return new Choice(options, lowest, highest, true);
    }

    /** {@return the value that is used unless another is chosen} */
    public Object byDefault() {
        return options.get(0);
    }

    /**
     * Returns the same values with another default.
     *
     * @param byDefault one of the values
     * @return a choice whose options are in the same order, but for the default, which is the first
     * @throws IllegalArgumentException if it is not one of the values
     */
    public Choice withDefault(Object byDefault) {
        if (!contains(byDefault)) {
            throw new IllegalArgumentException("default must be " + words() + ", but is " + byDefault);
        }
        List<Object> first = new ArrayList<>(List.of(byDefault));
        options.stream()
                .filter(option -> !isRange() && !option.equals(byDefault))
                .forEach(first::add);
        return new Choice(first, lowest, highest, logarithmic);
    }

    /** {@return whether this is a range of numbers, not a list of options} */
    public boolean isRange() {
        return lowest != null;
    }

    /**
     * {@return values to try one by one: all options, the default first; for a range its default, its lowest and its
     * highest number}
     */
    public List<Object> values() {
        return lowest == null || highest == null
                ? options
                : Stream.of(byDefault(), (Object) lowest, highest).distinct().toList();
    }

    /**
     * Tells whether a value can be chosen.
     *
     * @param value of any type
     * @return whether it has the type of the default, and is among the options or in the range
     */
    public boolean contains(@Nullable Object value) {
        if (lowest == null || highest == null) {
            return value != null && options.contains(value);
        }
        return value instanceof Number number
                && value.getClass() == byDefault().getClass()
                && number.doubleValue() >= lowest.doubleValue()
                && number.doubleValue() <= highest.doubleValue();
    }

    /**
     * Returns a random value.
     *
     * @param random number drawn uniformly, 0 or above and below 1
     * @return one of the options, each equally likely; or a number of the range
     * @throws IllegalArgumentException if the number is not as described
     */
    public Object at(double random) {
        Check.fraction("random number", random);
        if (lowest == null || highest == null) {
            return options.get((int) (random * options.size()));
        }
        double low = lowest.doubleValue();
        double high = highest.doubleValue();
        boolean whole = lowest instanceof Integer;
        // Each whole number n stands for the interval from n to n + 1.
        double end = whole ? high + 1 : high;
        double value = logarithmic ? low * Math.pow(end / low, random) : low + (end - low) * random;
        if (whole) {
            return (int) Math.min(high, Math.floor(value));
        }
        return Math.max(low, Math.min(high, value));
    }

    /** {@return the possible values in words, such as {@code one of [16, 32]} or {@code between 0.1 and 0.5}} */
    public String words() {
        return isRange()
                ? "between " + lowest + " and " + highest + (logarithmic ? ", logarithmic" : "")
                : "one of " + options;
    }

    @Override
    List<Object> parts() {
        return List.of(options, isRange() ? values() : List.of(), logarithmic);
    }
}
