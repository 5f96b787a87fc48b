package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the nodes at which a difference begins: all tensors that they read have a partner in the other model, a tensor
 * that they compute has none, and an output that differs depends on it. Tensors that differ do not count if the tensors
 * computed from them agree again: this is another way to compute the same.
 */
final class Frontier {

    private final Side side;
    private final Matching matching;
    private final Set<String> behind = new HashSet<>();

    /**
     * Walks backwards from outputs that differ.
     *
     * @param differing its outputs that differ
     */
    Frontier(Side side, Matching matching, List<String> differing) {
        this.side = side;
        this.matching = matching;
        Deque<String> open = new ArrayDeque<>(differing);
        while (!open.isEmpty()) {
            String tensor = open.remove();
            if (behind.add(tensor)) {
                side.maker(tensor).stream()
                        .flatMap(node -> side.reads(node).stream())
                        .filter(read -> matching.partner(read).isEmpty()
                                && side.maker(read).isPresent())
                        .forEach(open::add);
            }
        }
    }

    /** Returns the nodes, in the order of the graph; empty if the outputs that differ are inputs. */
    List<NodeProto> nodes() {
        return side.nodes().stream()
                .filter(node -> node.getOutputList().stream().anyMatch(behind::contains))
                .filter(node -> side.reads(node).stream()
                        .allMatch(read -> matching.partner(read).isPresent()))
                .toList();
    }
}
