package io.catwalk.onnx;

import io.catwalk.onnx.runtime.MetadataKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the sizes of dynamic axes for the metadata: which may be used, and which were tried. */
final class SizesInWords {

    private SizesInWords() {}

    static Map<String, String> entries(List<OnnxInput> inputs, SortedMap<String, SortedSet<Long>> tried) {
        Map<String, String> entries = new TreeMap<>();
        String bounds = inputs.stream()
                .flatMap(input -> input.dynamic().stream())
                .filter(axis -> !axis.isSingle() && !axis.equals(Axis.of(axis.name())))
                .distinct()
                .map(SizesInWords::bounds)
                .sorted()
                .collect(Collectors.joining(";"));
        if (!bounds.isEmpty()) {
            entries.put(MetadataKeys.SIZE_BOUNDS, bounds);
        }
        if (!tried.isEmpty()) {
            entries.put(
                    MetadataKeys.TRIED_SIZES,
                    tried.entrySet().stream()
                            .map(axis -> axis.getKey() + "=" + ranges(axis.getValue()))
                            .collect(Collectors.joining(";")));
        }
        return entries;
    }

    private static String bounds(Axis.Dynamic axis) {
        return axis.name() + "=" + axis.least() + "-" + (axis.most() == Long.MAX_VALUE ? "" : axis.most())
                + (axis.step() == 1 ? "" : "/" + axis.step());
    }

    private static String ranges(SortedSet<Long> sizes) {
        List<String> ranges = new ArrayList<>();
        long first = sizes.first();
        for (long size : sizes) {
            if (!sizes.contains(size - 1)) {
                first = size;
            }
            if (!sizes.contains(size + 1)) {
                ranges.add(first == size ? Long.toString(size) : first + "-" + size);
            }
        }
        return String.join(",", ranges);
    }
}
