package io.catwalk.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The hyperparameters of a network, each with its default and its other possible values. Immutable; each {@code with}
 * method returns a larger copy.
 */
public final class SearchSpace extends Rule {

    private static final SearchSpace NONE = new SearchSpace(Map.of());

    private final Map<String, Choice> choices;

    private SearchSpace(Map<String, Choice> choices) {
        this.choices = Collections.unmodifiableMap(new LinkedHashMap<>(choices));
    }

    /** {@return a space without hyperparameters, whose only point is {@link Hyperparameters#none()}} */
    public static SearchSpace none() {
        return NONE;
    }

    /**
     * Adds a hyperparameter with some options.
     *
     * @param name name of the hyperparameter in experiment files; not yet in this space
     * @param byDefault value that is used unless another is chosen: an {@link Integer}, a {@link Double}, a
     *     {@link Boolean} or a {@link String}
     * @param others other values that may be chosen, of the same type, without duplicates
     * @throws IllegalArgumentException if the name is already in this space, or the values are not as described
     */
    public SearchSpace with(String name, Object byDefault, Object... others) {
        return with(
                name,
                () -> Choice.of(Stream.concat(Stream.of(byDefault), Arrays.stream(others))
                        .toList()));
    }

    /**
     * Adds a hyperparameter.
     *
     * @param name name of the hyperparameter in experiment files; not yet in this space
     * @param choice the values that it may have, such as {@code Choice.range(0.01, 0.0001, 1.0).logarithmic()}
     * @throws IllegalArgumentException if the name is already in this space
     */
    public SearchSpace with(String name, Choice choice) {
        return with(name, () -> choice);
    }

    private SearchSpace with(String name, Supplier<Choice> choice) {
        if (choices.containsKey(name)) {
            throw new IllegalArgumentException("hyperparameter '" + name + "' is already in the space");
        }
        Map<String, Choice> larger = new LinkedHashMap<>(choices);
        try {
            larger.put(name, choice.get());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("hyperparameter '" + name + "': " + e.getMessage(), e);
        }
        return new SearchSpace(larger);
    }

    /** {@return the hyperparameters and their possible values, in the order in which they were added} */
    public Map<String, Choice> choices() {
        return choices;
    }

    /** {@return the point with all defaults} */
    public Hyperparameters defaults() {
        return choose(Map.of());
    }

    /**
     * Chooses some values and leaves the rest at their defaults.
     *
     * @param wanted name to value; each value must be possible for its hyperparameter; an {@link Integer} may stand for
     *     a {@link Double}
     * @return a point of this space
     * @throws IllegalArgumentException if a name is unknown or a value cannot be chosen; the message names the possible
     *     ones
     */
    public Hyperparameters choose(Map<String, ?> wanted) {
        for (String name : wanted.keySet()) {
            if (!choices.containsKey(name)) {
                throw new IllegalArgumentException("unknown hyperparameter '" + name + "'; known are "
                        + (choices.isEmpty() ? "none" : String.join(", ", choices.keySet())));
            }
        }
        Map<String, Object> chosen = new LinkedHashMap<>();
        choices.forEach((name, choice) -> {
            if (!wanted.containsKey(name)) {
                chosen.put(name, choice.byDefault());
                return;
            }
            Object value = wanted.get(name);
            // In files, a whole number has no decimal point.
            if (value instanceof Integer whole && choice.byDefault() instanceof Double) {
                value = whole.doubleValue();
            }
            if (value == null || !choice.contains(value)) {
                throw new IllegalArgumentException(
                        "hyperparameter '" + name + "' must be " + choice.words() + ", but is " + value);
            }
            chosen.put(name, value);
        });
        return new Hyperparameters(chosen);
    }

    /**
     * Lists points to try one by one, the defaults first: every combination of the {@link Choice#values} of all
     * hyperparameters. Without ranges, these are all points of the space.
     *
     * @return the points; their number is the product of the numbers of values
     */
    public List<Hyperparameters> points() {
        List<Map<String, Object>> points = List.of(Map.of());
        for (Map.Entry<String, Choice> entry : choices.entrySet()) {
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> point : points) {
                for (Object value : entry.getValue().values()) {
                    Map<String, Object> extended = new LinkedHashMap<>(point);
                    extended.put(entry.getKey(), value);
                    longer.add(extended);
                }
            }
            points = longer;
        }
        return points.stream().map(Hyperparameters::new).toList();
    }

    @Override
    List<Object> parts() {
        return List.copyOf(choices.entrySet());
    }
}
