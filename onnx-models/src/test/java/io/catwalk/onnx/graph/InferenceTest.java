package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected shapes are derived by hand from the operators' specification (onnx/docs/Operators.md). */
@Tag("tiny")
class InferenceTest {

    /** Reads a shape such as "batch 3 2*batch". */
    private static TensorShape shape(String text) {
        return new TensorShape(Arrays.stream(text.trim().split(" +"))
                .filter(size -> !size.isEmpty())
                .map(InferenceTest::dim)
                .toList());
    }

    private static Dim dim(String text) {
        if (!text.endsWith("batch")) {
            return Dim.of(Long.parseLong(text));
        }
        return text.equals("batch") ? Dim.BATCH : line(Long.parseLong(text.replace("*batch", "")), 0);
    }

    private static Dim line(long perSample, long fixed) {
        return Dim.BATCH.times(Dim.of(perSample)).plus(Dim.of(fixed));
    }

    private static Value tensor(String shape) {
        return Value.of("tensor", ElementType.FLOAT, shape(shape));
    }

    private static Value numbers(String numbers) {
        List<Dim> contents = shape(numbers).dims();
        return new Value("numbers", ElementType.INT64, TensorShape.of(contents.size()), contents);
    }

    private static TensorShape infer(String operator, Attributes attributes, Value... inputs) {
        return Inference.infer(operator, List.of(inputs), attributes, 1).get(0).shape();
    }

    @ParameterizedTest
    @CsvSource({
        "batch 12, batch 3 4, batch 3 4",
        "batch 12, -1 4, 3*batch 4",
        "batch 3 4, batch -1, batch 12",
        "batch 3 4, -1, 12*batch",
        "batch 3 4, 3 -1 2*batch, 3 2 2*batch",
        "batch 3, -1 batch 3, 1 batch 3",
        "6, 2 -1, 2 3"
    })
    void reshapeKeepsTheNumberOfElements(String from, String target, String expected) {
        assertThat(infer("Reshape", Attributes.NONE, tensor(from), numbers(target)))
                .isEqualTo(shape(expected));
    }

    @ParameterizedTest
    @CsvSource({"batch 12, batch 3 5", "batch 5, -1 3", "6, batch"})
    void reshapeToAnotherNumberOfElementsIsRefused(String from, String target) {
        exportRefused(() -> infer("Reshape", Attributes.NONE, tensor(from), numbers(target)));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 0, 4, 1, 4",
        "10, -3, 9223372036854775807, 1, 3",
        "10, 0, -1, 3, 3",
        "10, 8, 4, 1, 0",
        "10, 1, 99, 2, 5",
        "10, -1, -9223372036854775808, -1, 10",
        "10, 7, 2, -2, 3",
        "10, -1, 0, -1, 9",
        "10, 0, 0, 1, 0",
        "10, 99, 2, -1, 7",
        "10, -2, -8, -2, 3",
        "10, 0, -9223372036854775808, -1, 1",
        "batch, 0, 9223372036854775807, 1, batch",
        "batch, 0, 3, 1, 3",
        "2*batch, 0, batch, 1, batch",
        "2*batch, 0, 9223372036854775807, 2, batch"
    })
    void sliceTakesWhatNumpyTakes(String length, String start, String stop, long step, String expected) {
        TensorShape made = infer(
                "Slice",
                Attributes.NONE,
                tensor(length),
                numbers(start),
                numbers(stop),
                numbers("0"),
                numbers(Long.toString(step)));
        assertThat(made).isEqualTo(shape(expected));
    }

    @Test
    void everySecondSampleIsHalfOfTheBatchRoundedUp() {
        TensorShape made = infer(
                "Slice",
                Attributes.NONE,
                tensor("batch"),
                numbers("0"),
                numbers("9223372036854775807"),
                numbers("0"),
                numbers("2"));
        assertThat(made).hasToString("(floor((batch+1)/2))");
        assertThat(made.get(0).at(7)).isEqualTo(4);
        assertThat(made.get(0).at(8)).isEqualTo(4);
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
        Dim made = Slices.size(Dim.parse(length), Dim.parse(start), Dim.parse(stop), step);
        assertThat(made).hasToString(Dim.parse(expected).toString());
        long[] bounds = Stream.of(length, start, stop)
                .mapToLong(text -> Dim.parse(text).at(1_000))
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
    @CsvSource({"-1, 0, -1", "-2, -9223372036854775808, -1", "0, -9223372036854775808, -2"})
    void goingBackwardsOverAPartOfALongAxisIsRefused(long start, long stop, long step) {
        exportRefused(() -> Slices.size(Dim.BATCH, Dim.of(start), Dim.of(stop), step))
                .contains("depends on the batch: flip the whole axis");
    }

    @Test
    void theAxisThatABoundFollowsIsNamedWhereALongAxisIsFixed() {
        exportRefused(() -> Slices.size(Dim.of(10), Dim.of(-1), Dim.axis("height"), -1))
                .contains("depends on the height: flip the whole axis");
    }

    /** Java and Python write the end of an axis as their largest number, which is no size. */
    @Test
    void theLargestIntIsTheEndOfAnAxisThatMayBecomeLonger() {
        assertThat(Slices.size(line(3_000, 0), Dim.of(0), Dim.of(Integer.MAX_VALUE), 1))
                .isEqualTo(line(3_000, 0));
    }

    @Test
    void aFixedAxisIsCutWhereABoundFollowsTheBatch() {
        assertThat(Slices.size(Dim.of(10), Dim.of(0), Dim.BATCH, 1)).isEqualTo(Dim.BATCH);
        assertThat(Slices.size(Dim.of(10), Dim.of(2), line(-1, 0), 1)).isEqualTo(Dim.of(0));
    }

    @Test
    void leavingTheFirstSampleOutLeavesOneLess() {
        TensorShape made = infer(
                "Slice", Attributes.NONE, tensor("batch"), numbers("1"), numbers("9223372036854775807"), numbers("0"));
        assertThat(made.dims()).containsExactly(line(1, -1));
        assertThat(made.get(0).at(7)).isEqualTo(6);
        assertThat(made).hasToString("(batch-1)");
    }

    @ParameterizedTest
    @CsvSource({"batch 3 4, 5 1, 5 3 4", "batch 3 4, 2 5 2, 2 5 4", "batch 3 4, batch 3, batch", "3 4, 2 0, 2 3 4"})
    void indicesLeadThroughTheFirstAxes(String from, String indices, String expected) {
        assertThat(infer("GatherND", Attributes.NONE, tensor(from), tensor(indices)))
                .isEqualTo(shape(expected));
        assertThat(infer("ScatterND", Attributes.NONE, tensor(from), tensor(indices), tensor(expected)))
                .isEqualTo(shape(from));
        exportRefused(() -> infer("ScatterND", Attributes.NONE, tensor(from), tensor(indices), tensor(expected + " 2")))
                .contains("ScatterND");
    }

    @Test
    void scatteringElementsKeepsTheShape() {
        assertThat(infer("ScatterElements", Attributes.NONE, tensor("batch 3"), tensor("2 2"), tensor("2 2")))
                .isEqualTo(shape("batch 3"));
    }

    @ParameterizedTest
    @CsvSource({
        "batch 3 4, 4 5, batch 3 5",
        "batch 3 4, batch 4 5, batch 3 5",
        "7 1 3 4, 2 4 5, 7 2 3 5",
        "4, 4 5, 5",
        "batch 3 4, 4, batch 3",
        "4, 4, ''"
    })
    void matMulStacksAndBroadcasts(String left, String right, String expected) {
        assertThat(infer("MatMul", Attributes.NONE, tensor(left), tensor(right)))
                .isEqualTo(shape(expected));
    }

    @Test
    void matMulOfDifferentInnerSizesIsRefused() {
        exportRefused(() -> infer("MatMul", Attributes.NONE, tensor("2 3"), tensor("4 5")))
                .contains("inner sizes differ");
    }

    @ParameterizedTest
    @CsvSource({"batch 1 4, 3 1, batch 3 4", "batch 4, 4, batch 4", "'', batch, batch"})
    void elementWiseOperatorsBroadcast(String left, String right, String expected) {
        assertThat(infer("Add", Attributes.NONE, tensor(left), tensor(right))).isEqualTo(shape(expected));
    }

    @Test
    void shapesThatDoNotBroadcastAreRefused() {
        exportRefused(() -> infer("Add", Attributes.NONE, tensor("batch 3"), tensor("batch 4")))
                .contains("do not broadcast");
    }

    @ParameterizedTest
    @CsvSource({
        // size, kernel, stride, padding, dilation, ceil_mode, expected
        "28, 3, 1, 1, 1, 0, 28",
        "28, 3, 1, 0, 1, 0, 26",
        "28, 2, 2, 0, 1, 0, 14",
        "9, 2, 2, 0, 1, 0, 4",
        "9, 2, 2, 0, 1, 1, 5",
        "5, 2, 3, 1, 1, 1, 2",
        "9, 3, 1, 0, 2, 0, 5"
    })
    void windowsSlide(long size, long kernel, long stride, long padding, long dilation, long up, long expected) {
        Attributes attributes = Attributes.NONE
                .with("kernel_shape", new long[] {kernel})
                .with("strides", new long[] {stride})
                .with("dilations", new long[] {dilation})
                .with("pads", new long[] {padding, padding})
                .with("ceil_mode", up);
        assertThat(infer("MaxPool", attributes, tensor("batch 4 " + size))).isEqualTo(shape("batch 4 " + expected));
    }

    @Test
    void aConvolutionTakesItsChannelsFromTheKernel() {
        Attributes groups = Attributes.NONE.with("group", 2);
        assertThat(infer("Conv", groups, tensor("batch 4 8 8"), tensor("6 2 3 3")))
                .isEqualTo(shape("batch 6 6 6"));
        exportRefused(() -> infer("Conv", groups, tensor("batch 4 8 8"), tensor("6 4 3 3")))
                .contains("in 2 groups");
    }

    @Test
    void concatenationAlongTheBatchAddsBatches() {
        Attributes axis = Attributes.NONE.with("axis", 0);
        assertThat(infer("Concat", axis, tensor("batch 3"), tensor("batch 3"))).isEqualTo(shape("2*batch 3"));
        exportRefused(() -> infer("Concat", axis, tensor("batch 3"), tensor("batch 4")))
                .contains("cannot concatenate");
    }

    @Test
    void aSizeTimesANumberScalesBothItsParts() {
        assertThat(line(3, 5).times(Dim.of(2))).isEqualTo(line(6, 10));
        assertThat(Dim.of(2).times(line(3, 5))).isEqualTo(line(6, 10));
    }

    @Test
    void samplesAgainstSamplesAreAsManyAsTheSquareOfTheBatch() {
        assertThat(shape("batch batch 3").size()).hasToString("3*batch*batch");
        assertThat(shape("batch batch 3").size().at(5)).isEqualTo(75);
    }

    @Test
    void squeezeRefusesAnAxisThatIsNotOne() {
        assertThat(infer("Squeeze", Attributes.NONE, tensor("batch 1 3 1"), numbers("1 -1")))
                .isEqualTo(shape("batch 3"));
        exportRefused(() -> infer("Squeeze", Attributes.NONE, tensor("batch 3"), numbers("1")))
                .contains("cannot squeeze axis 1");
    }

    @Test
    void unsqueezeCountsAxesOfTheResult() {
        assertThat(infer("Unsqueeze", Attributes.NONE, tensor("batch 3"), numbers("1 -1")))
                .isEqualTo(shape("batch 1 3 1"));
        assertThat(infer("Unsqueeze", Attributes.NONE, tensor("batch 3"), numbers("-1 0")))
                .isEqualTo(shape("1 batch 3 1"));
    }

    @Test
    void recurrentOperatorsMakeOutputsAndStates() {
        List<Inference.Made> made = Inference.infer(
                "LSTM", List.of(tensor("6 batch 5"), tensor("2 12 5"), tensor("2 12 3")), Attributes.NONE, 3);
        assertThat(made)
                .extracting(Inference.Made::shape)
                .containsExactly(shape("6 2 batch 3"), shape("2 batch 3"), shape("2 batch 3"));
    }

    @Test
    void recurrentOperatorsTakeTheFeaturesLast() {
        exportRefused(() -> infer("RNN", Attributes.NONE, tensor("6 batch 4"), tensor("1 3 5"), tensor("1 3 3")))
                .contains("weights for 5 features meet a sequence of 4");
    }

    @ParameterizedTest
    @CsvSource({
        "batch 3, 3 5, 0, '', batch 5",
        "batch 3, 5 3, 1, 5, batch 5",
        "batch 3, 5 3, 1, 1 5, batch 5",
        "7 3, 5 3, 1, 7 1, 7 5"
    })
    void gemmAddsWhatBroadcastsToTheProduct(String left, String right, long transposed, String bias, String expected) {
        Attributes attributes = Attributes.NONE.with("transB", transposed);
        assertThat(infer("Gemm", attributes, tensor(left), tensor(right), tensor(bias)))
                .isEqualTo(shape(expected));
        assertThat(infer("Gemm", attributes, tensor(left), tensor(right))).isEqualTo(shape(expected));
        assertThat(infer("Gemm", attributes, tensor(left), tensor(right), Value.OMITTED))
                .isEqualTo(shape(expected));
    }

    @Test
    void gemmDoesNotStretchTheProduct() {
        exportRefused(() -> infer("Gemm", Attributes.NONE, tensor("1 3"), tensor("3 5"), tensor("4 5")))
                .contains("Gemm cannot add (4, 5) to (1, 5)");
    }

    @Test
    void whereBroadcastsAllThree() {
        Value condition = Value.of("condition", ElementType.BOOL, shape("batch 1 1"));
        assertThat(Inference.infer("Where", List.of(condition, tensor("3 1"), tensor("4")), Attributes.NONE, 1))
                .containsExactly(new Inference.Made(ElementType.FLOAT, shape("batch 3 4")));
    }

    @ParameterizedTest
    @CsvSource({
        "Equal, 2, BOOL",
        "Less, 2, BOOL",
        "IsNaN, 1, BOOL",
        "Relu, 1, FLOAT",
        "Add, 2, FLOAT",
        "ArgMax, 1, INT64"
    })
    void comparisonsMakeBooleansAndPlacesWholeNumbers(String operator, int inputs, ElementType expected) {
        List<Value> given = Collections.nCopies(inputs, tensor("2 3"));
        assertThat(Inference.infer(operator, given, Attributes.NONE, 1).get(0).type())
                .isEqualTo(expected);
    }

    /** Codes of onnx.proto, TensorProto.DataType. */
    @ParameterizedTest
    @CsvSource({"1, FLOAT", "2, UINT8", "3, INT8", "6, INT32", "7, INT64", "9, BOOL", "10, FLOAT16", "11, DOUBLE"})
    void castMakesTheTypeOfTheCode(long code, ElementType expected) {
        Attributes to = Attributes.NONE.with("to", code);
        assertThat(Inference.infer("Cast", List.of(tensor("batch 2")), to, 1))
                .containsExactly(new Inference.Made(expected, shape("batch 2")));
    }

    @Test
    void whatNoOperatorMakesIsRefused() {
        exportRefused(() -> infer("Cast", Attributes.NONE.with("to", 99), tensor("2")))
                .contains("unknown ONNX element type 99");
        exportRefused(() -> Inference.infer("Relu", List.of(tensor("2")), Attributes.NONE, 2))
                .contains("Relu makes 1 outputs, but 2 were requested");
        assertThat(Inference.infer("TopK", List.of(tensor("2 9"), numbers("4")), Attributes.NONE, 1))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        // axes (none for all), keepdims, expected
        "1, 1, batch 1 4",
        "1, 0, batch 4",
        "-1 1, 0, batch",
        "0 -1, 1, 1 3 1",
        "'', 0, ''",
        "'', 1, 1 1 1"
    })
    void reductionsLeaveOnesOrNothing(String axes, long keep, String expected) {
        Attributes attributes = Attributes.NONE.with("keepdims", keep);
        long[] places = shape(axes).fixed("axes");
        assertThat(infer(
                        "ReduceMax",
                        places.length == 0 ? attributes : attributes.with("axes", places),
                        tensor("batch 3 4")))
                .isEqualTo(shape(expected));
        if (places.length > 0) {
            assertThat(infer("ReduceSum", attributes, tensor("batch 3 4"), numbers(axes)))
                    .isEqualTo(shape(expected));
        }
    }

    @Test
    void reductionsKeepTheirAxesUnlessTheyAreTold() {
        assertThat(infer("ReduceMean", Attributes.NONE, tensor("batch 3"))).isEqualTo(shape("1 1"));
        assertThat(infer("ArgMin", Attributes.NONE, tensor("batch 3"))).isEqualTo(shape("1 3"));
        assertThat(infer("TopK", Attributes.NONE, tensor("batch 9"), numbers("4")))
                .isEqualTo(shape("batch 4"));
        assertThat(infer("TopK", Attributes.NONE.with("axis", 0), tensor("8 9"), numbers("4")))
                .isEqualTo(shape("4 9"));
    }

    @Test
    void elementsAreMovedAsTheSpecificationSays() {
        Value image = tensor("batch 3 4");
        assertThat(infer("Transpose", Attributes.NONE.with("perm", new long[] {2, 0, 1}), image))
                .isEqualTo(shape("4 batch 3"));
        assertThat(infer("Gather", Attributes.NONE.with("axis", -1), image, tensor("5 6")))
                .isEqualTo(shape("batch 3 5 6"));
        assertThat(infer("Gather", Attributes.NONE, image, tensor(""))).isEqualTo(shape("3 4"));
        assertThat(infer("GatherElements", Attributes.NONE, image, tensor("batch 1 4")))
                .isEqualTo(shape("batch 1 4"));
        assertThat(infer("Expand", Attributes.NONE, tensor("3 1"), numbers("batch 1 4")))
                .isEqualTo(shape("batch 3 4"));
        assertThat(infer("Tile", Attributes.NONE, image, numbers("2 1 3"))).isEqualTo(shape("2*batch 3 12"));
        assertThat(infer("Pad", Attributes.NONE, image, numbers("0 1 2 0 3 -1")))
                .isEqualTo(shape("batch 7 5"));
        assertThat(infer("Shape", Attributes.NONE, image)).isEqualTo(shape("3"));
        assertThat(infer("Range", Attributes.NONE, tensor(""), numbers("batch"), tensor("")))
                .isEqualTo(shape("batch"));
        assertThat(infer("GlobalAveragePool", Attributes.NONE, image)).isEqualTo(shape("batch 3 1"));
        Value values = Value.of("values", ElementType.INT8, shape("2"));
        assertThat(Inference.infer("OneHot", List.of(image, numbers("5"), values), Attributes.NONE, 1))
                .containsExactly(new Inference.Made(ElementType.INT8, shape("batch 3 4 5")));
    }

    @Test
    void partsAreTheWhole() {
        Attributes axis = Attributes.NONE.with("axis", 1);
        assertThat(Inference.infer("Split", List.of(tensor("batch 5"), numbers("2 3")), axis, 2))
                .extracting(Inference.Made::shape)
                .containsExactly(shape("batch 2"), shape("batch 3"));
        exportRefused(() -> Inference.infer("Split", List.of(tensor("batch 5"), numbers("2 2")), axis, 2))
                .contains("cannot split axis 1 of (batch, 5) into 4");
        assertThat(infer("Concat", axis, tensor("batch 2"), tensor("batch 3"), tensor("batch 4")))
                .isEqualTo(shape("batch 9"));
    }

    @Test
    void zeroInATargetShapeCopiesTheSize() {
        assertThat(infer("Reshape", Attributes.NONE, tensor("batch 6"), numbers("0 2 3")))
                .isEqualTo(shape("batch 2 3"));
        assertThat(infer("Reshape", Attributes.NONE, tensor("4 6"), numbers("0 -1")))
                .isEqualTo(shape("4 6"));
        assertThat(infer("Reshape", Attributes.NONE, tensor("0"), numbers("3 0")))
                .isEqualTo(shape("3 0"));
    }

    @Test
    void anUnknownOperatorIsRefused() {
        exportRefused(() -> infer("Whatever", Attributes.NONE, tensor("2"))).contains("Whatever");
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
