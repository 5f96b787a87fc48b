package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.SizeFunction;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls with a batch of 2, 5 and 3, merged, give one program, or an error about the first thing that does not fit. */
@Tag("tiny")
class TapeMergeTest extends OneTrace {

    private static final long[] BATCHES = {2, 5, 3};
    private static final String F = "NDArray.f(Number)";

    private static Entry input(long batch) {
        return new Entry.Input(slot(0, batch, 3));
    }

    private static Entry call(String signature, Slot result, @Nullable Object... arguments) {
        List<@Nullable Object> all = new ArrayList<>(Arrays.asList(arguments));
        return new Entry.Operation(signature, all, List.of(result), "block A");
    }

    private static Entry constant(int id, byte[] data, DataType type, long... sizes) {
        return new Entry.Constant(new Slot(id, new Shape(sizes), type), "table", data, "block C");
    }

    private static ForwardRecorder.Recording recording(List<Slot> outputs, Entry... entries) {
        return new ForwardRecorder.Recording(List.of(entries), outputs, List.of(Optional.of("x")));
    }

    private static Program merged(LongFunction<ForwardRecorder.Recording> recording, Axis.Dynamic... bounded) {
        List<Sizes> sizes = Arrays.stream(BATCHES)
                .mapToObj(batch -> new Sizes(Map.of("batch", batch)))
                .toList();
        return new TapeMerge(List.of(bounded.length == 0 ? Axis.BATCH : bounded[0]), sizes, true)
                .program(Arrays.stream(BATCHES).mapToObj(recording).toList());
    }

    /** Takes the input, and does one step that the size of the batch decides on. */
    private static LongFunction<ForwardRecorder.Recording> then(LongFunction<Entry> step) {
        return batch -> recording(List.of(), input(batch), step.apply(batch));
    }

    /** Calls f on the input with one further argument. */
    private static @Nullable Object mergedArgument(LongFunction<@Nullable Object> argument) {
        Program program = merged(then(batch -> call(F, slot(1, batch, 3), slot(0, batch, 3), argument.apply(batch))));
        return ((Step.Call) program.steps().get(1)).arguments().values().get(1);
    }

    private static void assertRefused(LongFunction<ForwardRecorder.Recording> recording, String... words) {
        assertThatThrownBy(() -> merged(recording))
                .isInstanceOf(ExportException.class)
                .hasMessageStartingWith("batch-dependent control flow: ")
                .hasMessageContainingAll(words);
    }

    @Test
    void shapesFollowTheBatch() {
        Program program = merged(batch -> recording(
                List.of(slot(1, 2 * batch, 3)), input(batch), call(F, slot(1, 2 * batch, 3), slot(0, batch, 3), null)));
        Operand input = floats(0, Dim.BATCH, Dim.of(3));
        Operand result = floats(1, Dim.BATCH.times(Dim.of(2)), Dim.of(3));
        Arguments arguments = new Arguments(F, Arrays.asList(input, null), "block A");
        assertThat(program.steps()).containsExactly(new Step.Input(input), new Step.Call(arguments, List.of(result)));
        assertThat(program.outputs()).containsExactly(result);
        assertThat(program.names()).containsExactly(Optional.of("x"));
    }

    @Test
    void argumentsThatDifferFollowTheBatch() {
        assertThat(mergedArgument(batch -> 4 * batch)).isEqualTo(Dim.BATCH.times(Dim.of(4)));
        assertThat(mergedArgument(batch -> (float) batch + 1)).isEqualTo(Dim.BATCH.plus(Dim.of(1)));
        assertThat(mergedArgument(batch -> new Shape(batch, 7))).isEqualTo(List.of(Dim.BATCH, Dim.of(7)));
        assertThat(mergedArgument(batch -> new long[] {7, batch})).isEqualTo(List.of(Dim.of(7), Dim.BATCH));
        assertThat(mergedArgument(batch -> new int[] {(int) batch})).isEqualTo(List.of(Dim.BATCH));
        Operand input = floats(0, Dim.BATCH, Dim.of(3));
        assertThat(mergedArgument(batch -> List.of(slot(0, batch, 3), slot(0, batch, 3))))
                .isEqualTo(List.of(input, input));
    }

    @Test
    void numbersThatAreNotWholeFollowQuotientsRootsAndLogarithmsOfSizes() {
        Dim one = Dim.of(1);
        assertThat(mergedArgument(batch -> 1.0 / (double) batch))
                .isEqualTo(new SizeFunction(1, SizeFunction.Kind.PLAIN, one, Dim.BATCH));
        assertThat(mergedArgument(batch -> (float) (Math.PI / (double) batch)))
                .isEqualTo(new SizeFunction(Math.PI, SizeFunction.Kind.PLAIN, one, Dim.BATCH));
        assertThat(mergedArgument(batch -> 3 / Math.sqrt((double) batch)))
                .isEqualTo(new SizeFunction(3, SizeFunction.Kind.ROOT, one, Dim.BATCH));
        assertThat(mergedArgument(batch -> Math.log(batch + 1.0)))
                .isEqualTo(new SizeFunction(1, SizeFunction.Kind.LOG, Dim.BATCH.plus(one), one));
    }

    @Test
    void argumentsThatDoNotDifferAreLeftAsTheyAre() {
        assertThat(mergedArgument(batch -> 0.5f)).isEqualTo(0.5f);
        assertThat(mergedArgument(batch -> 4)).isEqualTo(4);
        assertThat(mergedArgument(batch -> "word")).isEqualTo("word");
        assertThat(mergedArgument(batch -> null)).isNull();
    }

    @Test
    void argumentsThatFollowNothingAreRefused() {
        assertRefused(
                () -> mergedArgument(batch -> Math.sin((double) batch)), "gets 0.909", "for a batch of 2, but -0.95");
        assertRefused(() -> mergedArgument(batch -> batch > 2 ? "large" : "small"), "gets small for a batch of 2");
        assertRefused(() -> mergedArgument(batch -> batch == 3 ? 5 : 2), "the number 2 for a batch of 2, but 5 for 3");
        assertThat(mergedArgument(batch -> batch % 3)).hasToString("batch-3*floor((batch)/3)");
        assertRefused(() -> mergedArgument(batch -> batch > 2 ? new Shape(1, 2) : new Shape(1)), "1 axes");
        assertRefused(() -> mergedArgument(batch -> batch > 2 ? List.of(slot(0, batch, 3)) : List.of()), "gets []");
        assertRefused(() -> mergedArgument(batch -> batch > 2 ? Double.NaN : 1.0), "gets 1.0", "but NaN");
    }

    private static Entry sum(long batch, String signature, int from) {
        return call(signature, slot(1, batch), slot(from, batch, 3));
    }

    @Test
    void otherStepsAndOutputsAreRefused() {
        Entry table = constant(1, new byte[4], DataType.FLOAT32, 1);
        assertRefused(
                then(batch -> batch == 5 ? table : sum(batch, F, 0)),
                "for a batch of 2 and of 5, at " + F + " in block A");
        assertRefused(
                then(batch -> batch == 3 ? sum(batch, F, 0) : table),
                "for a batch of 2 and of 3, at the constant table in block C");
        assertRefused(
                batch -> recording(List.of(), batch == 5 ? call(F, slot(0, batch)) : input(batch)),
                "different things for a batch of 2 and of 5;");
        assertRefused(
                then(batch -> sum(batch, batch == 5 ? "NDArray.g()" : F, 0)),
                "calls " + F + " for a batch of 2, but NDArray.g() for 5, at " + F + " in block A");
        assertRefused(
                then(batch -> sum(batch, F, batch == 5 ? 7 : 0)),
                F + " in block A uses different arrays for a batch of 2 and of 5");
        assertRefused(
                batch -> recording(batch == 3 ? List.of() : List.of(slot(0, batch, 3)), input(batch)),
                "returns 1 arrays for a batch of 2, but 0 for 3");
    }

    @ParameterizedTest
    @CsvSource({"3, 1 steps for a batch of 2 but 2 for 3", "2, 2 steps for a batch of 2 but 1 for 5"})
    void anotherNumberOfStepsIsRefused(long longer, String words) {
        assertRefused(
                batch -> batch == longer
                        ? recording(List.of(), input(batch), sum(batch, F, 0))
                        : recording(List.of(), input(batch)),
                words.replace(" but", ", but") + ", at " + F + " in block A");
    }

    private static Step mergedConstant(
            DataType type, LongFunction<byte[]> data, LongFunction<long[]> shape, Axis.Dynamic... bounded) {
        return merged(then(batch -> constant(1, data.apply(batch), type, shape.apply(batch))), bounded)
                .steps()
                .get(1);
    }

    /** Merges constants of one axis. */
    private static Step mergedConstant(DataType type, LongFunction<byte[]> data, Axis.Dynamic... bounded) {
        return mergedConstant(
                type, data, batch -> new long[] {data.apply(batch).length / type.getNumOfBytes()}, bounded);
    }

    private static Operand made(TensorType type, Dim... sizes) {
        return new Operand(1, type, new TensorShape(List.of(sizes)));
    }

    private static byte[] counted(long count, int first, int step) {
        byte[] data = new byte[(int) count];
        for (int i = 0; i < count; i++) {
            data[i] = (byte) (first + i * step);
        }
        return data;
    }

    @Test
    void aConstantThatIsTheSameStaysOne() {
        Step step = mergedConstant(DataType.INT8, batch -> new byte[] {7, 8});
        assertThat(step).isInstanceOfSatisfying(Step.Constant.class, constant -> {
            assertThat(constant.data()).containsExactly(7, 8);
            assertThat(constant.hint()).isEqualTo("table");
        });
    }

    @Test
    void numbersAndStepsThatDifferFollowTheBatch() {
        assertThat(mergedConstant(DataType.INT8, batch -> new byte[] {(byte) (3 * batch)}))
                .isEqualTo(new Step.Counted(made(TensorType.INT8, Dim.of(1)), Dim.BATCH.times(Dim.of(3))));
        assertThat(mergedConstant(DataType.INT8, batch -> counted(batch, (int) batch, (int) batch)))
                .isEqualTo(new Step.Counting(made(TensorType.INT8, Dim.BATCH), Dim.BATCH, Dim.BATCH));
    }

    /** 250 is -6 as a signed byte: only the type shows which. */
    @ParameterizedTest
    @CsvSource({"UINT8, 250", "INT8, -6"})
    void countingBeginsAtTheNumberOfItsType(DataType type, long first) {
        Operand places = made(TensorType.valueOf(type.name()), Dim.BATCH);
        assertThat(mergedConstant(type, batch -> counted(batch, -6, 1)))
                .isEqualTo(new Step.Counting(places, Dim.of(first), Dim.of(1)));
    }

    /** If the call with a batch of 2 has only one number, the step is that of the other calls. */
    @Test
    void oneNumberIsCountedAsTheOthersAre() {
        Operand places = made(TensorType.INT8, Dim.BATCH.minus(Dim.of(1)));
        assertThat(mergedConstant(DataType.INT8, batch -> counted(batch - 1, 4, 3)))
                .isEqualTo(new Step.Counting(places, Dim.of(4), Dim.of(3)));
    }

    private static byte[] floats(long count, FloatUnaryOperator number) {
        ByteBuffer data = ByteBuffer.allocate((int) count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            data.putFloat(number.at(i));
        }
        return data.array();
    }

    private interface FloatUnaryOperator {
        float at(int place);
    }

    @Test
    void realsAreCountedIfTheyAreWhole() {
        Axis.Dynamic upToEight = Axis.BATCH.atMost(8);
        assertThat(mergedConstant(DataType.FLOAT32, batch -> floats(batch, place -> 3 + place), upToEight))
                .isEqualTo(new Step.Counting(floats(1, Dim.BATCH), Dim.of(3), Dim.of(1)));
        assertThat(mergedConstant(DataType.FLOAT32, batch -> floats(batch, place -> 3.5f + place), upToEight))
                .isInstanceOf(Step.Prefix.class);
    }

    private static void assertRepeats(Step step, byte[] slice, long... shape) {
        assertThat(step).isInstanceOfSatisfying(Step.Repeated.class, repeated -> {
            assertThat(repeated.slice().data()).isEqualTo(slice);
            assertThat(repeated.slice().operand().shape()).isEqualTo(TensorShape.of(shape));
        });
    }

    @ParameterizedTest
    @ValueSource(floats = {0.5f, Float.NEGATIVE_INFINITY})
    void rowsThatAreNotWholeAreRepeatedAndNotCounted(float second) {
        LongFunction<byte[]> rows = batch -> floats(2 * batch, place -> place % 2 == 0 ? 0 : second);
        assertRepeats(mergedConstant(DataType.FLOAT32, rows, batch -> new long[] {batch, 2}), rows.apply(1), 1, 2);
    }

    @Test
    void oneSliceForEachSampleIsRepeated() {
        LongFunction<byte[]> slices = batch -> {
            byte[] data = new byte[(int) batch * 4];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) (i / (2 * batch) * 9 + i % 2);
            }
            return data;
        };
        Step step = mergedConstant(DataType.INT8, slices, batch -> new long[] {2, batch, 2});
        assertRepeats(step, new byte[] {0, 1, 9, 10}, 2, 1, 2);
    }

    @Test
    void aShapeIsBoundedIfAllItsAxesAre() {
        Axis.Dynamic time = Axis.of("time").atMost(8);
        TapeMerge merge =
                new TapeMerge(List.of(Axis.BATCH, time), List.of(new Sizes(Map.of("batch", 2L, "time", 7L))), true);
        TensorShape ofTime = new TensorShape(List.of(Dim.axis("time"), Dim.of(3)));
        assertThat(merge.isBounded(ofTime)).isTrue();
        assertThat(merge.isBounded(ofTime.with(1, Dim.BATCH))).isFalse();
        assertThat(merge.isBounded(TensorShape.of(3))).isTrue();
    }

    @Test
    void numbersThatDifferFromSampleToSampleAreRefused() {
        LongFunction<byte[]> odd = batch -> {
            byte[] data = new byte[(int) batch];
            data[(int) batch - 1] = 9;
            return data;
        };
        assertRefused(
                () -> mergedConstant(DataType.INT8, odd),
                "the constant table in block C holds different numbers for different samples");
        // If the batch is bounded, the longest form of the constant contains all others.
        assertThat(mergedConstant(DataType.INT8, odd, Axis.BATCH.atMost(8))).isInstanceOf(Step.Prefix.class);
    }

    @Test
    void numbersThatDifferFromCallToCallAndOtherTypesAreRefused() {
        assertRefused(
                then(batch -> constant(1, new byte[] {(byte) batch, 0}, DataType.INT8, 2)),
                "the constant table(2) in block C is computed from the batch size");
        assertRefused(
                () -> mergedConstant(DataType.INT8, batch -> counted(batch, (int) batch, 0)),
                "the constant table(batch) in block C holds different numbers for different batch sizes");
        assertRefused(() -> TapeMerge.elementType(DataType.STRING, "x"), "x makes string, a type that is not exported");
    }
}
