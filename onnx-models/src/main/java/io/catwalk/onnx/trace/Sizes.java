package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.Dim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The size of each dynamic axis in one call of {@code forward}. */
record Sizes(Map<String, Long> byAxis) {

    Sizes {
        byAxis = Collections.unmodifiableMap(new LinkedHashMap<>(byAxis));
    }

    long of(String axis) {
        return Objects.requireNonNull(byAxis.get(axis), "an axis without a size");
    }

    long of(Dim dim) {
        return dim.isFixed() ? dim.fixed() : dim.at(this::of);
    }

    long[] of(List<?> dims) {
        return dims.stream().mapToLong(dim -> of((Dim) dim)).toArray();
    }

    Sizes with(String axis, long size) {
        Map<String, Long> changed = new LinkedHashMap<>(byAxis);
        changed.put(axis, size);
        return new Sizes(changed);
    }

    /** Lists the axes whose size differs from that in another call. */
    List<String> differing(Sizes other) {
        List<String> names = new ArrayList<>(byAxis.keySet());
        names.removeIf(name -> of(name) == other.of(name));
        return names;
    }

    /** Describes some axes: "a batch of 2 and a sequence of 7". */
    String text(Collection<String> axes) {
        return axes.isEmpty()
                ? "the given shapes"
                : axes.stream()
                        .map(axis -> ("aeiou".indexOf(axis.charAt(0)) >= 0 ? "an " : "a ") + axis + " of " + of(axis))
                        .collect(Collectors.joining(" and "));
    }

    /** Describes some axes after a first text about the same ones. */
    String next(Collection<String> axes) {
        return axes.size() == 1 ? Long.toString(of(axes.iterator().next())) : text(axes);
    }

    @Override
    public String toString() {
        return text(byAxis.keySet());
    }
}
