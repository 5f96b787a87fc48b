package io.catwalk.onnx.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Applies each operator that rows write, with inputs of one type, in a graph of its own. */
final class Forms {

    /**
     * One way to apply an operator.
     *
     * @param attributes its attributes
     * @param shapes shapes of the inputs whose type varies
     * @param others inputs of a fixed type, by their place
     * @param outputs how many outputs
     */
    record Form(Attributes attributes, List<TensorShape> shapes, Map<Integer, Initializer> others, int outputs) {

        Form(Attributes attributes, TensorShape... shapes) {
            this(attributes, List.of(shapes), Map.of(), 1);
        }

        Form with(int place, ElementType type, long... numbers) {
            Map<Integer, Initializer> more = new LinkedHashMap<>(others);
            Value value = new Value(
                    "fixed_" + place,
                    type,
                    TensorShape.of(numbers.length),
                    java.util.Arrays.stream(numbers).mapToObj(Dim::of).toList());
            more.put(
                    place,
                    new Initializer(
                            value, type == ElementType.BOOL ? new byte[numbers.length] : Initializer.bytes(numbers)));
            return new Form(attributes, shapes, more, outputs);
        }
    }

    private Forms() {}

    private static final TensorShape MATRIX = TensorShape.of(2, 2);
    private static final TensorShape IMAGE = TensorShape.of(1, 2, 4, 4);

    static Map<String, Form> all(int opset) {
        Map<String, Form> forms = new LinkedHashMap<>();
        for (String one : List.of(
                "Abs",
                "Acos",
                "Asin",
                "Atan",
                "Ceil",
                "Cos",
                "Cosh",
                "Elu",
                "Erf",
                "Exp",
                "Floor",
                "Identity",
                "IsInf",
                "IsNaN",
                "LeakyRelu",
                "Log",
                "LogSoftmax",
                "Neg",
                "Not",
                "Reciprocal",
                "Relu",
                "Round",
                "Selu",
                "Sigmoid",
                "Sign",
                "Sin",
                "Sinh",
                "Softmax",
                "Softplus",
                "Softsign",
                "Sqrt",
                "Tan",
                "Tanh")) {
            forms.put(one, new Form(Attributes.NONE, MATRIX));
        }
        if (opset >= 20) {
            forms.put("Gelu", new Form(Attributes.NONE, MATRIX));
        }
        for (String two : List.of(
                "Add",
                "And",
                "Div",
                "Equal",
                "Greater",
                "GreaterOrEqual",
                "Less",
                "LessOrEqual",
                "MatMul",
                "Max",
                "Min",
                "Mod",
                "Mul",
                "Or",
                "Pow",
                "Sub",
                "Xor")) {
            forms.put(two, new Form(Attributes.NONE, MATRIX, MATRIX));
        }
        forms.put("Clip", new Form(Attributes.NONE, MATRIX, TensorShape.SCALAR, TensorShape.SCALAR));
        forms.put("Gemm", new Form(Attributes.NONE, MATRIX, MATRIX, MATRIX));
        forms.put("Where", new Form(Attributes.NONE, MATRIX, MATRIX).with(0, ElementType.BOOL, 0, 0));
        forms.put("Concat", new Form(Attributes.NONE.with("axis", 0), MATRIX, MATRIX));
        forms.put("CumSum", new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 1));
        for (String kind : List.of("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2")) {
            boolean input = opset >= 18 || kind.equals("Sum");
            forms.put(
                    "Reduce" + kind,
                    input
                            ? new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 1)
                            : new Form(Attributes.NONE.with("axes", new long[] {1}), MATRIX));
        }
        forms.put("ArgMax", new Form(Attributes.NONE.with("axis", 1), MATRIX));
        forms.put("ArgMin", new Form(Attributes.NONE.with("axis", 1), MATRIX));
        forms.put(
                "TopK",
                new Form(Attributes.NONE.with("axis", 1), List.of(MATRIX), Map.of(), 2).with(1, ElementType.INT64, 1));
        forms.put("Reshape", new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 4));
        forms.put("Transpose", new Form(Attributes.NONE.with("perm", new long[] {1, 0}), MATRIX));
        forms.put("Squeeze", new Form(Attributes.NONE, TensorShape.of(2, 1)).with(1, ElementType.INT64, 1));
        forms.put("Unsqueeze", new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 1));
        forms.put(
                "Split",
                new Form(Attributes.NONE.with("axis", 0), List.of(MATRIX), Map.of(), 2)
                        .with(1, ElementType.INT64, 1, 1));
        forms.put(
                "Slice",
                new Form(Attributes.NONE, MATRIX)
                        .with(1, ElementType.INT64, 0)
                        .with(2, ElementType.INT64, 1)
                        .with(3, ElementType.INT64, 0));
        forms.put("Gather", new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 0));
        forms.put(
                "GatherElements",
                new Form(Attributes.NONE.with("axis", 0), TensorShape.of(2)).with(1, ElementType.INT64, 0));
        forms.put("GatherND", new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 0));
        forms.put(
                "ScatterElements",
                new Form(Attributes.NONE.with("axis", 0), List.of(TensorShape.of(2), TensorShape.of(1)), Map.of(), 1)
                        .with(1, ElementType.INT64, 0));
        forms.put(
                "ScatterND",
                new Form(Attributes.NONE, List.of(MATRIX, TensorShape.of(2)), Map.of(), 1)
                        .with(1, ElementType.INT64, 0));
        forms.put("Expand", new Form(Attributes.NONE, TensorShape.of(2, 1)).with(1, ElementType.INT64, 2, 2));
        forms.put("Tile", new Form(Attributes.NONE, MATRIX).with(1, ElementType.INT64, 2, 2));
        forms.put(
                "Pad",
                new Form(Attributes.NONE, List.of(MATRIX, TensorShape.SCALAR), Map.of(), 1)
                        .with(1, ElementType.INT64, 1, 0, 0, 0));
        forms.put("Shape", new Form(Attributes.NONE, MATRIX));
        TensorShape channels = TensorShape.of(2);
        forms.put("BatchNormalization", new Form(Attributes.NONE, IMAGE, channels, channels, channels, channels));
        if (opset >= 17) {
            forms.put("LayerNormalization", new Form(Attributes.NONE, MATRIX, channels, channels));
        }
        Attributes window = Attributes.NONE.with("kernel_shape", new long[] {2, 2});
        forms.put("Conv", new Form(window, IMAGE, TensorShape.of(2, 2, 2, 2)));
        forms.put("MaxPool", new Form(window, IMAGE));
        forms.put("AveragePool", new Form(window, IMAGE));
        forms.put("GlobalAveragePool", new Form(Attributes.NONE, IMAGE));
        forms.put("GlobalMaxPool", new Form(Attributes.NONE, IMAGE));
        forms.put(
                "Resize",
                new Form(
                                Attributes.NONE
                                        .with("mode", "linear")
                                        .with("coordinate_transformation_mode", "pytorch_half_pixel"),
                                IMAGE)
                        .with(3, ElementType.INT64, 1, 2, 8, 8));
        Attributes hidden = Attributes.NONE.with("hidden_size", 2);
        Map.of("RNN", 1, "GRU", 3, "LSTM", 4)
                .forEach((kind, gates) -> forms.put(
                        kind,
                        new Form(
                                kind.equals("GRU") ? hidden.with("linear_before_reset", 1) : hidden,
                                List.of(
                                        TensorShape.of(2, 1, 2),
                                        TensorShape.of(1, gates * 2L, 2),
                                        TensorShape.of(1, gates * 2L, 2)),
                                Map.of(),
                                1)));
        return forms;
    }

    /** Builds the graph; a place that is neither fixed nor left is left out. */
    static byte[] model(String operator, Form form, ElementType type, int opset) {
        List<Value> inputs = new ArrayList<>();
        List<Value> given = new ArrayList<>();
        int last = form.shapes().size() + form.others().size();
        if (operator.equals("Resize")) {
            last = 4;
        }
        int next = 0;
        for (int place = 0; place < last; place++) {
            Initializer other = form.others().get(place);
            if (other != null) {
                inputs.add(other.value());
            } else if (next < form.shapes().size()) {
                Value value = Value.of("in_" + place, type, form.shapes().get(next++));
                inputs.add(value);
                given.add(value);
            } else {
                inputs.add(Value.OMITTED);
            }
        }
        List<Inference.Made> made = Inference.infer(operator, inputs, form.attributes(), form.outputs());
        List<Value> outputs = new ArrayList<>();
        for (int i = 0; i < form.outputs(); i++) {
            outputs.add(Value.of("out_" + i, made.get(i).type(), made.get(i).shape()));
        }
        Graph graph = new Graph(
                given,
                outputs,
                List.copyOf(form.others().values()),
                List.of(new Node("node", operator, inputs, outputs, form.attributes())));
        return OnnxSerializer.bytes(new Model(graph, opset, new java.util.TreeMap<>()));
    }
}
