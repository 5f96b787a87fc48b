package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stores a matrix once that a network also uses transposed, such as a table of embeddings that is the last layer, too:
 * the graph transposes it, which a runtime does while loading.
 */
final class TiedWeights {

    /** Size in bytes of the smallest matrix that is worth a node. */
    private static final long SMALLEST = 1 << 16;

    private TiedWeights() {}

    /** Methods that make a transposed matrix, which name the constants that they make. */
    static boolean isMadeBy(String hint) {
        return hint.equals("transpose") || hint.equals("swapAxes");
    }

    /**
     * Looks for the matrix behind each transposed one.
     *
     * @param made names of constants that may be transposed ones
     */
    static Graph of(Graph graph, Set<String> made) {
        Names names = graph.freshNames();
        Map<String, Value> transposed = new HashMap<>();
        List<Initializer> kept = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        for (Initializer weight : graph.initializers()) {
            Value value = weight.value();
            boolean candidate = made.contains(value.name())
                    && value.rank() == 2
                    && weight.size() >= SMALLEST
                    && !graph.outputs().contains(value);
            Optional<Initializer> whole = !candidate
                    ? Optional.empty()
                    : graph.initializers().stream()
                            .filter(other -> !made.contains(other.value().name()) && isTransposed(other, weight))
                            .findFirst();
            if (whole.isEmpty()) {
                kept.add(weight);
                continue;
            }
            Value again = Value.of(names.fresh(value.name() + ".of_weight"), value.type(), value.shape());
            nodes.add(new Node(
                    again.name(),
                    "Transpose",
                    List.of(whole.get().value()),
                    List.of(again),
                    Attributes.NONE.with("perm", new long[] {1, 0})));
            transposed.put(value.name(), again);
        }
        return graph.with(kept, nodes, transposed);
    }

    private static boolean isTransposed(Initializer one, Initializer other) {
        if (one.value().type() != other.value().type()
                || one.value().rank() != 2
                || !one.value().shape().get(0).equals(other.value().shape().get(1))
                || !one.value().shape().get(1).equals(other.value().shape().get(0))) {
            return false;
        }
        long[] sizes = one.value().shape().fixed("a matrix");
        int bytes = one.value().type().bytes();
        return Arrays.equals(Weights.transposed(one.data(), (int) sizes[0], (int) sizes[1], bytes), other.data());
    }
}
