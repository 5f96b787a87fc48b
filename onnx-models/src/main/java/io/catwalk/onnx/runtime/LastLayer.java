package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the input of the last linear layer of an image classifier: the features from which it computes the logits. */
public final class LastLayer {

    private static final Set<String> LINEAR = Set.of("Gemm", "MatMul");

    /** Operators that may follow the layer: they do not change the order of the classes. */
    private static final Set<String> BEHIND = Set.of("Identity", "Softmax", "LogSoftmax", "Cast");

    private LastLayer() {}

    /**
     * Finds the tensor that holds the features.
     *
     * @param file an ONNX file whose first output is that of a linear layer, possibly followed by a bias or a softmax
     * @return name of the tensor that this layer multiplies by its weights, for {@link OnnxRunner#watching(Path, Set,
     *     OnnxOptions)}
     * @throws OnnxFileException if the file is missing, damaged or larger than 2 GB, or its last layer is not a linear
     *     one
     */
    public static String features(Path file) {
        GraphProto graph = OnnxRunner.read(file).getGraph();
        Map<String, NodeProto> makers = new HashMap<>();
        graph.getNodeList().forEach(node -> node.getOutputList().forEach(output -> makers.put(output, node)));
        Set<String> weights = graph.getInitializerList().stream()
                .map(TensorProto::getName)
                .collect(Collectors.toCollection(HashSet::new));
        // A file may hold weights in fewer bits, with nodes that restore them.
        graph.getNodeList().stream()
                .filter(node -> weights.containsAll(node.getInputList()))
                .forEach(node -> weights.addAll(node.getOutputList()));
        // Each node is visited once, so that a damaged graph with a cycle does not cause an endless loop.
        NodeProto node = graph.getOutputCount() == 0
                ? null
                : makers.remove(graph.getOutput(0).getName());
        while (node != null) {
            List<String> open = node.getInputList().stream()
                    .filter(name -> !name.isEmpty() && !weights.contains(name)) // an omitted input has no name
                    .toList();
            boolean weighted = open.size() < node.getInputCount();
            if (LINEAR.contains(node.getOpType()) && weighted && open.equals(List.of(node.getInput(0)))) {
                if (makers.containsKey(node.getInput(0))) {
                    return node.getInput(0);
                }
                break;
            }
            boolean bias = node.getOpType().equals("Add") && weighted;
            if (open.size() != 1 || !(bias || BEHIND.contains(node.getOpType()))) {
                break;
            }
            node = makers.remove(open.get(0));
        }
        throw new OnnxFileException(
                file,
                "a linear layer at its end, with other layers before it",
                node == null ? "none" : node.getOpType(),
                "take a network that ends with one");
    }
}
