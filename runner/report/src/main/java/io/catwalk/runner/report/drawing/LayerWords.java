package io.catwalk.runner.report.drawing;

import io.catwalk.onnx.graph.Node;
import io.catwalk.runner.report.drawing.Layer.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Describes an ONNX operator in the words of the field, with details such as its stride. */
record LayerWords(Kind kind, String name, List<String> details) {

    /** Activations, which usually become part of the layer before them, as normalizations do. */
    private static final Map<String, String> ACTIVATIONS = Map.ofEntries(
            Map.entry("Relu", "ReLU"),
            Map.entry("LeakyRelu", "leaky ReLU"),
            Map.entry("PRelu", "PReLU"),
            Map.entry("Elu", "ELU"),
            Map.entry("Selu", "SELU"),
            Map.entry("Gelu", "GELU"),
            Map.entry("Clip", "clip"),
            Map.entry("Tanh", "tanh"),
            Map.entry("LogSoftmax", "log softmax"));

    private static final Set<String> SAME_NAME =
            Set.of(("Abs Acos Asin Atan Ceil Cos Cosh Erf Exp Floor HardSigmoid HardSwish Log Mish Neg"
                            + " Reciprocal Round Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan")
                    .split(" ", -1));

    private static final Map<String, String> TWO_OPERANDS = Map.of(
            "Add", "add",
            "Sub", "subtract",
            "Mul", "multiply",
            "Div", "divide",
            "Pow", "power",
            "Max", "maximum",
            "Min", "minimum");

    /** Operators that change no number, but may select or rearrange them. */
    private static final Set<String> PLUMBING =
            Set.of("Cast Dropout Expand Flatten Gather Identity Reshape Slice Split Squeeze Transpose Unsqueeze"
                    .split(" ", -1));

    private LayerWords(Kind kind, String name) {
        this(kind, name, List.of());
    }

    static boolean isPlumbing(Node node) {
        return PLUMBING.contains(node.operator());
    }

    /** Returns whether the operator is an elementwise function, a softmax or a normalization. */
    static boolean isActivation(Node node) {
        return ACTIVATIONS.containsKey(node.operator()) || SAME_NAME.contains(node.operator()) || isNormalization(node);
    }

    static boolean isNormalization(Node node) {
        return node.operator().endsWith("Normalization");
    }

    static boolean isTwoOperands(Node node) {
        return TWO_OPERANDS.containsKey(node.operator());
    }

    static String activation(Node node) {
        return switch (node.operator()) {
            case "Add", "Sub" -> "shift";
            case "Mul", "Div" -> "scale";
            default -> TWO_OPERANDS.getOrDefault(node.operator(), function(node.operator()));
        };
    }

    private static String function(String operator) {
        String usual = operator.replace("Normalization", " norm").toLowerCase(Locale.ROOT);
        return ACTIVATIONS.getOrDefault(operator, usual);
    }

    static LayerWords of(Node node) {
        return switch (node.operator()) {
            case "Conv" -> convolution(node, "convolution");
            case "ConvTranspose" -> convolution(node, "transposed convolution");
            case "MaxPool" -> pool(node, "max pool");
            case "AveragePool" -> pool(node, "average pool");
            case "LpPool" -> pool(node, "Lp pool");
            case "GlobalAveragePool" -> new LayerWords(Kind.POOL, "global average pool");
            case "GlobalMaxPool" -> new LayerWords(Kind.POOL, "global max pool");
            case "Gemm", "MatMul" -> dense(node);
            case "LSTM", "GRU", "RNN" -> recurrent(node);
            case "Concat" -> new LayerWords(Kind.MERGE, "concatenate");
            case "Where" -> new LayerWords(Kind.MERGE, "choose");
            case "Sum" -> new LayerWords(Kind.MERGE, "add");
            case "Pad" -> new LayerWords(Kind.SHAPE, "pad");
            default -> {
                if (node.operator().startsWith("Reduce")) {
                    yield reduction(node);
                }
                if (isTwoOperands(node)) {
                    yield new LayerWords(Kind.MERGE, Objects.requireNonNull(TWO_OPERANDS.get(node.operator())));
                }
                yield new LayerWords(Kind.OTHER, node.operator());
            }
        };
    }

    private static LayerWords convolution(Node node, String name) {
        long[] weight = node.inputs().get(1).shape().fixed("a filter");
        long group = node.attributes().number("group", 1);
        boolean transposed = node.operator().equals("ConvTranspose");
        long filters = transposed ? weight[1] * group : weight[0];
        List<String> details = new ArrayList<>(List.of(filters + (filters == 1 ? " filter" : " filters")));
        boolean depthwise = group > 1 && weight[transposed ? 0 : 1] == (transposed ? group : 1);
        if (group > 1 && !depthwise) {
            details.add(group + " groups");
        }
        long[] kernel = Arrays.copyOfRange(weight, 2, weight.length);
        details.addAll(window(node, ones(kernel.length)));
        return new LayerWords(Kind.CONVOLUTION, (depthwise ? "depthwise " : "") + name + " " + sizes(kernel), details);
    }

    private static LayerWords pool(Node node, String name) {
        long[] kernel = node.attributes().numbers("kernel_shape", new long[] {1});
        // The usual stride of a pool is the size of its window.
        return new LayerWords(Kind.POOL, name + " " + sizes(kernel), window(node, kernel));
    }

    /** Returns stride, padding and dilation of a window, where they are not the usual ones. */
    private static List<String> window(Node node, long[] usualStrides) {
        List<String> words = new ArrayList<>();
        long[] ones = ones(usualStrides.length);
        long[] strides = node.attributes().numbers("strides", ones);
        if (!Arrays.equals(strides, usualStrides)) {
            words.add("stride " + shortest(strides));
        }
        long[] pads = node.attributes().numbers("pads", new long[] {0});
        if (Arrays.stream(pads).anyMatch(pad -> pad != 0)) {
            words.add("padding " + shortest(Arrays.copyOf(pads, (pads.length + 1) / 2)));
        }
        long[] dilations = node.attributes().numbers("dilations", ones);
        if (!Arrays.equals(dilations, ones)) {
            words.add("dilation " + shortest(dilations));
        }
        return words;
    }

    private static long[] ones(int count) {
        return LongStream.generate(() -> 1).limit(count).toArray();
    }

    private static String sizes(long[] sizes) {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("×"));
    }

    private static String shortest(long[] sizes) {
        return Arrays.stream(sizes).distinct().count() == 1 ? Long.toString(sizes[0]) : sizes(sizes);
    }

    private static LayerWords dense(Node node) {
        long units = LayerReader.ofOne(node.output().shape().get(-1));
        return new LayerWords(Kind.DENSE, "dense", List.of(units + (units == 1 ? " unit" : " units")));
    }

    private static LayerWords recurrent(Node node) {
        List<String> details = new ArrayList<>();
        details.add("hidden size " + node.attributes().number("hidden_size", 0));
        String way = direction(node);
        if (!way.equals("forward")) {
            details.add(way);
        }
        boolean simple = node.operator().equals("RNN");
        if (simple) {
            Object functions = node.attributes().entries().getOrDefault("activations", List.of("Tanh"));
            ((List<?>) functions)
                    .stream()
                            .map(one -> function(String.valueOf(one)))
                            .distinct()
                            .forEach(details::add);
        }
        return new LayerWords(Kind.RECURRENT, simple ? "simple recurrent" : node.operator(), details);
    }

    /** Returns the way in which a recurrent layer reads a sequence, as ONNX names it. */
    static String direction(Node node) {
        return node.attributes().entries().get("direction") instanceof String word ? word : "forward";
    }

    private static LayerWords reduction(Node node) {
        String what = node.operator().substring("Reduce".length()).toLowerCase(Locale.ROOT);
        int rank = node.inputs().get(0).rank();
        int lost = rank
                - (int) node.output().shape().dims().stream()
                        .filter(dim -> !dim.isFixed() || dim.fixed() != 1)
                        .count();
        String name = what.equals("max") || what.equals("min") ? what + "imum" : what;
        boolean global = rank == 4
                && lost >= 2
                && node.output()
                        .shape()
                        .get(1)
                        .equals(node.inputs().get(0).shape().get(1));
        return new LayerWords(Kind.POOL, global ? name + " over height and width" : name);
    }
}
