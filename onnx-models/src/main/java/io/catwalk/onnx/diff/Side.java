package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.runtime.NodeReads;
import io.catwalk.onnx.runtime.OnnxWeights;
import io.catwalk.onnx.runtime.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Holds one of two models, and the numbers in its tensors when it ran. */
final class Side {

    private final ModelProto model;
    private final Map<String, Tensor> values;
    private final Map<String, NodeProto> makers = new LinkedHashMap<>();
    private final Map<String, TensorProto> weights = new HashMap<>();

    /**
     * Creates a side of a comparison.
     *
     * @param model the model as it is in its file
     * @param given its inputs, by name
     * @param made outputs of its nodes, by name
     */
    Side(ModelProto model, Map<String, Tensor> given, Map<String, Tensor> made) {
        this.model = model;
        values = new LinkedHashMap<>(given);
        for (NodeProto node : model.getGraph().getNodeList()) {
            for (String output : node.getOutputList()) {
                if (output.isEmpty()) {
                    continue; // omitted
                }
                makers.put(output, node);
                Tensor value = made.get(output);
                if (value != null) {
                    values.put(output, value);
                }
            }
        }
        model.getGraph().getInitializerList().forEach(tensor -> weights.put(tensor.getName(), tensor));
    }

    ModelProto model() {
        return model;
    }

    /**
     * Returns the numbers in the tensors: first the inputs, then the outputs of the nodes, in the order of the nodes.
     */
    Map<String, Tensor> values() {
        return values;
    }

    List<NodeProto> nodes() {
        return model.getGraph().getNodeList();
    }

    List<String> outputs() {
        return model.getGraph().getOutputList().stream()
                .map(ValueInfoProto::getName)
                .toList();
    }

    /** Lists the outputs whose numbers are not known. */
    List<String> unknownOutputs() {
        return outputs().stream().filter(output -> value(output) == null).toList();
    }

    /** Returns the numbers in an input, an output of a node, or weights; null if they are not known. */
    @Nullable Tensor value(String tensor) {
        Tensor value = values.get(tensor);
        return value != null
                ? value
                : weights(tensor)
                        .filter(OnnxWeights::isReadable)
                        .map(OnnxWeights::of)
                        .orElse(null);
    }

    Optional<NodeProto> maker(String tensor) {
        return Optional.ofNullable(makers.get(tensor));
    }

    Optional<TensorProto> weights(String name) {
        return Optional.ofNullable(weights.get(name));
    }

    /** Returns the tensors that a node reads, without weights and omitted inputs. */
    List<String> reads(NodeProto node) {
        return NodeReads.of(node).stream()
                .filter(name -> makers.containsKey(name) || values.containsKey(name))
                .toList();
    }
}
