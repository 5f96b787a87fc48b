package io.catwalk.onnx.graph;

import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

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
    record Form(Attributes attributes, List<TensorShape> shapes, Map<Integer, Initializer> others, int outputs) {}

    private static final String UNARY =
            "Abs Acos Asin Atan Ceil Cos Cosh Elu Erf Exp Floor Identity IsInf IsNaN LeakyRelu"
                    + " Log LogSoftmax Neg Not Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan"
                    + " Tanh Shape";
    private static final String BINARY =
            "Add And Div Equal Greater GreaterOrEqual Less LessOrEqual MatMul Max Min Mod Mul" + " Or Pow Sub Xor";

    /** Operator, attributes, shapes whose type varies, inputs of whole numbers by their place, number of outputs. */
    private static final String OTHERS = """
            Clip | | 2,2 scalar scalar | | 1
            Gemm | | 2,2 2,2 2,2 | | 1
            Where | | 2,2 2,2 | 0:BOOL:0,0 | 1
            Concat | axis=0 | 2,2 2,2 | | 1
            CumSum | | 2,2 | 1:INT64:1 | 1
            ReduceSum | | 2,2 | 1:INT64:1 | 1
            ArgMax | axis=1 | 2,2 | | 1
            ArgMin | axis=1 | 2,2 | | 1
            TopK | axis=1 | 2,2 | 1:INT64:1 | 2
            Reshape | | 2,2 | 1:INT64:4 | 1
            Transpose | perm=1,0 | 2,2 | | 1
            Squeeze | | 2,1 | 1:INT64:1 | 1
            Unsqueeze | | 2,2 | 1:INT64:1 | 1
            Split | axis=0 | 2,2 | 1:INT64:1,1 | 2
            Slice | | 2,2 | 1:INT64:0 2:INT64:1 3:INT64:0 | 1
            Gather | | 2,2 | 1:INT64:0 | 1
            GatherElements | axis=0 | 2 | 1:INT64:0 | 1
            GatherND | | 2,2 | 1:INT64:0 | 1
            ScatterElements | axis=0 | 2 1 | 1:INT64:0 | 1
            ScatterND | | 2,2 2 | 1:INT64:0 | 1
            Expand | | 2,1 | 1:INT64:2,2 | 1
            Tile | | 2,2 | 1:INT64:2,2 | 1
            Pad | | 2,2 scalar | 1:INT64:1,0,0,0 | 1
            BatchNormalization | | 1,2,4,4 2 2 2 2 | | 1
            Conv | kernel_shape=2,2 | 1,2,4,4 2,2,2,2 | | 1
            MaxPool | kernel_shape=2,2 | 1,2,4,4 | | 1
            AveragePool | kernel_shape=2,2 | 1,2,4,4 | | 1
            GlobalAveragePool | | 1,2,4,4 | | 1
            GlobalMaxPool | | 1,2,4,4 | | 1
            Resize | mode=linear coordinate_transformation_mode=pytorch_half_pixel | 1,2,4,4 | 3:INT64:1,2,8,8 | 1
            RNN | hidden_size=2 | 2,1,2 1,2,2 1,2,2 | | 1
            GRU | hidden_size=2 linear_before_reset=1 | 2,1,2 1,6,2 1,6,2 | | 1
            LSTM | hidden_size=2 | 2,1,2 1,8,2 1,8,2 | | 1
            """;

    private Forms() {}

    private static long[] numbers(String text) {
        return text.equals("scalar")
                ? new long[0]
                : Arrays.stream(text.split(",", -1)).mapToLong(Long::parseLong).toArray();
    }

    private static Form form(String attributes, String shapes, String others, int outputs) {
        Map<Integer, Initializer> fixed = new LinkedHashMap<>();
        InferenceTest.words(others).forEach(word -> {
            String[] parts = word.split(":", -1);
            TensorType type = TensorType.valueOf(parts[1]);
            long[] numbers = numbers(parts[2]);
            List<Dim> contents = LongStream.of(numbers).mapToObj(Dim::of).toList();
            Value value = new Value("fixed_" + parts[0], type, TensorShape.of(numbers.length), contents);
            byte[] data = type == TensorType.BOOL ? new byte[numbers.length] : Initializer.bytes(numbers);
            fixed.put(Integer.parseInt(parts[0]), new Initializer(value, data));
        });
        List<TensorShape> varying = InferenceTest.words(shapes)
                .map(shape -> TensorShape.of(numbers(shape)))
                .toList();
        return new Form(InferenceTest.attributes(attributes), varying, fixed, outputs);
    }

    static Map<String, Form> all(int opset) {
        Map<String, Form> forms = new LinkedHashMap<>();
        for (String one : (UNARY + (opset >= 20 ? " Gelu" : "")).split(" ", -1)) {
            forms.put(one, form("", "2,2", "", 1));
        }
        for (String two : BINARY.split(" ", -1)) {
            forms.put(two, form("", "2,2 2,2", "", 1));
        }
        for (String kind : List.of("Mean", "Max", "Min", "Prod", "L1", "L2")) {
            forms.put("Reduce" + kind, opset >= 18 ? form("", "2,2", "1:INT64:1", 1) : form("axes=1", "2,2", "", 1));
        }
        if (opset >= 17) {
            forms.put("LayerNormalization", form("", "2,2 2 2", "", 1));
        }
        OTHERS.lines().map(line -> line.split("\\|", -1)).forEach(row -> {
            Form form = form(row[1], row[2], row[3], Integer.parseInt(row[4].trim()));
            forms.put(row[0].trim(), form);
        });
        return forms;
    }

    /** Builds the graph; a place that is neither fixed nor left is left out. */
    static byte[] model(String operator, Form form, TensorType type, int opset) {
        List<Value> inputs = new ArrayList<>();
        List<Value> given = new ArrayList<>();
        int last = operator.equals("Resize")
                ? 4
                : form.shapes().size() + form.others().size();
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
        Node node = new Node("node", operator, inputs, outputs, form.attributes());
        Graph graph = new Graph(given, outputs, List.copyOf(form.others().values()), List.of(node));
        return OnnxSerializer.bytes(new Model(graph, opset, new TreeMap<>()));
    }
}
