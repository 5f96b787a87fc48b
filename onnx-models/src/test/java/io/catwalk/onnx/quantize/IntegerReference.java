package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs files of quantize and dequantize pairs in whole numbers, as simply as possible, by the ONNX specification alone.
 * It supports Conv, Gemm, MatMul, MaxPool and Reshape to two axes.
 */
final class IntegerReference {

    /** Whole numbers and the real numbers that they represent: {@code real = steps[channel] * (number - zero)}. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Bytes(long[] numbers, int[] shape, float[] steps, int zero) {}

    private final Map<String, Bytes> bytes = new HashMap<>();
    private final Map<String, float[]> reals = new HashMap<>();
    private final Map<String, int[]> shapes = new HashMap<>();

    private IntegerReference() {}

    private Bytes held(String name) {
        return Objects.requireNonNull(bytes.get(name), name);
    }

    private float[] floats(String name) {
        return Objects.requireNonNull(reals.get(name), name);
    }

    private int[] shape(String name) {
        return Objects.requireNonNull(shapes.get(name), name);
    }

    /** Returns the output. */
    static float[] run(ModelProto model, float[] input, int... shape) {
        return computed(model, input, shape).real(model.getGraph().getOutput(0).getName());
    }

    /** Returns the whole numbers of a tensor, row-major. */
    static long[] integers(ModelProto model, String tensor, float[] input, int... shape) {
        return computed(model, input, shape).held(tensor).numbers();
    }

    private static IntegerReference computed(ModelProto model, float[] input, int... shape) {
        GraphProto graph = model.getGraph();
        IntegerReference reference = new IntegerReference();
        reference.reals.put(graph.getInput(0).getName(), input);
        reference.shapes.put(graph.getInput(0).getName(), shape);
        for (TensorProto tensor : graph.getInitializerList()) {
            reference.fix(tensor);
        }
        graph.getNodeList().forEach(reference::compute);
        return reference;
    }

    private void fix(TensorProto tensor) {
        int[] shape = tensor.getDimsList().stream().mapToInt(Long::intValue).toArray();
        shapes.put(tensor.getName(), shape);
        ByteBuffer data = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        long[] numbers = new long[count];
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            switch (tensor.getDataType()) {
                case TensorProto.DataType.FLOAT_VALUE -> floats[i] = data.getFloat();
                case TensorProto.DataType.UINT8_VALUE -> numbers[i] = data.get() & 0xff;
                case TensorProto.DataType.INT8_VALUE -> numbers[i] = data.get();
                case TensorProto.DataType.INT32_VALUE -> numbers[i] = data.getInt();
                default -> numbers[i] = data.getLong();
            }
        }
        reals.put(tensor.getName(), floats);
        bytes.put(tensor.getName(), new Bytes(numbers, shape, new float[] {1}, 0));
    }

    private void compute(NodeProto node) {
        String output = node.getOutput(0);
        switch (node.getOpType()) {
            case "QuantizeLinear" -> quantize(node, output);
            case "DequantizeLinear" -> {
                Bytes held = held(node.getInput(0));
                int zero = (int) held(node.getInput(2)).numbers()[0];
                bytes.put(output, new Bytes(held.numbers(), held.shape(), floats(node.getInput(1)), zero));
                shapes.put(output, held.shape());
            }
            case "Conv" -> convolve(node, output);
            case "Gemm", "MatMul" -> multiply(node, output);
            case "MaxPool" -> pool(node, output);
            case "Reshape" -> {
                Bytes held = held(node.getInput(0));
                int batch = held.shape()[0];
                int[] shape = {batch, held.numbers().length / batch};
                bytes.put(output, new Bytes(held.numbers(), shape, held.steps(), held.zero()));
                shapes.put(output, shape);
            }
            default -> throw new IllegalArgumentException("no reference for " + node.getOpType());
        }
    }

    /** Operators that only move or select numbers need no floats: their bytes are passed on. */
    private void quantize(NodeProto node, String output) {
        float step = floats(node.getInput(1))[0];
        int zero = (int) held(node.getInput(2)).numbers()[0];
        String input = node.getInput(0);
        if (bytes.containsKey(input)) {
            if (held(input).steps()[0] != step) {
                throw new AssertionError("another scale behind a move: " + node.getName());
            }
            bytes.put(output, held(input));
            return;
        }
        float[] real = floats(input);
        long[] numbers = new long[real.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.max(0, Math.min(255, Math.round(Math.rint(real[i] / step)) + zero));
        }
        bytes.put(output, new Bytes(numbers, shape(input), new float[] {step}, zero));
    }

    /** Returns the floats of a tensor, or those that its bytes represent. */
    private float[] real(String name) {
        float[] known = reals.get(name);
        if (known != null) {
            return known;
        }
        Bytes held = held(name);
        float[] real = new float[held.numbers().length];
        for (int i = 0; i < real.length; i++) {
            real[i] = held.steps()[0] * (held.numbers()[i] - held.zero());
        }
        return real;
    }

    private void convolve(NodeProto node, String output) {
        Bytes x = held(node.getInput(0));
        Bytes w = held(node.getInput(1));
        int groups = (int) Protos.number(node, "group", 1);
        List<Long> strides = ints(node, "strides", List.of(1L, 1L));
        List<Long> pads = ints(node, "pads", List.of(0L, 0L, 0L, 0L));
        int filters = w.shape()[0];
        int channels = w.shape()[1];
        int[] size = new int[2];
        for (int i = 0; i < 2; i++) {
            size[i] =
                    (int) ((x.shape()[i + 2] + pads.get(i) + pads.get(i + 2) - w.shape()[i + 2]) / strides.get(i)) + 1;
        }
        int[] shape = {x.shape()[0], filters, size[0], size[1]};
        float[] made = new float[shape[0] * filters * size[0] * size[1]];
        for (int at = 0; at < made.length; at++) {
            int column = at % size[1];
            int row = at / size[1] % size[0];
            int filter = at / size[1] / size[0] % filters;
            int image = at / size[1] / size[0] / filters;
            long sum = node.getInputCount() > 2 ? held(node.getInput(2)).numbers()[filter] : 0;
            for (int c = 0; c < channels; c++) {
                int channel = filter / (filters / groups) * channels + c;
                for (int i = 0; i < w.shape()[2]; i++) {
                    for (int j = 0; j < w.shape()[3]; j++) {
                        int y = Math.toIntExact(row * strides.get(0) + i - pads.get(0));
                        int z = Math.toIntExact(column * strides.get(1) + j - pads.get(1));
                        if (y >= 0 && y < x.shape()[2] && z >= 0 && z < x.shape()[3]) {
                            int place = ((image * x.shape()[1] + channel) * x.shape()[2] + y) * x.shape()[3] + z;
                            int weight = ((filter * channels + c) * w.shape()[2] + i) * w.shape()[3] + j;
                            sum += (x.numbers()[place] - x.zero()) * w.numbers()[weight];
                        }
                    }
                }
            }
            made[at] = (float) sum * (x.steps()[0] * w.steps()[filter]);
        }
        reals.put(output, made);
        shapes.put(output, shape);
    }

    private void multiply(NodeProto node, String output) {
        Bytes x = held(node.getInput(0));
        Bytes w = held(node.getInput(1));
        boolean turned = Protos.number(node, "transB", 0) == 1;
        int depth = x.shape()[1];
        int columns = w.numbers().length / depth;
        float[] made = new float[x.shape()[0] * columns];
        for (int at = 0; at < made.length; at++) {
            int column = at % columns;
            long sum = node.getInputCount() > 2 ? held(node.getInput(2)).numbers()[column] : 0;
            for (int k = 0; k < depth; k++) {
                long weight = w.numbers()[turned ? column * depth + k : k * columns + column];
                sum += (x.numbers()[at / columns * depth + k] - x.zero()) * weight;
            }
            made[at] = (float) sum * (x.steps()[0] * w.steps()[column]);
        }
        reals.put(output, made);
        shapes.put(output, new int[] {x.shape()[0], columns});
    }

    /** Takes the largest number of each 2 x 2 block. */
    private void pool(NodeProto node, String output) {
        Bytes x = held(node.getInput(0));
        int height = x.shape()[2] / 2;
        int width = x.shape()[3] / 2;
        int[] shape = {x.shape()[0], x.shape()[1], height, width};
        long[] made = new long[shape[0] * shape[1] * height * width];
        for (int at = 0; at < made.length; at++) {
            int corner = at / width / height * x.shape()[2] * x.shape()[3]
                    + at / width % height * 2 * x.shape()[3]
                    + at % width * 2;
            int below = corner + x.shape()[3];
            made[at] = Math.max(
                    Math.max(x.numbers()[corner], x.numbers()[corner + 1]),
                    Math.max(x.numbers()[below], x.numbers()[below + 1]));
        }
        bytes.put(output, new Bytes(made, shape, x.steps(), x.zero()));
        shapes.put(output, shape);
    }

    private static List<Long> ints(NodeProto node, String name, List<Long> otherwise) {
        return Protos.attribute(node, name).map(found -> found.getIntsList()).orElse(otherwise);
    }
}
