package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.quantize.CalibrationMethod.Observed;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Quantizes an ONNX file from any program to 8 bits: its convolutions, matrix products and LSTMs with fixed weights of
 * 32-bit floats, and the nodes between them. Batch norms are folded into the weights before them. Does not need DJL.
 *
 * <pre>{@code
 * CalibratedModel model = OnnxQuantization.of(Path.of("resnet.onnx")).calibrated(batches);
 * Files.write(Path.of("resnet.int8.onnx"), model.quantized(CalibrationMethod.ENTROPY, Set.of()).bytes());
 * }</pre>
 */
public final class OnnxQuantization {

    /** The first operator set whose DequantizeLinear supports a scale for each channel. */
    public static final int OLDEST_OPSET = 13;

    /** The newest operator set that is tested. */
    public static final int NEWEST_OPSET = 21;

    private static final Pattern IN_BYTES =
            Pattern.compile("(Dynamic)?(Quantize|Dequantize).*|QLinear.*|.*Integer(ToFloat)?|QGemm|QAttention");

    private final Path file;
    private final ModelProto model;
    private final WeightRange weights;

    private OnnxQuantization(Path file, ModelProto model, WeightRange weights) {
        this.file = file;
        this.model = model;
        this.weights = weights;
    }

    /**
     * Reads a file. Its weights will be in {@link WeightRange#REDUCED}, with which every processor computes the same
     * results.
     *
     * @param file an ONNX file with operator set 13 to 21, of at most 2 GB with its weights
     * @return the file, to be calibrated
     * @throws OnnxFileException if it is missing or damaged, ONNX Runtime does not accept it, it is in 8 bits already,
     *     its weights hold NaN or an infinity that would have to be quantized, or nothing in it can be quantized
     */
    public static OnnxQuantization of(Path file) {
        OnnxRunner.open(file, OnnxOptions.standard().withOptimization(OptimizationLevel.NONE))
                .close(); // throws if something is wrong with it
        ModelProto model = ModelFile.read(file).whole();
        checkOpset(file, model);
        checkFloat(file, model.getGraph());
        checkWeights(file, model.getGraph());
        ModelProto prepared = model.toBuilder()
                .setGraph(GraphPreparation.prepared(model.getGraph()))
                .build();
        checkWeights(file, prepared.getGraph()); // now including those that had 16 bits
        OnnxQuantization quantization = new OnnxQuantization(file, prepared, WeightRange.REDUCED);
        if (quantization.nodes().isEmpty()) {
            throw new OnnxFileException(
                    file,
                    "a Conv, Gemm, MatMul or LSTM with fixed weights of 32-bit floats",
                    "none",
                    "export it with 32-bit floats and its weights as initializers");
        }
        checkFinite(file, prepared.getGraph());
        return quantization;
    }

    /**
     * Returns a copy with another range of the weights.
     *
     * @param range how many of the 8 bits weights use
     */
    public OnnxQuantization withWeights(WeightRange range) {
        return new OnnxQuantization(file, model, range);
    }

    /**
     * Lists the names of convolutions, matrix products and LSTMs that can compute in 8 bits, in the order of the graph.
     */
    public List<String> nodes() {
        QuantizationPlacement placement = new QuantizationPlacement(model.getGraph(), Set.of());
        Predicate<NodeProto> can =
                node -> placement.linear(node).isPresent() || DynamicLstm.is(node, placement.index());
        return model.getGraph().getNodeList().stream()
                .filter(can)
                .map(NodeProto::getName)
                .toList();
    }

    /**
     * Runs the file on typical images and observes the ranges of its tensors. Use training images, never test images.
     *
     * @param batches inputs by name, as the file takes them. They are iterated now, and once more when a method first
     *     needs more than the ends of a range; both times they must give the same images. All float tensors of one
     *     batch are in memory together
     * @return the model, to be quantized
     * @throws IllegalArgumentException if there are no batches, or they do not fit the inputs of the file
     * @throws OnnxFileException if ONNX Runtime cannot run it, or a tensor whose range is observed holds NaN or an
     *     infinity
     */
    public CalibratedModel calibrated(Iterable<Map<String, Tensor>> batches) {
        Set<String> tensors = new QuantizationPlacement(model.getGraph(), Set.of()).candidates();
        return new CalibratedModel(model, weights, nodes(), new Observer(file, model, tensors).observe(batches));
    }

    private static void checkOpset(Path file, ModelProto model) {
        long opset = model.getOpsetImportList().stream()
                .filter(set -> Protos.isOnnx(set.getDomain()))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(0);
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            throw new OnnxFileException(
                    file,
                    "operator set " + OLDEST_OPSET + " to " + NEWEST_OPSET + " for 8 bits",
                    Long.toString(opset),
                    "export it with opset 17 (in Python: onnx.version_converter.convert_version(model, 17))");
        }
    }

    private static void checkFloat(Path file, GraphProto graph) {
        graph.getNodeList().stream()
                .filter(node -> IN_BYTES.matcher(node.getOpType()).matches())
                .findFirst()
                .ifPresent(node -> {
                    throw new OnnxFileException(
                            file,
                            "a model in floats",
                            node.getOpType() + " " + node.getName() + ", so it is in 8 bits already",
                            "quantize the float file that it came from");
                });
    }

    /** Infinities elsewhere are allowed, as in attention masks; in a weight or bias they cannot be quantized. */
    private static void checkFinite(Path file, GraphProto graph) {
        QuantizationPlacement placement = new QuantizationPlacement(graph, Set.of());
        for (NodeProto node : graph.getNodeList()) {
            Stream<TensorProto> weights = DynamicLstm.is(node, placement.index())
                    ? DynamicLstm.weights(node, placement.index()).stream()
                    : placement.linear(node).stream().flatMap(LinearNode::fixed);
            if (!weights.allMatch(Protos::isFinite)) {
                throw new OnnxFileException(
                        file,
                        "finite weights in " + node.getOpType() + " " + node.getName(),
                        "an infinity",
                        "train again with a lower learning rate and export the result");
            }
        }
    }

    private static void checkWeights(Path file, GraphProto graph) {
        for (TensorProto tensor : graph.getInitializerList()) {
            if (Protos.isFloat(tensor)
                    && OnnxWeights.isNanIn(
                            TensorType.FLOAT, OnnxWeights.of(tensor).buffer())) {
                throw new OnnxFileException(
                        file,
                        "numbers as weights",
                        "NaN in tensor " + tensor.getName(),
                        "train again with a lower learning rate and export the result");
            }
        }
    }

    /** Runs a float model without optimizations, and observes the numbers in its tensors. */
    private record Observer(Path file, ModelProto model, Set<String> tensors) {

        /**
         * Runs all batches to find the ranges, and once more when a histogram is first requested.
         *
         * @param batches inputs by name; must give the same batches each time
         * @throws IllegalArgumentException if there is no batch, or one does not fit the inputs
         * @throws OnnxFileException if ONNX Runtime cannot run the model, or a tensor holds NaN or an infinity
         */
        Map<String, Observed> observe(Iterable<Map<String, Tensor>> batches) {
            Map<String, Range> seen = new HashMap<>();
            int count = each(batches, (name, numbers) -> seen.merge(name, range(name, numbers), Observer::union));
            if (count == 0 || (seen.isEmpty() && !tensors.isEmpty())) {
                throw new IllegalArgumentException("expected calibration images, found none");
            }
            Map<String, Histogram> counted = new HashMap<>();
            Map<String, Observed> observed = new HashMap<>();
            seen.forEach((name, range) -> observed.put(
                    name,
                    new Observed(range, () -> counted(counted, seen, batches).get(name))));
            return observed;
        }

        private Map<String, Histogram> counted(
                Map<String, Histogram> counted, Map<String, Range> seen, Iterable<Map<String, Tensor>> batches) {
            if (counted.isEmpty()) {
                Map<String, Histogram> counting = new HashMap<>(); // is dropped if a batch fails
                seen.forEach((name, range) -> counting.put(name, new Histogram(range.largest())));
                each(batches, (name, numbers) -> {
                    Histogram histogram = counting.get(name);
                    if (histogram != null) {
                        histogram.add(numbers);
                    }
                });
                counted.putAll(counting);
            }
            return counted;
        }

        /** Returns how many batches there were. */
        private int each(Iterable<Map<String, Tensor>> batches, BiConsumer<String, float[]> look) {
            Set<String> given = model.getGraph().getInputList().stream()
                    .map(ValueInfoProto::getName)
                    .collect(Collectors.toSet());
            Set<String> made = new HashSet<>(tensors);
            model.getGraph()
                    .getOutputList()
                    .forEach(output -> made.add(output.getName())); // so that there is at least one
            made.removeAll(given);
            OnnxOptions asWritten = OnnxOptions.standard().withOptimization(OptimizationLevel.NONE);
            int count = 0;
            try (OnnxRunner runner = OnnxRunner.watching(model.toByteArray(), made, asWritten)) {
                for (Map<String, Tensor> batch : batches) {
                    count++;
                    Map<String, Tensor> answers = runner.run(batch);
                    for (String name : tensors) {
                        Tensor tensor = given.contains(name) ? batch.get(name) : answers.get(name);
                        if (tensor != null && tensor.size() > 0) {
                            float[] numbers = new float[tensor.size()];
                            tensor.buffer().asFloatBuffer().get(numbers);
                            look.accept(name, numbers);
                        }
                    }
                }
            }
            return count;
        }

        private Range range(String name, float[] numbers) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (float number : numbers) {
                low = Math.min(low, number); // NaN, once NaN
                high = Math.max(high, number);
            }
            if (!Float.isFinite(low) || !Float.isFinite(high)) {
                throw new OnnxFileException(
                        file,
                        "finite numbers in the tensor " + name,
                        Float.isNaN(low) ? "NaN" : "an infinity",
                        "look at the images and their normalization, or train again with a lower learning rate");
            }
            return new Range(low, high);
        }

        private static Range union(Range one, Range other) {
            return new Range(Math.min(one.low(), other.low()), Math.max(one.high(), other.high()));
        }
    }
}
