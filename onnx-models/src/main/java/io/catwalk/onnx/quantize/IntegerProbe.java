package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gets the whole numbers that a runtime computes for a file in 8 bits: with a second file, which returns them as 32-bit
 * floats in one output and is otherwise the same, so that a runtime fuses the same nodes into the same kernels.
 */
public final class IntegerProbe {

    /** Operators that move numbers or select among them, and so compute no new ones. */
    private static final Set<String> EXACT = Set.of(
            "Clip",
            "Dropout",
            "Flatten",
            "Identity",
            "MaxPool",
            "Relu",
            "Reshape",
            "Slice",
            "Squeeze",
            "Transpose",
            "Unsqueeze");

    private static final Set<String> MOVES = Set.of("Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");

    private static final Set<String> PAIR = Set.of("QuantizeLinear", "DequantizeLinear");

    private static final int IMAGE_AXES = 4;

    private final byte[] bytes;
    private final List<IntegerTensor> tensors;

    private IntegerProbe(byte[] bytes, List<IntegerTensor> tensors) {
        this.bytes = bytes;
        this.tensors = List.copyOf(tensors);
    }

    /**
     * Creates the second file.
     *
     * @param file an ONNX file that takes float images, (batch, ...), and has pairs of QuantizeLinear and
     *     DequantizeLinear
     * @return the probe; empty if the file rounds no tensor to whole numbers image by image: it is in floats, or in a
     *     form whose scales are computed at run time
     * @throws OnnxFileException if it is missing, damaged, larger than 2 GB, or ONNX Runtime does not accept it
     */
    public static Optional<IntegerProbe> of(Path file) {
        return of(OnnxRunner.read(file));
    }

    /**
     * Creates the second file from one that takes images of any size, for images of one size.
     *
     * @param file an ONNX file that takes float images, (batch, channels, height, width), and has pairs of
     *     QuantizeLinear and DequantizeLinear
     * @param height rows of an image, in pixels, where the file leaves them open; at least 1
     * @param width columns of an image, in pixels, where the file leaves them open; at least 1
     * @return the probe, whose images have a fixed size; empty as in {@link #of(Path)}
     * @throws OnnxFileException as {@link #of(Path)}, or if the file cannot run on images of this size
     */
    public static Optional<IntegerProbe> of(Path file, int height, int width) {
        return of(sized(OnnxRunner.read(file), height, width));
    }

    private static Optional<IntegerProbe> of(ModelProto model) {
        GraphProto graph = model.getGraph();
        Wiring wiring = new Wiring(graph);
        List<NodeProto> rounding = graph.getNodeList().stream()
                .filter(node -> Protos.is(node, "QuantizeLinear"))
                .filter(node -> wiring.fixed(node.getInput(0)).isEmpty())
                .toList();
        if (rounding.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> sizes =
                sizes(model, rounding.stream().map(node -> node.getOutput(0)).toList());
        List<IntegerTensor> tensors = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (NodeProto node : rounding) {
            Integer size = sizes.get(node.getOutput(0));
            if (size != null) {
                tensor(graph, wiring, known, node, size).ifPresent(tensors::add);
                tensors.forEach(tensor -> known.add(tensor.name()));
            }
        }
        return tensors.isEmpty()
                ? Optional.empty()
                : Optional.of(new IntegerProbe(giving(model, tensors).toByteArray(), tensors));
    }

    /** Fixes the size of images, (batch, channels, height, width), where it is open. */
    private static ModelProto sized(ModelProto model, int height, int width) {
        ModelProto.Builder changed = model.toBuilder();
        for (ValueInfoProto.Builder input : changed.getGraphBuilder().getInputBuilderList()) {
            if (input.getType().getTensorType().getShape().getDimCount() == IMAGE_AXES) {
                TensorShapeProto.Builder shape =
                        input.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
                fix(shape.getDimBuilder(IMAGE_AXES - 2), height);
                fix(shape.getDimBuilder(IMAGE_AXES - 1), width);
            }
        }
        return changed.build();
    }

    private static void fix(Dimension.Builder axis, int size) {
        if (axis.getDimValue() <= 0) { // 0 stands for one that has only a name, or nothing
            axis.setDimValue(size);
        }
    }

    /**
     * Walks back to the whole numbers, or the input, from which a tensor is computed. A tensor that only moves them is
     * left out.
     */
    private static Optional<IntegerTensor> tensor(
            GraphProto graph, Wiring wiring, Set<String> known, NodeProto rounding, int size) {
        Set<NodeProto> between = new HashSet<>();
        Set<String> sources = new LinkedHashSet<>();
        boolean fromBytes = true;
        List<String> open = new ArrayList<>(List.of(rounding.getInput(0)));
        for (int i = 0; i < open.size(); i++) {
            String tensor = open.get(i);
            NodeProto maker = wiring.maker(tensor).orElse(null);
            if (known.contains(tensor)) {
                sources.add(tensor);
            } else if (maker == null) {
                fromBytes &= tensor.isEmpty() || wiring.fixed(tensor).isPresent();
            } else if (between.add(maker)) {
                open.addAll(maker.getInputList());
            }
        }
        List<NodeProto> made = graph.getNodeList().stream()
                .filter(between::contains)
                .filter(node -> !PAIR.contains(node.getOpType()))
                .toList();
        List<NodeProto> makers =
                made.stream().filter(node -> !EXACT.contains(node.getOpType())).toList();
        if (!sources.isEmpty() && made.stream().allMatch(node -> MOVES.contains(node.getOpType()))) {
            return Optional.empty();
        }
        List<String> named = (makers.isEmpty() ? made : makers)
                .stream().map(node -> node.getOpType() + " " + node.getName()).toList();
        return Optional.of(new IntegerTensor(
                rounding.getOutput(0), named, List.copyOf(sources), fromBytes && makers.size() <= 1, size));
    }

    /** Counts the numbers for each image in the tensors whose first axis is that of the images. */
    private static Map<String, Integer> sizes(ModelProto model, List<String> names) {
        Map<String, Integer> sizes = new HashMap<>();
        try (OnnxRunner runner = OnnxRunner.watching(
                model.toByteArray(),
                Set.copyOf(names),
                OnnxOptions.standard().withOptimization(OptimizationLevel.NONE))) {
            // A tensor with another first axis may by chance have as many rows as images, but not for two image counts.
            for (int images : new int[] {2, 3}) {
                Map<String, Tensor> given = new LinkedHashMap<>();
                long batch = images;
                for (TensorInfo input : runner.inputs()) {
                    long[] shape = input.axes().orElseThrow().stream()
                            .mapToLong(axis -> axis.isOpen() ? images : axis.size())
                            .toArray();
                    batch = shape[0];
                    given.put(input.name(), zeros(input, shape));
                }
                Map<String, Integer> some = new HashMap<>();
                for (Map.Entry<String, Tensor> answer : runner.run(given).entrySet()) {
                    long[] shape = answer.getValue().shape();
                    if (shape.length > 0 && shape[0] == batch) {
                        some.put(
                                answer.getKey(),
                                Math.toIntExact(answer.getValue().size() / batch));
                    }
                }
                if (images == 2) {
                    sizes.putAll(some);
                } else {
                    sizes.entrySet().removeIf(entry -> !entry.getValue().equals(some.get(entry.getKey())));
                }
            }
        }
        return sizes;
    }

    private static Tensor zeros(TensorInfo input, long[] shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return Tensor.of(
                input.type(),
                ByteBuffer.allocate(Math.toIntExact(count * input.type().bytes())),
                shape);
    }

    private static ModelProto giving(ModelProto model, List<IntegerTensor> tensors) {
        GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput();
        Names names = Preparation.names(model.getGraph());
        String rows = names.fresh("rows");
        graph.addInitializer(
                Protos.tensor(rows, DataType.INT64, ByteString.copyFrom(Initializer.bytes(0L, -1L)), List.of(2L)));
        NodeProto.Builder all =
                Protos.node("Concat", List.of(), names.fresh("integers")).addAttribute(Protos.attribute("axis", 1));
        for (IntegerTensor tensor : tensors) {
            String floats = names.fresh(tensor.name() + ".floats");
            String row = names.fresh(tensor.name() + ".row");
            AttributeProto to = Protos.attribute("to", DataType.FLOAT_VALUE);
            graph.addNode(Protos.node("Cast", List.of(tensor.name()), floats).addAttribute(to));
            graph.addNode(Protos.node("Reshape", List.of(floats, rows), row));
            all.addInput(row);
        }
        graph.addNode(all);
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(all.getOutput(0))
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(DataType.FLOAT_VALUE)
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(batch(model.getGraph()))
                                        .addDim(Dimension.newBuilder()
                                                .setDimValue(tensors.stream()
                                                        .mapToInt(IntegerTensor::numbers)
                                                        .sum()))))));
        return model.toBuilder().setGraph(graph).clearMetadataProps().build(); // they describe the classes
    }

    private static Dimension batch(GraphProto graph) {
        Set<String> fixed = new LinkedHashSet<>();
        graph.getInitializerList().forEach(tensor -> fixed.add(tensor.getName()));
        return graph.getInputList().stream()
                .filter(input -> !fixed.contains(input.getName()))
                .map(input -> input.getType().getTensorType().getShape().getDim(0))
                .findFirst()
                .orElse(Dimension.getDefaultInstance());
    }

    /**
     * Returns the second file.
     *
     * @return content of an ONNX file, whose output is (batch, {@link #numbers}): the whole numbers of each image,
     *     tensor after tensor; not a copy
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Describes the tensors in the output of the second file.
     *
     * @return tensors in the order of the output; those that only move the numbers of another are left out, as are
     *     those whose first axis is not that of the images
     */
    public List<IntegerTensor> tensors() {
        return tensors;
    }

    /**
     * Returns how many whole numbers the second file returns for each image.
     *
     * @return number of whole numbers
     */
    public int numbers() {
        return tensors.stream().mapToInt(IntegerTensor::numbers).sum();
    }

    /**
     * Tells whether a runtime returned whole numbers. A runtime that holds them in another form than the file may not.
     *
     * @param found its output for the second file
     * @return whether each is a whole number of 8 or 16 bits
     */
    public static boolean areWhole(float[] found) {
        for (float number : found) {
            if (!(number >= Short.MIN_VALUE && number <= Character.MAX_VALUE && number == Math.rint(number))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Compares the outputs of two runtimes for the second file.
     *
     * @param expected (images, {@link #numbers}), row-major
     * @param found the same from the other runtime
     * @param images number of images; at least 1
     * @return where they differ, and where the differences begin
     * @throws IllegalArgumentException if an array has another length, or {@link #areWhole} does not hold
     */
    public IntegerParity compare(float[] expected, float[] found, int images) {
        return IntegerParity.of(tensors, expected, found, images);
    }
}
