package io.catwalk.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lists what may be chosen about a network: for each hyperparameter its default and its options.
 *
 * <p>The space is finite, so that every point of it can be built in a test and tried in a grid.
 *
 * <p>Its hyperparameters stand in the order of the map that it is made of. A map that has no order to rely
 * on, as from {@code Map.of(...)} and as a {@code HashMap}, gives them in alphabetical order: the points of
 * a space, and what a search draws from them, must be the same in every Java process.
 *
 * @param options name to options, none empty, none twice, all of one type; the first is the default
 */
public record SearchSpace(Map<String, List<Object>> options) {

    private static final SearchSpace NONE = new SearchSpace(Map.of());

    /** Copies the options and checks them. */
    public SearchSpace {
        Map<String, List<Object>> copy = new LinkedHashMap<>();
        (hasOrder(options) ? options : new TreeMap<>(options)).forEach((name, values) -> {
            values.forEach(value -> Hyperparameters.requireType(name, value));
            if (values.isEmpty()
                    || new LinkedHashSet<>(values).size() < values.size()
                    || values.stream().map(Object::getClass).distinct().count() > 1) {
                throw new IllegalArgumentException("hyperparameter '" + name
                        + "' must have at least one option, none twice, all of one type, but has " + values);
            }
            copy.put(name, List.copyOf(values));
        });
        options = Collections.unmodifiableMap(copy);
    }

    private static boolean hasOrder(Map<String, List<Object>> map) {
        // A map of Map.of(...), whose order changes from process to process, is the one kind that is not copied.
        boolean immutable = Map.copyOf(map) == map;
        boolean hashed = map instanceof HashMap && !(map instanceof LinkedHashMap);
        return !immutable && !hashed && !(map instanceof ConcurrentHashMap);
    }

    /**
     * Returns a space with nothing to choose.
     *
     * @return the space whose only point is {@link Hyperparameters#none()}
     */
    public static SearchSpace none() {
        return NONE;
    }

    /**
     * Adds a hyperparameter.
     *
     * @param name what it is called in experiment files; not yet in this space
     * @param byDefault its value unless another is chosen: an {@link Integer}, a {@link Double}, a
     *     {@link Boolean} or a {@link String}
     * @param others what else may be chosen, of the same type
     * @return a larger space
     */
    public SearchSpace with(String name, Object byDefault, Object... others) {
        if (options.containsKey(name)) {
            throw new IllegalArgumentException("hyperparameter '" + name + "' is already in the space");
        }
        Map<String, List<Object>> larger = new LinkedHashMap<>(options);
        List<Object> values = new ArrayList<>();
        values.add(byDefault);
        values.addAll(List.of(others));
        larger.put(name, values);
        return new SearchSpace(larger);
    }

    /**
     * Chooses the defaults.
     *
     * @return the first option of every hyperparameter
     */
    public Hyperparameters defaults() {
        return choose(Map.of());
    }

    /**
     * Chooses some values and leaves the rest at their defaults.
     *
     * @param wanted name to value, each among the options; an {@link Integer} may stand for a {@link Double}
     * @return a point of this space
     * @throws IllegalArgumentException if a name is unknown or a value is not among the options; the
     *     message lists what is
     */
    public Hyperparameters choose(Map<String, ?> wanted) {
        for (String name : wanted.keySet()) {
            if (!options.containsKey(name)) {
                throw new IllegalArgumentException("unknown hyperparameter '" + name + "'; known are "
                        + (options.isEmpty() ? "none" : String.join(", ", options.keySet())));
            }
        }
        Map<String, Object> chosen = new LinkedHashMap<>();
        options.forEach((name, values) -> {
            if (!wanted.containsKey(name)) {
                chosen.put(name, values.get(0));
                return;
            }
            Object value = wanted.get(name);
            // Files write a whole number without its point.
            if (value instanceof Integer whole && values.get(0) instanceof Double) {
                value = whole.doubleValue();
            }
            if (value == null || !values.contains(value)) {
                throw new IllegalArgumentException(
                        "hyperparameter '" + name + "' must be one of " + values + ", but is " + value);
            }
            chosen.put(name, value);
        });
        return new Hyperparameters(chosen);
    }

    /**
     * Lists every point of the space, the defaults first.
     *
     * @return all combinations; their number is the product of the numbers of options
     */
    public List<Hyperparameters> points() {
        List<Map<String, Object>> points = List.of(Map.of());
        for (Map.Entry<String, List<Object>> entry : options.entrySet()) {
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> point : points) {
                for (Object value : entry.getValue()) {
                    Map<String, Object> extended = new LinkedHashMap<>(point);
                    extended.put(entry.getKey(), value);
                    longer.add(extended);
                }
            }
            points = longer;
        }
        return points.stream().map(Hyperparameters::new).toList();
    }
}
