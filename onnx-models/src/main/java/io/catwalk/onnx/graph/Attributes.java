package io.catwalk.onnx.graph;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds the attributes of a node, sorted by name. A value is a {@link Long}, {@link Float}, {@link String}, or a list
 * of one of them.
 */
public record Attributes(SortedMap<String, Object> entries) {

    /** No attribute at all. */
    public static final Attributes NONE = new Attributes(new TreeMap<>());

    public Attributes {
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /** Adds a whole number. */
    public Attributes with(String name, long value) {
        return put(name, value);
    }

    /** Adds a real number. */
    public Attributes with(String name, float value) {
        return put(name, value);
    }

    /** Adds a string. */
    public Attributes with(String name, String value) {
        return put(name, value);
    }

    /** Adds whole numbers. */
    public Attributes with(String name, long[] values) {
        return put(name, Arrays.stream(values).boxed().toList());
    }

    /** Adds strings. */
    public Attributes with(String name, List<String> values) {
        return put(name, List.copyOf(values));
    }

    /** Reads a whole number. */
    public long number(String name, long otherwise) {
        return entries.get(name) instanceof Long value ? value : otherwise;
    }

    /** Reads whole numbers. */
    public long[] numbers(String name, long[] otherwise) {
        return entries.get(name) instanceof List<?> values
                ? values.stream().mapToLong(value -> (Long) value).toArray()
                : otherwise;
    }

    private Attributes put(String name, Object value) {
        SortedMap<String, Object> changed = new TreeMap<>(entries);
        changed.put(name, value);
        return new Attributes(changed);
    }
}
