package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.quantize.CalibrationMethod.Observed;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Holds a float model and the ranges of its tensors. */
public final class CalibratedModel {

    private static final int FEW_PRODUCTS = 64;

    private final ModelProto model;
    private final WeightRange weights;
    private final List<String> nodes;
    private final Map<String, Observed> observed;

    CalibratedModel(ModelProto model, WeightRange weights, List<String> nodes, Map<String, Observed> observed) {
        this.model = model;
        this.weights = weights;
        this.nodes = List.copyOf(nodes);
        this.observed = observed;
    }

    /**
     * Lists the names of convolutions, matrix products and LSTMs that can compute in 8 bits, in the order of the graph.
     */
    public List<String> nodes() {
        return nodes;
    }

    /**
     * Lists the nodes that are slower in 8 bits: convolutions of the input that add few products (below 64 for an
     * output, such as 3 x 3 pixels of up to 7 channels). In floats, ONNX Runtime computes them without first
     * rearranging the image for a matrix product; this rearranging takes longer than the product.
     *
     * @return some of {@link #nodes()}; empty if it would be all of them
     */
    public Set<String> fasterInFloat() {
        GraphIndex index = new GraphIndex(model.getGraph());
        Set<String> few = model.getGraph().getNodeList().stream()
                .filter(node -> index.maker(node.getInputCount() == 0 ? "" : node.getInput(0))
                        .isEmpty())
                .filter(node -> LinearNode.of(node, index)
                        .filter(linear -> linear.isConvolution() && linear.inner() < FEW_PRODUCTS)
                        .isPresent())
                .map(NodeProto::getName)
                .collect(Collectors.toSet());
        return few.size() == nodes.size() ? Set.of() : few;
    }

    /**
     * {@return the float model as it was calibrated, an ONNX file: batch norms are folded into weights, and it computes
     * the same as the file}
     */
    public byte[] floats() {
        return model.toByteArray();
    }

    /**
     * Returns the model in 8 bits. Metadata that is true of the float file alone is left out: its cross-check, its
     * metrics, and that its weights have 16 bits.
     *
     * @param method how ranges are derived from the observed numbers
     * @param leftInFloat some of {@link #nodes()}, which stay in float
     * @throws IllegalArgumentException if a name is not in {@link #nodes()}
     */
    public QuantizedModel quantized(CalibrationMethod method, Set<String> leftInFloat) {
        for (String name : leftInFloat) {
            if (!nodes.contains(name)) {
                throw new IllegalArgumentException(
                        "expected nodes to leave in float among " + nodes + ", found " + name);
            }
        }
        QuantizationPlacement placement = new QuantizationPlacement(model.getGraph(), leftInFloat);
        Set<String> inputs = model.getGraph().getInputList().stream()
                .map(ValueInfoProto::getName)
                .collect(Collectors.toSet());
        // Pixels have natural limits, and many lie at these limits: a method that cuts off outliers would cut them off.
        Function<String, Range> ranges = tensor -> (inputs.contains(tensor) ? CalibrationMethod.MIN_MAX : method)
                .range(Objects.requireNonNull(observed.get(tensor), tensor));
        GraphProto pooled = poolsFirst(model.getGraph(), placement);
        GraphProto graph =
                DynamicLstm.rewritten(QdqRewriting.rewritten(pooled, placement, ranges, weights), leftInFloat, weights);
        Set<String> inBytes = new HashSet<>(nodes);
        inBytes.removeAll(leftInFloat);
        return new QuantizedModel(
                withOwnMetadata(withOperatorSets(graph)).toByteArray(),
                nodes.stream().filter(inBytes::contains).toList(),
                inFloat(graph, placement, inBytes),
                graph.getNodeList().stream().anyMatch(DynamicLstm::isDone));
    }

    /**
     * Measures the noise that 8 bits in each node alone cause.
     *
     * @param method how ranges are derived from the observed numbers
     * @param batches inputs by name
     * @return the noise of each of {@link #nodes()}, the worst first
     */
    public List<NodeNoise> noise(CalibrationMethod method, Iterable<Map<String, Tensor>> batches) {
        SignalToNoise comparison = new SignalToNoise(floats(), batches);
        return nodes.stream()
                .map(node -> {
                    Set<String> others = new HashSet<>(nodes);
                    others.remove(node);
                    return new NodeNoise(
                            node, comparison.decibels(quantized(method, others).bytes()));
                })
                .sorted(Comparator.comparingDouble(NodeNoise::decibels))
                .toList();
    }

    private static ModelProto withOwnMetadata(ModelProto model) {
        List<StringStringEntryProto> own = model.getMetadataPropsList().stream()
                .filter(entry -> !isOfTheFloatFile(entry.getKey()))
                .toList();
        return model.toBuilder().clearMetadataProps().addAllMetadataProps(own).build();
    }

    private static boolean isOfTheFloatFile(String key) {
        return key.startsWith(MetadataKeys.PARITY)
                || key.startsWith(MetadataKeys.METRICS)
                || key.equals(MetadataKeys.WEIGHTS)
                || key.equals(MetadataKeys.WHOLE_WEIGHTS);
    }

    private ModelProto withOperatorSets(GraphProto graph) {
        ModelProto.Builder changed = model.toBuilder().setGraph(graph);
        boolean known = model.getOpsetImportList().stream()
                .anyMatch(set -> set.getDomain().equals(DynamicLstm.DOMAIN));
        if (!known && graph.getNodeList().stream().anyMatch(DynamicLstm::isDone)) {
            changed.addOpsetImport(OperatorSetIdProto.newBuilder()
                    .setDomain(DynamicLstm.DOMAIN)
                    .setVersion(1));
        }
        return changed.build();
    }

    private List<String> inFloat(GraphProto graph, QuantizationPlacement placement, Set<String> inBytes) {
        Set<String> computing = model.getGraph().getNodeList().stream()
                .filter(placement::computesInBytes)
                .map(NodeProto::getName)
                .collect(Collectors.toSet());
        List<String> named = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            boolean between = node.getOpType().equals("QuantizeLinear")
                    || node.getOpType().equals("DequantizeLinear");
            if (!between && !computing.contains(node.getName()) && !inBytes.contains(node.getName())) {
                named.add(node.getOpType() + " " + node.getName());
            }
        }
        return named;
    }

    /** Compares the outputs of models for the same inputs, as a signal-to-noise ratio in decibels. */
    private static final class SignalToNoise {

        private final List<Map<String, Tensor>> batches;
        private final List<Map<String, Tensor>> expected;

        SignalToNoise(byte[] reference, Iterable<Map<String, Tensor>> batches) {
            this.batches = new ArrayList<>();
            batches.forEach(this.batches::add);
            expected = answers(reference);
        }

        /**
         * Returns 20 log10(|x| / |x - y|) for the reference's outputs x and those of another model, y; negative infinity if
         * it is no number, since NaN is the worst of all answers.
         */
        double decibels(byte[] other) {
            List<Map<String, Tensor>> found = answers(other);
            double signal = 0;
            double noise = 0;
            for (int i = 0; i < expected.size(); i++) {
                for (Map.Entry<String, Tensor> output : expected.get(i).entrySet()) {
                    double[] x = output.getValue().toDoubles();
                    double[] y = Objects.requireNonNull(found.get(i).get(output.getKey()))
                            .toDoubles();
                    for (int j = 0; j < x.length; j++) {
                        signal += x[j] * x[j];
                        noise += (x[j] - y[j]) * (x[j] - y[j]);
                    }
                }
            }
            // 10, not 20, since both are sums of squares
            double decibels = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
            return Double.isNaN(decibels) ? Double.NEGATIVE_INFINITY : decibels;
        }

        private List<Map<String, Tensor>> answers(byte[] model) {
            try (OnnxRunner runner = OnnxRunner.open(model, OnnxOptions.standard())) {
                return batches.stream().map(runner::run).toList();
            }
        }
    }

    /**
     * Moves a Relu in floats after the MaxPool that reads it, which gives the same numbers, if these are quantized next.
     * ONNX Runtime moves a QuantizeLinear before a MaxPool, whose kernel for bytes is far slower than that for floats
     * unless it is between convolutions in bytes. It does not move one before a Relu.
     */
    private static GraphProto poolsFirst(GraphProto graph, QuantizationPlacement placement) {
        Names names = GraphPreparation.names(graph);
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            Optional<NodeProto> relu = reluBefore(node, placement);
            if (relu.isEmpty()) {
                nodes.add(node);
            } else {
                String pooled = names.fresh(node.getOutput(0) + ".pooled");
                nodes.remove(relu.get());
                nodes.add(node.toBuilder()
                        .setInput(0, relu.get().getInput(0))
                        .setOutput(0, pooled)
                        .build());
                nodes.add(relu.get().toBuilder()
                        .setInput(0, pooled)
                        .setOutput(0, node.getOutput(0))
                        .build());
            }
        }
        return graph.toBuilder().clearNode().addAllNode(nodes).build();
    }

    private static Optional<NodeProto> reluBefore(NodeProto node, QuantizationPlacement placement) {
        boolean pool = Protos.is(node, "MaxPool")
                && node.getOutputCount() == 1
                && !placement.computesInBytes(node)
                && placement.isReadAsBytes(node.getOutput(0));
        return !pool
                ? Optional.empty()
                : placement
                        .index()
                        .maker(node.getInput(0))
                        .filter(before -> Protos.is(before, "Relu"))
                        .filter(before -> placement
                                .index()
                                .onlyReader(before.getOutput(0))
                                .isPresent());
    }
}
