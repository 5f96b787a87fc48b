package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.Tolerance;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds for each tensor of one model a tensor of the other model that holds the same numbers: the one of the same name,
 * or else any other. Thus models can be compared even if their nodes have other names or were fused.
 */
final class TensorMatching {

    private final InstrumentedModel one;
    private final InstrumentedModel other;
    private final Tolerance tolerance;
    private final Map<String, String> partners = new HashMap<>();

    TensorMatching(InstrumentedModel one, InstrumentedModel other, Tolerance tolerance) {
        this.one = one;
        this.other = other;
        this.tolerance = tolerance;
        Map<String, List<Map.Entry<String, Tensor>>> alike = new HashMap<>();
        for (Map.Entry<String, Tensor> each : other.values().entrySet()) {
            alike.computeIfAbsent(each.getValue().toString(), any -> new ArrayList<>())
                    .add(each);
        }
        one.values().forEach((name, tensor) -> {
            Tensor same = other.values().get(name);
            if (same != null && TensorDifference.of(tensor, same, tolerance).agrees()) {
                partners.put(name, name);
            } else {
                boolean tells = tellsApart(tensor);
                alike.getOrDefault(tensor.toString(), List.of()).stream()
                        .filter(candidate -> candidate.getValue() == tensor // an input that both models are given
                                || (tells
                                        && TensorDifference.of(tensor, candidate.getValue(), tolerance)
                                                .agrees()))
                        .findFirst()
                        .ifPresent(partner -> partners.put(name, partner.getKey()));
            }
        });
    }

    /** Rejects tensors whose numbers are all the same: they may be equal by chance. */
    private static boolean tellsApart(Tensor tensor) {
        double[] numbers = tensor.toDoubles();
        return numbers.length > 1 && Arrays.stream(numbers).anyMatch(number -> number != numbers[0]);
    }

    /** Tells whether a tensor of this model and one of the other model hold the same numbers. */
    boolean holdTheSame(String here, String there) {
        Tensor left = one.values().get(here);
        Tensor right = other.values().get(there);
        return left != null
                && right != null
                && TensorDifference.of(left, right, tolerance).agrees();
    }

    /** Returns the tensor of the other model that holds the same numbers as a tensor of this model. */
    Optional<String> partner(String name) {
        return Optional.ofNullable(partners.get(name));
    }

    /**
     * Finds the nodes at which a difference begins: all tensors that they read have a partner in the other model, a tensor
     * that they compute has none, and an output that differs depends on it. Tensors that differ do not count if the tensors
     * computed from them agree again: this is another way to compute the same.
     */
    static final class FirstDifferences {

        private final InstrumentedModel side;
        private final TensorMatching matching;
        private final Set<String> behind = new HashSet<>();

        /** Walks backwards from outputs that differ. */
        FirstDifferences(InstrumentedModel side, TensorMatching matching, List<String> differing) {
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
}
