package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.ChannelNorm;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Folds each batch normalization into the convolution right before it, which computes the same with fewer nodes. */
final class BatchNormFolding {

    private final Map<String, Initializer> fixed = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final List<Initializer> initializers;
    private final List<Node> nodes = new ArrayList<>();

    private BatchNormFolding(Graph graph) {
        initializers = new ArrayList<>(graph.initializers());
        initializers.forEach(initializer -> fixed.put(initializer.value().name(), initializer));
        graph.nodes().forEach(node -> node.inputs().forEach(input -> uses.merge(input.name(), 1, Integer::sum)));
        graph.outputs().forEach(output -> uses.merge(output.name(), 1, Integer::sum));
    }

    static Graph fold(Graph graph) {
        BatchNormFolding folding = new BatchNormFolding(graph);
        graph.nodes().forEach(folding::take);
        return new Graph(graph.inputs(), graph.outputs(), folding.initializers, folding.nodes);
    }

    private void take(Node node) {
        Optional<Node> convolution = convolutionBefore(node);
        if (convolution.isEmpty()) {
            nodes.add(node);
        } else {
            nodes.remove(convolution.get());
            nodes.add(folded(convolution.get(), node));
        }
    }

    private Optional<Node> convolutionBefore(Node norm) {
        if (!norm.operator().equals("BatchNormalization") || !allFixed(norm)) {
            return Optional.empty();
        }
        return nodes.stream()
                .filter(node -> node.operator().equals("Conv")
                        && node.output().equals(norm.inputs().get(0)))
                .filter(node -> allFixed(node)
                        && Integer.valueOf(1).equals(uses.get(node.output().name())))
                .findFirst();
    }

    private boolean allFixed(Node node) {
        return node.inputs().stream()
                .skip(1)
                .allMatch(input -> fixed.containsKey(input.name()) && input.type() == TensorType.FLOAT);
    }

    private float[] floats(Node node, int input) {
        Initializer initializer = fixed.get(node.inputs().get(input).name());
        if (initializer == null) {
            throw new IllegalStateException("not fixed: " + node);
        }
        return initializer.floats();
    }

    private Node folded(Node convolution, Node norm) {
        Value weight = convolution.inputs().get(1);
        Object given = norm.attributes().entries().get("epsilon");
        ChannelNorm channels = new ChannelNorm(
                floats(norm, 1),
                floats(norm, 2),
                floats(norm, 3),
                floats(norm, 4),
                given instanceof Float number ? number : ChannelNorm.DEFAULT_EPSILON);
        float[] weights = floats(convolution, 1);
        channels.multiplyInto(weights, weights.length / channels.count());
        float[] shift = channels.bias(convolution.inputs().size() > 2 ? floats(convolution, 2) : null);
        String name = norm.output().name();
        Value newWeight = add(name + ".weight", weight.shape(), weights);
        Value newBias = add(name + ".bias", TensorShape.of(shift.length), shift);
        return convolution.with(List.of(convolution.inputs().get(0), newWeight, newBias), norm.outputs());
    }

    private Value add(String name, TensorShape shape, float[] floats) {
        Value value = Value.of(name, TensorType.FLOAT, shape);
        initializers.add(new Initializer(value, Initializer.bytes(floats)));
        return value;
    }
}
