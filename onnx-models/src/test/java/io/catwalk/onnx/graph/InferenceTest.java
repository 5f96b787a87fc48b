package io.catwalk.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected shapes are worked out by hand from the operators' specification (onnx/docs/Operators.md). */
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
        assertThatThrownBy(() -> infer("Reshape", Attributes.NONE, tensor(from), numbers(target)))
                .isInstanceOf(ExportException.class);
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
        assertThatThrownBy(() ->
                        infer("ScatterND", Attributes.NONE, tensor(from), tensor(indices), tensor(expected + " 2")))
                .hasMessageContaining("ScatterND");
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
        assertThatThrownBy(() -> infer("MatMul", Attributes.NONE, tensor("2 3"), tensor("4 5")))
                .hasMessageContaining("inner sizes differ");
    }

    @ParameterizedTest
    @CsvSource({"batch 1 4, 3 1, batch 3 4", "batch 4, 4, batch 4", "'', batch, batch"})
    void elementWiseOperatorsBroadcast(String left, String right, String expected) {
        assertThat(infer("Add", Attributes.NONE, tensor(left), tensor(right))).isEqualTo(shape(expected));
    }

    @Test
    void shapesThatDoNotBroadcastAreRefused() {
        assertThatThrownBy(() -> infer("Add", Attributes.NONE, tensor("batch 3"), tensor("batch 4")))
                .hasMessageContaining("do not broadcast");
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
        assertThatThrownBy(() -> infer("Conv", groups, tensor("batch 4 8 8"), tensor("6 4 3 3")))
                .hasMessageContaining("in 2 groups");
    }

    @Test
    void concatenationAlongTheBatchAddsBatches() {
        Attributes axis = Attributes.NONE.with("axis", 0);
        assertThat(infer("Concat", axis, tensor("batch 3"), tensor("batch 3"))).isEqualTo(shape("2*batch 3"));
        assertThatThrownBy(() -> infer("Concat", axis, tensor("batch 3"), tensor("batch 4")))
                .hasMessageContaining("cannot concatenate");
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
        assertThatThrownBy(() -> infer("Squeeze", Attributes.NONE, tensor("batch 3"), numbers("1")))
                .hasMessageContaining("cannot squeeze axis 1");
    }

    @Test
    void unsqueezeCountsAxesOfTheResult() {
        assertThat(infer("Unsqueeze", Attributes.NONE, tensor("batch 3"), numbers("1 -1")))
                .isEqualTo(shape("batch 1 3 1"));
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
    void anUnknownOperatorIsRefused() {
        assertThatThrownBy(() -> infer("Whatever", Attributes.NONE, tensor("2")))
                .hasMessageContaining("Whatever");
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
