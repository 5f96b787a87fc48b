package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected shapes are derived by hand from the operators' specification (onnx/docs/Operators.md). */
@Tag("tiny")
class InferenceTest {

    private static final Set<String> LISTS = Set.of("perm", "axes", "kernel_shape", "strides", "pads", "dilations");

    /** Reads a shape such as "batch 3 2*batch". */
    private static TensorShape shape(String text) {
        return new TensorShape(words(text).map(Formula::parse).toList());
    }

    static Stream<String> words(String text) {
        return Arrays.stream(text.trim().split(" +", -1)).filter(word -> !word.isEmpty());
    }

    private static Stream<String> parts(String text) {
        return Arrays.stream(text.split(";", -1)).map(String::trim);
    }

    /**
     * Reads an input: a shape, which may begin with a type; "scalar"; after #, the whole numbers of a list of known content; or
     * "none" for one that is omitted.
     */
    private static Value input(String text) {
        if (text.equals("none")) {
            return Value.OMITTED;
        }
        if (text.startsWith("#")) {
            List<Dim> contents = shape(text.substring(1)).dims();
            return new Value("numbers", TensorType.INT64, TensorShape.of(contents.size()), contents);
        }
        List<String> words = words(text.replace("scalar", "")).toList();
        Optional<TensorType> stated = Elements.TYPES.stream()
                .filter(type -> words.contains(type.name()))
                .findFirst();
        String sizes = String.join(" ", words.subList(stated.isPresent() ? 1 : 0, words.size()));
        return Value.of("tensor", stated.orElse(TensorType.FLOAT), shape(sizes));
    }

    /** Reads attributes such as "axis=1 perm=2,0,1 mode=linear". */
    static Attributes attributes(String text) {
        Attributes attributes = Attributes.NONE;
        for (String word : words(text).toList()) {
            String name = word.replaceFirst("=.*", "");
            String value = word.substring(name.length() + 1);
            if (value.matches("[a-z].*")) {
                attributes = attributes.with(name, value);
            } else if (LISTS.contains(name)) {
                long[] numbers = Arrays.stream(value.split(",", -1))
                        .mapToLong(Long::parseLong)
                        .toArray();
                attributes = attributes.with(name, numbers);
            } else {
                attributes = attributes.with(name, Long.parseLong(value));
            }
        }
        return attributes;
    }

    private static List<Inference.Made> infer(String operator, String attributes, String inputs, int outputs) {
        List<Value> given = parts(inputs).map(InferenceTest::input).toList();
        return Inference.infer(operator, given, attributes(attributes), outputs);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Reshape | '' | batch 12; #batch 3 4          | batch 3 4
            Reshape | '' | batch 12; #-1 4               | 3*batch 4
            Reshape | '' | batch 3 4; #batch -1          | batch 12
            Reshape | '' | batch 3 4; #-1                | 12*batch
            Reshape | '' | batch 3 4; #3 -1 2*batch      | 3 2 2*batch
            Reshape | '' | batch 3; #-1 batch 3          | 1 batch 3
            Reshape | '' | 6; #2 -1                      | 2 3
            Reshape | '' | batch 6; #0 2 3               | batch 2 3
            Reshape | '' | 4 6; #0 -1                    | 4 6
            Reshape | '' | 0; #3 0                       | 3 0
            Slice | '' | 10; #0; #4; #0; #1                      | 4
            Slice | '' | 10; #-3; #9223372036854775807; #0; #1   | 3
            Slice | '' | 10; #0; #-1; #0; #3                     | 3
            Slice | '' | 10; #8; #4; #0; #1                      | 0
            Slice | '' | 10; #1; #99; #0; #2                     | 5
            Slice | '' | 10; #-1; #-9223372036854775808; #0; #-1 | 10
            Slice | '' | 10; #7; #2; #0; #-2                     | 3
            Slice | '' | 10; #-1; #0; #0; #-1                    | 9
            Slice | '' | 10; #0; #0; #0; #1                      | 0
            Slice | '' | 10; #99; #2; #0; #-1                    | 7
            Slice | '' | 10; #-2; #-8; #0; #-2                   | 3
            Slice | '' | 10; #0; #-9223372036854775808; #0; #-1  | 1
            Slice | '' | batch; #0; #9223372036854775807; #0; #1 | batch
            Slice | '' | batch; #0; #3; #0; #1                   | 3
            Slice | '' | 2*batch; #0; #batch; #0; #1             | batch
            Slice | '' | 2*batch; #0; #9223372036854775807; #0; #2 | batch
            Slice | '' | batch; #0; #9223372036854775807; #0; #2 | floor((batch+1)/2)
            Slice | '' | batch; #1; #9223372036854775807; #0     | batch-1
            GatherND | '' | batch 3 4; 5 1               | 5 3 4
            GatherND | '' | batch 3 4; 2 5 2             | 2 5 4
            GatherND | '' | batch 3 4; batch 3           | batch
            GatherND | '' | 3 4; 2 0                     | 2 3 4
            ScatterND | '' | batch 3 4; 5 1; 5 3 4       | batch 3 4
            ScatterND | '' | batch 3 4; 2 5 2; 2 5 4     | batch 3 4
            ScatterND | '' | batch 3 4; batch 3; batch   | batch 3 4
            ScatterND | '' | 3 4; 2 0; 2 3 4             | 3 4
            ScatterElements | '' | batch 3; 2 2; 2 2     | batch 3
            MatMul | '' | batch 3 4; 4 5                 | batch 3 5
            MatMul | '' | batch 3 4; batch 4 5           | batch 3 5
            MatMul | '' | 7 1 3 4; 2 4 5                 | 7 2 3 5
            MatMul | '' | 4; 4 5                         | 5
            MatMul | '' | batch 3 4; 4                   | batch 3
            MatMul | '' | 4; 4                           | ''
            Add | '' | batch 1 4; 3 1                    | batch 3 4
            Add | '' | batch 4; 4                        | batch 4
            Add | '' | scalar; batch                      | batch
            MaxPool | kernel_shape=3 strides=1 dilations=1 pads=1,1 ceil_mode=0 | batch 4 28 | batch 4 28
            MaxPool | kernel_shape=3 strides=1 dilations=1 pads=0,0 ceil_mode=0 | batch 4 28 | batch 4 26
            MaxPool | kernel_shape=2 strides=2 dilations=1 pads=0,0 ceil_mode=0 | batch 4 28 | batch 4 14
            MaxPool | kernel_shape=2 strides=2 dilations=1 pads=0,0 ceil_mode=0 | batch 4 9  | batch 4 4
            MaxPool | kernel_shape=2 strides=2 dilations=1 pads=0,0 ceil_mode=1 | batch 4 9  | batch 4 5
            MaxPool | kernel_shape=2 strides=3 dilations=1 pads=1,1 ceil_mode=1 | batch 4 5  | batch 4 2
            MaxPool | kernel_shape=3 strides=1 dilations=2 pads=0,0 ceil_mode=0 | batch 4 9  | batch 4 5
            Conv | group=2 | batch 4 8 8; 6 2 3 3        | batch 6 6 6
            Concat | axis=0 | batch 3; batch 3           | 2*batch 3
            Concat | axis=1 | batch 2; batch 3; batch 4  | batch 9
            Squeeze | '' | batch 1 3 1; #1 -1            | batch 3
            Unsqueeze | '' | batch 3; #1 -1              | batch 1 3 1
            Unsqueeze | '' | batch 3; #-1 0              | 1 batch 3 1
            LSTM | '' | 6 batch 5; 2 12 5; 2 12 3        | 6 2 batch 3; 2 batch 3; 2 batch 3
            Gemm | transB=0 | batch 3; 3 5; scalar       | batch 5
            Gemm | transB=1 | batch 3; 5 3; 5            | batch 5
            Gemm | transB=1 | batch 3; 5 3; 1 5          | batch 5
            Gemm | transB=1 | 7 3; 5 3; 7 1              | 7 5
            Gemm | transB=1 | 7 3; 5 3                   | 7 5
            Gemm | transB=0 | batch 3; 3 5; none         | batch 5
            Where | '' | BOOL batch 1 1; 3 1; 4          | batch 3 4
            ReduceMax | keepdims=1 axes=1 | batch 3 4    | batch 1 4
            ReduceMax | keepdims=0 axes=1 | batch 3 4    | batch 4
            ReduceMax | keepdims=0 axes=-1,1 | batch 3 4 | batch
            ReduceMax | keepdims=1 axes=0,-1 | batch 3 4 | 1 3 1
            ReduceMax | keepdims=0 | batch 3 4           | ''
            ReduceMax | keepdims=1 | batch 3 4           | 1 1 1
            ReduceSum | keepdims=1 | batch 3 4; #1       | batch 1 4
            ReduceSum | keepdims=0 | batch 3 4; #1       | batch 4
            ReduceSum | keepdims=0 | batch 3 4; #-1 1    | batch
            ReduceSum | keepdims=1 | batch 3 4; #0 -1    | 1 3 1
            ReduceMean | '' | batch 3                    | 1 1
            ArgMin | '' | batch 3                        | INT64 1 3
            TopK | '' | batch 9; #4                      | batch 4; INT64 batch 4
            TopK | axis=0 | 8 9; #4                      | 4 9
            Transpose | perm=2,0,1 | batch 3 4           | 4 batch 3
            Gather | axis=-1 | batch 3 4; 5 6            | batch 3 5 6
            Gather | '' | batch 3 4; scalar              | 3 4
            GatherElements | '' | batch 3 4; batch 1 4   | batch 1 4
            Expand | '' | 3 1; #batch 1 4                | batch 3 4
            Tile | '' | batch 3 4; #2 1 3                | 2*batch 3 12
            Pad | '' | batch 3 4; #0 1 2 0 3 -1          | batch 7 5
            Shape | '' | batch 3 4                       | INT64 3
            Range | '' | scalar; #batch; scalar          | batch
            GlobalAveragePool | '' | batch 3 4           | batch 3 1
            OneHot | '' | batch 3 4; #5; INT8 2          | INT8 batch 3 4 5
            Split | axis=1 | batch 5; #2 3               | batch 2; batch 3
            Equal | '' | 2 3; 2 3                        | BOOL 2 3
            Less | '' | 2 3; 2 3                         | BOOL 2 3
            IsNaN | '' | 2 3                             | BOOL 2 3
            Relu | '' | 2 3                              | FLOAT 2 3
            ArgMax | '' | 2 3                            | INT64 1 3
            Cast | to=1 | batch 2                        | FLOAT batch 2
            Cast | to=2 | batch 2                        | UINT8 batch 2
            Cast | to=3 | batch 2                        | INT8 batch 2
            Cast | to=6 | batch 2                        | INT32 batch 2
            Cast | to=7 | batch 2                        | INT64 batch 2
            Cast | to=9 | batch 2                        | BOOL batch 2
            Cast | to=10 | batch 2                       | FLOAT16 batch 2
            Cast | to=11 | batch 2                       | DOUBLE batch 2
            """)
    void anOperatorMakesTheShapesOfItsSpecification(String operator, String attributes, String inputs, String made) {
        List<Value> expected = parts(made).map(InferenceTest::input).toList();
        List<Inference.Made> found = infer(operator, attributes, inputs, operator.equals("LSTM") ? 3 : expected.size());
        assertThat(found).extracting(Inference.Made::shape).isEqualTo(map(expected));
        if (made.matches(".*[A-Z].*")) {
            assertThat(found)
                    .extracting(Inference.Made::type)
                    .isEqualTo(expected.stream().map(Value::type).toList());
        }
    }

    private static List<TensorShape> map(List<Value> values) {
        return values.stream().map(Value::shape).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Reshape | '' | batch 12; #batch 3 5      | 1 | ''
            Reshape | '' | batch 5; #-1 3            | 1 | ''
            Reshape | '' | 6; #batch                 | 1 | ''
            ScatterND | '' | 3 4; 2 0; 2 3 4 2       | 1 | ScatterND
            MatMul | '' | 2 3; 4 5                   | 1 | inner sizes differ
            Add | '' | batch 3; batch 4              | 1 | do not broadcast
            Conv | group=2 | batch 4 8 8; 6 4 3 3    | 1 | in 2 groups
            Concat | axis=0 | batch 3; batch 4       | 1 | cannot concatenate
            Squeeze | '' | batch 3; #1               | 1 | cannot squeeze axis 1
            RNN | '' | 6 batch 4; 1 3 5; 1 3 3       | 1 | weights for 5 features meet a sequence of 4
            Gemm | '' | 1 3; 3 5; 4 5                | 1 | Gemm cannot add (4, 5) to (1, 5)
            Split | axis=1 | batch 5; #2 2           | 2 | cannot split axis 1 of (batch, 5) into 4
            Cast | to=99 | 2                         | 1 | unknown ONNX element type 99
            Relu | '' | 2                            | 2 | Relu makes 1 outputs, but 2 were requested
            Whatever | '' | 2                        | 1 | Whatever
            """)
    void whatDoesNotFitIsRefused(String operator, String attributes, String inputs, int outputs, String part) {
        exportRefused(() -> infer(operator, attributes, inputs, outputs)).contains(part);
    }

    /** NumPy's rule, for an axis that is longer than all bounds: 1,000 elements are as good as a million. */
    @ParameterizedTest
    @CsvSource({
        "batch, -3, 9223372036854775807, 1, 3",
        "batch, 2, -1, 1, batch-3",
        "batch, 0, -1, 1, batch-1",
        "batch, 5, 2, 1, 0",
        "batch, 4, 4, 1, 0",
        "batch, -1, -3, 1, 0",
        "batch, -4, -1, 1, 3",
        "batch, -4, -3, 1, 1",
        "batch, 0, batch-1, 1, batch-1",
        "batch, batch-3, batch, 1, 3",
        "batch, batch-1, -1, 1, 0",
        "batch, 0, 2*batch, 1, batch",
        "batch, -2*batch, 9223372036854775807, 1, batch",
        "batch-5, batch, 9223372036854775807, 1, 0",
        "2*batch, batch, 9223372036854775807, 1, batch",
        "2*batch, -1*batch, -2, 1, batch-2",
        "batch, 1, 9223372036854775807, 3, floor((batch+1)/3)",
        "batch, -1, -9223372036854775808, -1, batch",
        "batch, -1, -9223372036854775808, -2, floor((batch+1)/2)",
        "batch, -1, -9223372036854775808, -3, floor((batch+2)/3)"
    })
    void sliceOfALongAxisTakesWhatNumpyTakes(String length, String start, String stop, long step, String expected) {
        Dim made = Slices.size(Formula.parse(length), Formula.parse(start), Formula.parse(stop), step);
        assertThat(made).hasToString(Formula.parse(expected).toString());
        long[] bounds = Stream.of(length, start, stop)
                .mapToLong(text -> Formula.parse(text).at(1_000))
                .toArray();
        assertThat(made.at(1_000)).isEqualTo(python(bounds[0], bounds[1], bounds[2], step));
    }

    /** Counts as the Python library reference does, section 5.8: s[i:j:k]. */
    private static long python(long length, long start, long stop, long step) {
        long least = step < 0 ? -1 : 0;
        long most = step < 0 ? length - 1 : length;
        long from = Math.min(Math.max(start < 0 ? start + length : start, least), most);
        long to = Math.min(Math.max(stop == Long.MIN_VALUE ? least : stop < 0 ? stop + length : stop, least), most);
        return LongStream.iterate(from, at -> step < 0 ? at > to : at < to, at -> at + step)
                .count();
    }

    @ParameterizedTest
    @CsvSource({
        "batch, -1, 0, -1, batch",
        "batch, -2, -9223372036854775808, -1, batch",
        "batch, 0, -9223372036854775808, -2, batch",
        "10, -1, height, -1, height"
    })
    void goingBackwardsOverAPartOfALongAxisIsRefused(
            String length, String start, String stop, long step, String followed) {
        exportRefused(() -> Slices.size(Formula.parse(length), Formula.parse(start), Formula.parse(stop), step))
                .contains("depends on the " + followed + ": flip the whole axis");
    }

    /** Java and Python write the end of an axis as their largest number, which is no size. */
    @Test
    void theLargestIntIsTheEndOfAnAxisAndABoundMayFollowTheBatch() {
        Dim long3000 = Formula.parse("3000*batch");
        assertThat(Slices.size(long3000, Dim.of(0), Dim.of(Integer.MAX_VALUE), 1))
                .isEqualTo(long3000);
        assertThat(Slices.size(Dim.of(10), Dim.of(0), Dim.BATCH, 1)).isEqualTo(Dim.BATCH);
        assertThat(Slices.size(Dim.of(10), Dim.of(2), Formula.parse("-1*batch"), 1))
                .isEqualTo(Dim.of(0));
    }

    /** Products are counted by hand, for the sizes that a file has. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MatMul | ''       | 2 3 7; 7 5            | 2 3 5   | 210
            MatMul | transA=1 | 3 7; 7 5              | 3 5     | 105
            Gemm   | transA=1 | 7 3; 7 5              | 3 5     | 105
            Gemm   | ''       | 3 7; 7 5              | 3 5     | 105
            LSTM   | ''       | 6 2 5; 1 12 5; 1 12 3 | 6 1 2 3 | 1152
            Conv   | group=2  | 1 4 10 10; 6 2 3 3    | 1 6 8 8 | 6912
            Relu   | ''       | 3                     | 3       | 0
            """)
    void productsAreCounted(String operator, String attributes, String inputs, String output, long expected) {
        List<Value> given = parts(inputs).map(InferenceTest::input).toList();
        Node node = new Node("a", operator, given, List.of(input(output)), attributes(attributes));
        assertThat(node.multiplyAccumulates()).isEqualTo(expected);
    }

    @Test
    void namesAreFreshAndClean() {
        Names names = new Names("images");
        assertThat(names.fresh("images")).isEqualTo("images_2");
        assertThat(names.fresh("01Conv2d.weight")).isEqualTo("01Conv2d.weight");
        assertThat(names.fresh("01Conv2d.weight")).isEqualTo("01Conv2d.weight_2");
        assertThat(names.fresh("a b/c")).isEqualTo("a_b/c");
        assertThat(names.fresh("")).isEqualTo("value");
        assertThat(names.forResultOf("MatMul")).isEqualTo("matmul");
    }
}
