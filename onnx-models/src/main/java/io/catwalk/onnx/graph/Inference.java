package io.catwalk.onnx.graph;

import static io.catwalk.onnx.graph.OperatorTypes.put;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Infers the types and shapes of an operator's outputs, from the ONNX specification alone. Results of the traced engine
 * are not used, so that the two can be compared.
 */
public final class Inference {

    /** Type and shape of one output of an operator. */
    public record Made(TensorType type, TensorShape shape) {}

    /** Infers the outputs of one operator. */
    @FunctionalInterface
    interface Rule {
        List<Made> infer(Operands operands);
    }

    /** Holds what a rule may use. */
    record Operands(List<Value> inputs, Attributes attributes, int outputs) {

        TensorShape shape(int input) {
            return inputs.get(input).shape();
        }

        TensorType type(int input) {
            return inputs.get(input).type();
        }

        boolean has(int input) {
            return input < inputs.size() && !inputs.get(input).isOmitted();
        }

        List<Dim> contents(int input) {
            return inputs.get(input).knownContents();
        }

        long[] numbers(int input) {
            return contents(input).stream()
                    .mapToLong(dim -> dim.fixed(inputs.get(input).name()))
                    .toArray();
        }

        long attribute(String name, long otherwise) {
            return attributes.number(name, otherwise);
        }

        /** Returns one output of the given shape, with the type of the first input. */
        List<Made> alike(TensorShape shape) {
            return List.of(new Made(type(0), shape));
        }
    }

    private static final Map<String, Rule> RULES = rules();

    private Inference() {}

    /**
     * Infers the outputs of an operator.
     *
     * @throws ExportException if the operator has no rule, or its inputs do not fit together
     */
    public static List<Made> infer(String operator, List<Value> inputs, Attributes attributes, int outputs) {
        Rule rule = RULES.get(operator);
        if (rule == null) {
            throw new ExportException("the exporter does not know the ONNX operator " + operator);
        }
        List<Made> made = rule.infer(new Operands(inputs, attributes, outputs));
        if (made.size() < outputs) {
            throw new ExportException(
                    operator + " makes " + made.size() + " outputs, but " + outputs + " were requested");
        }
        return made.subList(0, outputs);
    }

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new HashMap<>();
        Rule same = operands -> operands.alike(operands.shape(0));
        put(rules, same, "Abs Acos Asin Atan BatchNormalization Ceil Clip Cos Cosh CumSum Elu Erf Exp Floor Gelu");
        put(rules, same, "Identity LayerNormalization LeakyRelu Log LogSoftmax Neg Not Reciprocal Relu Round Selu");
        put(rules, same, "Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh");
        Rule two = operands -> operands.alike(operands.shape(0).broadcast(operands.shape(1)));
        put(rules, two, "Add And Div Max Min Mod Mul Or Pow Sub Xor");
        Rule compared =
                operands -> List.of(new Made(TensorType.BOOL, operands.shape(0).broadcast(operands.shape(1))));
        put(rules, compared, "Equal Greater GreaterOrEqual Less LessOrEqual");
        put(rules, operands -> List.of(new Made(TensorType.BOOL, operands.shape(0))), "IsInf IsNaN");
        rules.put(
                "Where",
                operands -> List.of(new Made(
                        operands.type(1),
                        operands.shape(0).broadcast(operands.shape(1)).broadcast(operands.shape(2)))));
        rules.put("Cast", Inference::cast);
        rules.put("MatMul", operands -> operands.alike(matMul(operands.shape(0), operands.shape(1))));
        rules.put("Gemm", Inference::gemm);
        rules.putAll(ShapeRules.rules());
        rules.putAll(windowRules());
        rules.putAll(reductionRules());
        return Map.copyOf(rules);
    }

    private static List<Made> cast(Operands operands) {
        long code = operands.attribute("to", 0);
        TensorType type =
                Elements.type(code).orElseThrow(() -> new ExportException("unknown ONNX element type " + code));
        return List.of(new Made(type, operands.shape(0)));
    }

    static TensorShape matMul(TensorShape left, TensorShape right) {
        if (left.rank() == 1 || right.rank() == 1) {
            TensorShape wideLeft = left.rank() == 1 ? new TensorShape(List.of(Dim.of(1), left.get(0))) : left;
            TensorShape wideRight = right.rank() == 1 ? new TensorShape(List.of(right.get(0), Dim.of(1))) : right;
            List<Dim> dims = new ArrayList<>(matMul(wideLeft, wideRight).dims());
            if (right.rank() == 1) {
                dims.remove(dims.size() - 1);
            }
            if (left.rank() == 1) {
                dims.remove(dims.size() - (right.rank() == 1 ? 1 : 2));
            }
            return new TensorShape(dims);
        }
        if (!left.get(-1).equals(right.get(-2))) {
            throw new ExportException("MatMul of " + left + " and " + right + ": inner sizes differ");
        }
        TensorShape stack = new TensorShape(left.dims().subList(0, left.rank() - 2))
                .broadcast(new TensorShape(right.dims().subList(0, right.rank() - 2)));
        List<Dim> dims = new ArrayList<>(stack.dims());
        dims.add(left.get(-2));
        dims.add(right.get(-1));
        return new TensorShape(dims);
    }

    private static List<Made> gemm(Operands operands) {
        TensorShape right = operands.shape(1);
        boolean transposed = operands.attribute("transB", 0) != 0;
        TensorShape product =
                matMul(operands.shape(0), transposed ? new TensorShape(List.of(right.get(1), right.get(0))) : right);
        if (operands.has(2) && !product.broadcast(operands.shape(2)).equals(product)) {
            throw new ExportException("Gemm cannot add " + operands.shape(2) + " to " + product);
        }
        return operands.alike(product);
    }

    /** Infers the outputs of reductions, and of TopK. */
    private static Map<String, Rule> reductionRules() {
        Map<String, Rule> rules = new HashMap<>();
        for (String kind : List.of("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2")) {
            rules.put("Reduce" + kind, operands -> operands.alike(reduce(operands, axes(operands))));
        }
        for (String operator : List.of("ArgMax", "ArgMin")) {
            rules.put(operator, operands -> {
                long[] axes = {operands.attribute("axis", 0)};
                return List.of(new Made(TensorType.INT64, reduce(operands, axes)));
            });
        }
        rules.put("TopK", Inference::topK);
        return rules;
    }

    private static long[] axes(Operands operands) {
        long[] all = LongStream.range(0, operands.shape(0).rank()).toArray();
        return operands.has(1) ? operands.numbers(1) : operands.attributes().numbers("axes", all);
    }

    private static TensorShape reduce(Operands operands, long[] axes) {
        TensorShape from = operands.shape(0);
        boolean keep = operands.attribute("keepdims", 1) == 1;
        List<Dim> dims = new ArrayList<>(from.dims());
        TreeSet<Integer> sorted = new TreeSet<>();
        for (long axis : axes) {
            sorted.add(from.axis(axis));
        }
        for (int axis : sorted.descendingSet()) {
            if (keep) {
                dims.set(axis, Dim.of(1));
            } else {
                dims.remove(axis);
            }
        }
        return new TensorShape(dims);
    }

    private static List<Made> topK(Operands operands) {
        Dim count = operands.contents(1).get(0);
        TensorShape shape = operands.shape(0).with(operands.attribute("axis", -1), count);
        return List.of(new Made(operands.type(0), shape), new Made(TensorType.INT64, shape));
    }

    /** Infers the outputs of convolutions, pools and recurrent layers. */
    private static Map<String, Rule> windowRules() {
        return Map.of(
                "Conv", Inference::convolution,
                "MaxPool", Inference::pool,
                "AveragePool", Inference::pool,
                "GlobalAveragePool", Inference::global,
                "GlobalMaxPool", Inference::global,
                "Resize", operands -> operands.alike(new TensorShape(operands.contents(3))),
                "RNN", Inference::recurrent,
                "GRU", Inference::recurrent,
                "LSTM", Inference::recurrent);
    }

    private static List<Made> convolution(Operands operands) {
        TensorShape image = operands.shape(0);
        TensorShape kernel = operands.shape(1);
        long groups = operands.attribute("group", 1);
        if (image.get(1).fixed("channels") != kernel.get(1).fixed("channels") * groups) {
            throw new ExportException("Conv of " + image + " by " + kernel + " in " + groups + " groups");
        }
        long[] window = Arrays.copyOfRange(kernel.fixed("kernel"), 2, kernel.rank());
        return operands.alike(slide(operands, image.with(1, kernel.get(0)), window));
    }

    private static List<Made> pool(Operands operands) {
        long[] window = operands.attributes().numbers("kernel_shape", new long[0]);
        return operands.alike(slide(operands, operands.shape(0), window));
    }

    private static TensorShape slide(Operands operands, TensorShape image, long[] window) {
        int axes = window.length;
        long[] ones = new long[axes];
        Arrays.fill(ones, 1);
        long[] strides = operands.attributes().numbers("strides", ones);
        long[] dilations = operands.attributes().numbers("dilations", ones);
        long[] pads = operands.attributes().numbers("pads", new long[2 * axes]);
        boolean up = operands.attribute("ceil_mode", 0) == 1;
        TensorShape made = image;
        for (int i = 0; i < axes; i++) {
            Windows windows = new Windows(window[i], strides[i], pads[i], pads[i + axes], dilations[i], up);
            made = made.with(i + 2, windows.over(image.get(i + 2)));
        }
        return made;
    }

    private static List<Made> global(Operands operands) {
        TensorShape made = operands.shape(0);
        for (int axis = 2; axis < made.rank(); axis++) {
            made = made.with(axis, Dim.of(1));
        }
        return operands.alike(made);
    }

    private static List<Made> recurrent(Operands operands) {
        TensorShape input = operands.shape(0);
        // PyTorch does not check this, and computes with what lies behind the weights in memory.
        if (!input.get(2).equals(operands.shape(1).get(2))) {
            throw new ExportException("weights for " + operands.shape(1).get(2) + " features meet a sequence of "
                    + input.get(2) + ", " + input + ": put the features last");
        }
        Dim directions = operands.shape(1).get(0);
        Dim hidden = operands.shape(2).get(2);
        TensorShape all = new TensorShape(List.of(input.get(0), directions, input.get(1), hidden));
        Made state = new Made(operands.type(0), new TensorShape(List.of(directions, input.get(1), hidden)));
        return List.of(new Made(operands.type(0), all), state, state);
    }
}
