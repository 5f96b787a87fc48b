package io.catwalk.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The chosen value of each hyperparameter, in the order of the search space.
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

    /** {@return the hyperparameters of a classifier that has none} */
    public static Hyperparameters none() {
        return NONE;
    }

    /**
     * Returns the value of an integer hyperparameter.
     *
     * @param name name of the hyperparameter
     * @return its value
     * @throws IllegalArgumentException if there is no hyperparameter of that name, or its value is not a whole number
     */
    public int integer(String name) {
        return typed(name, Integer.class);
    }

    /**
     * Returns the value of a numeric hyperparameter.
     *
     * @param name name of the hyperparameter
     * @return its value; a whole number is converted
     * @throws IllegalArgumentException if there is no hyperparameter of that name, or its value is not a number
     */
    public double number(String name) {
        return typed(name, Number.class).doubleValue();
    }

    /**
     * Returns the value of a boolean hyperparameter.
     *
     * @param name name of the hyperparameter
     * @return its value
     * @throws IllegalArgumentException if there is no hyperparameter of that name, or its value is neither true nor
     *     false
     */
    public boolean flag(String name) {
        return typed(name, Boolean.class);
    }

    /**
     * Returns the value of a text hyperparameter.
     *
     * @param name name of the hyperparameter
     * @return its value
     * @throws IllegalArgumentException if there is no hyperparameter of that name, or its value is not a text
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
