package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.graph.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Rewrites a graph to 8 bits with pairs of QuantizeLinear and DequantizeLinear, which runtimes fuse with the nodes
 * between them. A tensor that is dequantized keeps its name, so that the nodes that read it stay unchanged.
 */
final class QdqRewriting {

    private final QuantizationPlacement placement;
    private final Function<String, Range> ranges;
    private final WeightRange weightRange;
    private final Names names;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> fixed = new ArrayList<>();
    private final Map<String, Scale> scales = new HashMap<>();
    private final Map<String, String> beside = new HashMap<>();

    private QdqRewriting(
            GraphProto graph,
            QuantizationPlacement placement,
            Function<String, Range> ranges,
            WeightRange weightRange) {
        this.placement = placement;
        this.ranges = ranges;
        this.weightRange = weightRange;
        names = GraphPreparation.names(graph);
    }

    static GraphProto rewritten(
            GraphProto graph,
            QuantizationPlacement placement,
            Function<String, Range> ranges,
            WeightRange weightRange) {
        QdqRewriting rewriting = new QdqRewriting(graph, placement, ranges, weightRange);
        Set<String> absorbed = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            boolean bytes = placement.computesInBytes(node);
            if (absorbed.contains(node.getName())) {
                continue;
            }
            if (bytes && placement.isMadeInBytes(placement.result(node))) {
                placement.absorbed(node).ifPresent(after -> absorbed.add(after.getName()));
            }
            if (bytes) {
                rewriting.write(node);
            } else {
                rewriting.nodes.add(node);
            }
        }
        return Protos.withoutUnused(graph.toBuilder()
                .clearNode()
                .addAllNode(rewriting.nodes)
                .addAllInitializer(rewriting.fixed)
                .build());
    }

    private void write(NodeProto node) {
        NodeProto.Builder changed = node.toBuilder();
        LinearNode linear = placement.linear(node).orElse(null);
        if (linear != null) {
            changed.setInput(0, dequantized(node.getInput(0)));
            writeWeights(linear, changed);
        } else {
            for (int i = 0; i < node.getInputCount(); i++) {
                String input = node.getInput(i);
                placement.index().fixedFloats(input).ifPresent(this::fixOperand);
                if (beside.containsKey(input)) {
                    changed.setInput(i, dequantized(input));
                }
            }
        }
        String result = placement.result(node);
        if (!placement.isMadeInBytes(result)) {
            nodes.add(changed.build());
            return;
        }
        String before = names.fresh(result + ".real");
        nodes.add(changed.setOutput(0, before).build());
        quantizeAndBack(before, result, scale(result), result);
    }

    private Scale scale(String tensor) {
        return scales.computeIfAbsent(placement.scaledAs(tensor), root -> Scale.of(ranges.apply(root)));
    }

    /**
     * Returns the name by which nodes in bytes read a tensor; a tensor that is computed in floats is also quantized.
     */
    private String dequantized(String tensor) {
        if (placement.isMadeInBytes(tensor)) {
            return tensor;
        }
        String known = beside.get(tensor);
        if (known != null) {
            return known;
        }
        String name = names.fresh(tensor + ".dequantized");
        beside.put(tensor, name);
        quantizeAndBack(tensor, name, scale(tensor), tensor);
        return name;
    }

    private void quantizeAndBack(String from, String to, Scale scale, String hint) {
        String bytes = names.fresh(hint + ".bytes");
        String step = fix(hint + ".step", new float[] {scale.step()}, List.of());
        String zero = fix(hint + ".zero", DataType.UINT8, new byte[] {(byte) scale.zeroPoint()}, List.of());
        add("QuantizeLinear", List.of(from, step, zero), bytes);
        add("DequantizeLinear", List.of(bytes, step, zero), to);
    }

    /** Quantizes a fixed operand of an Add or Mul, with a scale of its own. */
    private void fixOperand(TensorProto operand) {
        if (beside.containsKey(operand.getName())) {
            return;
        }
        float[] numbers = Protos.floats(operand);
        Scale scale = Scale.of(Range.of(numbers));
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) scale.quantized(numbers[i]);
        }
        String hint = operand.getName();
        String name = names.fresh(hint + ".dequantized");
        beside.put(hint, name);
        String step = fix(hint + ".step", new float[] {scale.step()}, List.of());
        String zero = fix(hint + ".zero", DataType.UINT8, new byte[] {(byte) scale.zeroPoint()}, List.of());
        String held = fix(hint + ".bytes", DataType.UINT8, bytes, operand.getDimsList());
        add("DequantizeLinear", List.of(held, step, zero), name);
    }

    private void writeWeights(LinearNode linear, NodeProto.Builder node) {
        Scale input = scale(linear.node().getInput(0));
        float[] bias = linear.bias().map(Protos::floats).orElse(new float[0]);
        ChannelWeights weights = ChannelWeights.of(
                Protos.floats(linear.weights()), linear.channels(), linear.inner(), bias, input.step(), weightRange);
        List<Long> channels = List.of((long) linear.channels());
        String hint = linear.weights().getName();
        String held = fix(
                hint + ".bytes",
                DataType.INT8,
                weights.values(),
                linear.weights().getDimsList());
        String steps = fix(hint + ".steps", weights.scales(), channels);
        String zeros = fix(hint + ".zeros", DataType.INT8, new byte[linear.channels()], channels);
        node.setInput(1, names.fresh(hint + ".dequantized"));
        addAlong(linear.axis(), List.of(held, steps, zeros), node.getInput(1));
        if (linear.bias().isPresent()) {
            float[] biasScales = new float[bias.length];
            for (int i = 0; i < biasScales.length; i++) {
                biasScales[i] = ChannelWeights.biasScale(input.step(), weights.scales()[i]);
            }
            String biasHint = linear.bias().get().getName();
            String whole = fix(biasHint + ".int32", DataType.INT32, Protos.bytes(weights.bias()), channels);
            String biasZeros = fix(biasHint + ".zeros", DataType.INT32, Protos.bytes(new int[bias.length]), channels);
            node.setInput(2, names.fresh(biasHint + ".dequantized"));
            addAlong(0, List.of(whole, fix(biasHint + ".steps", biasScales, channels), biasZeros), node.getInput(2));
        }
    }

    private String fix(String hint, float[] numbers, List<Long> shape) {
        String name = names.fresh(hint);
        fixed.add(Protos.tensor(name, numbers, shape));
        return name;
    }

    private String fix(String hint, DataType type, byte[] data, List<Long> shape) {
        return fix(hint, type, ByteString.copyFrom(data), shape);
    }

    private String fix(String hint, DataType type, ByteString data, List<Long> shape) {
        String name = names.fresh(hint);
        fixed.add(Protos.tensor(name, type, data, shape));
        return name;
    }

    private void add(String operator, List<String> inputs, String output) {
        nodes.add(Protos.node(operator, inputs, output).build());
    }

    private void addAlong(int axis, List<String> inputs, String output) {
        nodes.add(Protos.node("DequantizeLinear", inputs, output)
                .addAttribute(Protos.attribute("axis", axis))
                .build());
    }

    /**
     * Maps real numbers to unsigned bytes: {@code real = step * (byte - zeroPoint)}. Zero has its own byte, so that padding
     * and the zeros of a Relu stay exact.
     *
     * @param step distance between the numbers of neighboring bytes; above 0
     * @param zeroPoint byte of zero, 0 to 255
     */
    record Scale(float step, int zeroPoint) {

        static final int LEVELS = 255;

        /** Checks both numbers against their ranges. */
        Scale {
            if (!(step > 0) || !Float.isFinite(step) || zeroPoint < 0 || zeroPoint > LEVELS) {
                throw new IllegalArgumentException("expected a step above 0 and a zero point of 0 to 255, but found "
                        + step + " and " + zeroPoint);
            }
        }

        /**
         * Covers a range with the 256 values of a byte, as ONNX does in DynamicQuantizeLinear: the range is widened to hold
         * zero.
         *
         * @return the scale, with step 1 if the range holds only zero
         */
        static Scale of(Range range) {
            double low = Math.min(0, range.low());
            double high = Math.max(0, range.high());
            double step = (high - low) / LEVELS;
            return (float) step > 0 ? new Scale((float) step, (int) Math.rint(-low / step)) : new Scale(1, 0);
        }

        /** Quantizes a number: rounds half to even, and cuts off at 0 and 255. */
        int quantized(float real) {
            return (int) Math.max(0, Math.min(LEVELS, Math.rint(real / step) + zeroPoint));
        }
    }
}
