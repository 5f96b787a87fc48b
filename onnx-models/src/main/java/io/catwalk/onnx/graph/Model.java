package io.catwalk.onnx.graph;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds what a file holds: a graph, the operator set that it is written in, and words about it.
 *
 * @param graph the computation
 * @param opset version of the default operator set, 13 to 21
 * @param metadata {@code metadata_props}, sorted by key
 */
public record Model(Graph graph, int opset, SortedMap<String, String> metadata) {

    /** Copies the metadata. */
    public Model {
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }
}
