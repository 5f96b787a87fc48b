package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.runtime.Tensor;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Holds one of two models, and the numbers in its tensors when it ran. */
final class InstrumentedModel {

    private final ModelProto model;
    private final Map<String, Tensor> values;
    private final Map<String, NodeProto> makers = new LinkedHashMap<>();
    private final Map<String, TensorProto> weights = new LinkedHashMap<>();
    private final Set<String> failed;

    /**
     * Holds what a model has computed.
     *
     * @param failed names of outputs of its nodes that could not be computed
     */
    InstrumentedModel(ModelProto model, Map<String, Tensor> given, Map<String, Tensor> made, Set<String> failed) {
        this.model = model;
        this.failed = failed;
        values = new LinkedHashMap<>(given);
        for (NodeProto node : model.getGraph().getNodeList()) {
            for (String output : node.getOutputList()) {
                if (output.isEmpty()) {
                    continue; // omitted
                }
                Tensor value = made.get(output);
                Optional<TensorProto> constant = constant(node, output, value);
                if (constant.isPresent()) {
                    weights.put(output, constant.get());
                } else {
                    makers.put(output, node);
                }
                if (value != null) {
                    values.put(output, value);
                }
            }
        }
        model.getGraph().getInitializerList().forEach(tensor -> weights.put(tensor.getName(), tensor));
    }

    /** Lists the tensors that the nodes of a model compute. */
    static Set<String> tensors(ModelProto model) {
        Set<String> tensors = new LinkedHashSet<>();
        model.getGraph().getNodeList().forEach(node -> tensors.addAll(node.getOutputList()));
        tensors.remove("");
        return tensors;
    }

    /** Returns the tensor of a Constant node: some programs write weights like this, others as initializers. */
    private static Optional<TensorProto> constant(NodeProto node, String output, @Nullable Tensor value) {
        if (!node.getOpType().equals("Constant") || !node.getDomain().isEmpty()) {
            return Optional.empty();
        }
        Optional<TensorProto> written = node.getAttributeList().stream()
                .filter(AttributeProto::hasT)
                .map(attribute -> attribute.getT().toBuilder().setName(output).build())
                .findFirst();
        return written.or(() -> Optional.ofNullable(value).map(tensor -> NodeTestCase.proto(output, tensor)));
    }

    ModelProto model() {
        return model;
    }

    SortedMap<String, String> metadata() {
        return ModelFile.metadata(model);
    }

    /** Returns what the model computes: graph, functions and operator sets, without texts for people. */
    ModelProto withoutRemarks() {
        GraphProto.Builder graph =
                model.getGraph().toBuilder().clearName().clearDocString().clearValueInfo();
        graph.getNodeBuilderList().forEach(NodeProto.Builder::clearDocString);
        graph.getInitializerBuilderList().forEach(TensorProto.Builder::clearDocString);
        return ModelProto.newBuilder()
                .setGraph(graph)
                .addAllFunctions(model.getFunctionsList())
                .addAllOpsetImport(model.getOpsetImportList())
                .build();
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
    @Nullable
    Tensor value(String tensor) {
        Tensor value = values.get(tensor);
        return value != null
                ? value
                : weights(tensor)
                        .filter(OnnxWeights::isReadable)
                        .map(OnnxWeights::of)
                        .orElse(null);
    }

    /** Returns the node that computes a tensor; none for inputs, weights and constants. */
    Optional<NodeProto> maker(String tensor) {
        return Optional.ofNullable(makers.get(tensor));
    }

    Optional<TensorProto> weights(String name) {
        return Optional.ofNullable(weights.get(name));
    }

    /** Returns the initializers and the constants. */
    Collection<TensorProto> weights() {
        return weights.values();
    }

    /**
     * Returns the tensors that a node reads, without weights and omitted inputs. In place of a tensor whose numbers
     * Java cannot hold, such as a sequence, it returns those from which that tensor is computed.
     */
    List<String> reads(NodeProto node) {
        return reads(through(node, failed), name -> values.containsKey(name) || failed.contains(name));
    }

    /** Returns a node and, before it, the nodes that compute tensors that it reads and whose numbers are not known. */
    List<NodeProto> unit(NodeProto node) {
        return through(node, Set.of());
    }

    /** Returns the tensors whose numbers are known and that some nodes read, without weights. */
    List<String> known(List<NodeProto> some) {
        return reads(some, values::containsKey);
    }

    private List<String> reads(List<NodeProto> some, Predicate<String> wanted) {
        return some.stream()
                .flatMap(node -> NodeReads.of(node).stream())
                .filter(name -> wanted.test(name) && !weights.containsKey(name))
                .distinct()
                .toList();
    }

    private List<NodeProto> through(NodeProto last, Set<String> ends) {
        Set<NodeProto> found = new HashSet<>();
        Deque<NodeProto> next = new ArrayDeque<>(List.of(last));
        while (!next.isEmpty()) {
            NodeProto node = next.remove();
            if (found.add(node)) {
                NodeReads.of(node).stream()
                        .filter(name -> !values.containsKey(name) && !ends.contains(name))
                        .flatMap(name -> maker(name).stream())
                        .forEach(next::add);
            }
        }
        return found.size() == 1
                ? List.of(last)
                : nodes().stream().filter(found::contains).toList();
    }
}
