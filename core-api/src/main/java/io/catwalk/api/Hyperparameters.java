package io.catwalk.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Holds the chosen value of each hyperparameter, in the order of the search space.
 *
 * @param values name to value; a value is an {@link Integer}, a {@link Double}, a {@link Boolean} or a
 *     {@link String}
 */
public record Hyperparameters(Map<String, Object> values) {

    private static final Hyperparameters NONE = new Hyperparameters(Map.of());

    /** Copies the map and checks the type of each value. */
    public Hyperparameters {
        values.forEach((name, value) -> {
            try {
                requireType(value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("hyperparameter '" + name + "': " + e.getMessage(), e);
            }
        });
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Returns no hyperparameters at all.
     *
     * @return the empty choice
     */
    public static Hyperparameters none() {
        return NONE;
    }

    /**
     * Returns a whole number.
     *
     * @param name name of the hyperparameter
     * @return its value
     * @throws IllegalArgumentException if there is none of that name or it is not a whole number
     */
    public int integer(String name) {
        return typed(name, Integer.class);
    }

    /**
     * Returns a number.
     *
     * @param name name of the hyperparameter
     * @return its value; a whole number is widened
     * @throws IllegalArgumentException if there is none of that name or it is not a number
     */
    public double number(String name) {
        return typed(name, Number.class).doubleValue();
    }

    /**
     * Returns a switch.
     *
     * @param name name of the hyperparameter
     * @return its value
     * @throws IllegalArgumentException if there is none of that name or it is neither true nor false
     */
    public boolean flag(String name) {
        return typed(name, Boolean.class);
    }

    /**
     * Returns a word.
     *
     * @param name name of the hyperparameter
     * @return its value
     * @throws IllegalArgumentException if there is none of that name or it is not a text
     */
    public String text(String name) {
        return typed(name, String.class);
    }

    private <T> T typed(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("expected a hyperparameter '" + name + "' of type "
                    + type.getSimpleName() + ", but found " + (value == null ? "none" : value) + " among "
                    + values.keySet());
        }
        return type.cast(value);
    }

    static void requireType(Object value) {
        if (!(value instanceof Integer
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof String)) {
            throw new IllegalArgumentException("value must be an Integer, a Double, a Boolean or a String, but is a "
                    + value.getClass().getName());
        }
    }
}
