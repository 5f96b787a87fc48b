package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A further call of forward passes if it follows the program, and is rejected at the first step that differs. */
@Tag("tiny")
class ReplayTest extends OneTrace {

    private static final String ADD = "NDArray.add(NDArray)";
    private static final String PAIR = "NDArray.f(NDList, Shape, Number, Number)";
    private static final Sizes TWO = new Sizes(Map.of("batch", 2L));
    private static final Sizes FIVE = new Sizes(Map.of("batch", 5L));

    private static final Operand INPUT = floats(0, Dim.BATCH, Dim.of(2));
    private static final Operand BIAS = floats(1, Dim.of(2));
    private static final Operand SUM = floats(2, Dim.BATCH, Dim.of(2));
    private static final Operand LEFT = floats(3, Dim.BATCH);
    private static final Operand RIGHT = floats(4, Dim.BATCH);
    private static final byte[] DATA = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40};

    private static final List<Object> PAIRED =
            List.of(List.of(SUM, INPUT), List.of(Dim.BATCH, Dim.of(3)), Dim.BATCH.times(Dim.of(2)), 0.5f);
    private static final Step ADDED = new Step.Call(new Arguments(ADD, List.of(INPUT, BIAS), "block A"), List.of(SUM));
    private static final Step BOTH = new Step.Call(new Arguments(PAIR, PAIRED, "block B"), List.of(LEFT, RIGHT));
    private static final Step TABLE = new Step.Constant(BIAS, "bias", DATA);

    /** Adds a bias, then makes two arrays of a list, a shape, a number that depends on the batch, and a fixed one. */
    private static final Program PROGRAM =
            new Program(List.of(new Step.Input(INPUT), TABLE, ADDED, BOTH), List.of(LEFT, RIGHT), List.of());

    private static final Program SHORTER = new Program(PROGRAM.steps().subList(0, 3), List.of(SUM), List.of());

    private static Replay rehearsal(Program program, Sizes sizes) {
        return new Replay(program, TWO, sizes, Replay.Mode.DRY, false, ExportException::new);
    }

    private static void begin(Replay rehearsal, long batch) {
        rehearsal.input(slot(0, batch, 2));
        rehearsal.constant(slot(1, 2), "bias", DATA::clone, false);
    }

    private static void sum(Replay rehearsal, long batch) {
        begin(rehearsal, batch);
        rehearsal.call(ADD, List.of(slot(0, batch, 2), slot(1, 2)));
        rehearsal.made(List.of(slot(2, batch, 2)));
    }

    private static void pair(Replay rehearsal, Object list, Object shape, Object number, Object fixed) {
        rehearsal.call(PAIR, List.of(list, shape, number, fixed));
    }

    private static List<Slot> both(long batch) {
        return List.of(slot(2, batch, 2), slot(0, batch, 2));
    }

    private static void assertDiffers(Consumer<Replay> doing, String... words) {
        Replay rehearsal = rehearsal(PROGRAM, FIVE);
        assertThatThrownBy(() -> doing.accept(rehearsal))
                .isInstanceOf(ExportException.class)
                .hasMessageStartingWith("batch-dependent control flow")
                .hasMessageContainingAll(words);
    }

    private static void assertDiffersAfter(BiConsumer<Replay, Long> first, Consumer<Replay> doing, String... words) {
        Consumer<Replay> begun = rehearsal -> first.accept(rehearsal, 5L);
        assertDiffers(begun.andThen(doing), words);
    }

    private static void assertPairDiffers(Object list, Object shape, Object number, Object fixed, String... words) {
        assertDiffersAfter(ReplayTest::sum, r -> pair(r, list, shape, number, fixed), words);
    }

    @Test
    void theSameStepsPassAtEverySize() {
        for (long batch : new long[] {2, 5}) {
            Replay rehearsal = rehearsal(PROGRAM, new Sizes(Map.of("batch", batch)));
            sum(rehearsal, batch);
            List<Operand> expected = rehearsal.call(PAIR, List.of(both(batch), new Shape(batch, 3), 2 * batch, 0.5f));
            assertThat(expected).containsExactly(LEFT, RIGHT);
            assertThat(rehearsal.mode()).isEqualTo(Replay.Mode.DRY);
            assertThat(rehearsal.shape(SUM)).isEqualTo(new Shape(batch, 2));
            rehearsal.made(List.of(slot(3, batch), slot(4, batch)));
            rehearsal.end(List.of(slot(3, batch), slot(4, batch)));
            assertThat(rehearsal.longest()).isEmpty();
        }
    }

    @Test
    void atTheSameSizesForwardItselfChanges() {
        assertThatThrownBy(() -> sum(rehearsal(PROGRAM, TWO), 3))
                .hasMessageStartingWith("forward changes from call to call")
                .hasMessageContaining("takes its input in one call, where it takes its input in the call before");
    }

    @Test
    void anInputOfAnotherShapeOrTypeOrPlaceIsRefused() {
        assertDiffers(r -> r.input(slot(0, 2, 2)), "takes its input for a batch of 5, where it takes");
        assertDiffers(r -> r.input(slot(1, 5, 2)), "takes its input");
        assertDiffers(r -> r.input(new Slot(0, new Shape(5, 2), DataType.INT32)), "takes its input");
    }

    @Test
    void anotherKindOfStepIsRefused() {
        assertDiffers(
                r -> r.constant(slot(0, 5, 2), "bias", DATA::clone, false),
                "takes the constant bias(5, 2)",
                "where it takes its input");
        assertDiffersAfter(
                (r, batch) -> r.input(slot(0, batch, 2)),
                r -> r.input(slot(1, 2)),
                "where it takes a constant of shape (2)");
        assertDiffersAfter(ReplayTest::begin, r -> r.input(slot(2, 5, 2)), "where it calls " + ADD + " in block A");
        assertDiffersAfter(
                (r, batch) -> r.input(slot(0, batch, 2)),
                r -> r.constant(slot(1, 3), "bias", DATA::clone, false),
                "takes the constant bias(3)",
                "takes a constant of shape (2)");
    }

    @Test
    void otherNumbersInAConstantAreRefusedUnlessTheyAreTrusted() {
        assertDiffersAfter(
                (r, batch) -> r.input(slot(0, batch, 2)),
                r -> r.constant(slot(1, 2), "bias", () -> new byte[8], false),
                "the constant bias(2) holds other numbers for a batch of 5 than for a batch of 2");
        Replay trusting = rehearsal(PROGRAM, FIVE);
        trusting.input(slot(0, 5, 2));
        assertThatCode(() -> trusting.constant(slot(1, 2), "bias", () -> fail("the content is read"), true))
                .doesNotThrowAnyException();
    }

    @Test
    void anotherCallIsRefused() {
        String sub = "NDArray.sub(NDArray)";
        Slot input = slot(0, 5, 2);
        assertDiffersAfter(
                ReplayTest::begin,
                r -> r.call(sub, List.of(input, slot(1, 2))),
                "calls " + sub + " for a batch of 5, where it calls " + ADD + " in block A for a batch of 2");
        assertDiffersAfter(ReplayTest::begin, r -> r.call(ADD, List.of(input)), "where it calls " + ADD);
        assertDiffersAfter(
                ReplayTest::begin,
                r -> r.call(ADD, List.of(input, input)),
                ADD + " gets an array of shape (5, 2) for a batch of 5, but an array of shape (2) for a batch of 2");
    }

    @Test
    void otherArgumentsAreRefused() {
        Shape shape = new Shape(5, 3);
        assertPairDiffers(List.of(slot(0, 5, 2), slot(2, 5, 2)), shape, 10, 0.5f, PAIR + " gets [");
        assertPairDiffers(List.of(slot(2, 5, 2)), shape, 10, 0.5f, PAIR + " gets [");
        assertPairDiffers(both(5), new Shape(5, 4), 10, 0.5f, "gets (5, 4)");
        assertPairDiffers(both(5), new Shape(5), 10, 0.5f, "gets (5)");
        assertPairDiffers(both(5), new long[] {6, 3}, 10, 0.5f, "gets [6, 3]");
        assertPairDiffers(both(5), new int[] {6, 3}, 10, 0.5f, "gets [6, 3]");
        assertPairDiffers(both(5), shape, 11, 0.5f, "gets 11 for a batch of 5, but 4 for a batch of 2");
        assertPairDiffers(both(5), shape, 10.5, 0.5f, "gets 10.5");
        assertPairDiffers(both(5), shape, 10, 0.25f, "gets 0.25 for a batch of 5, but 0.5 for a batch of 2");
    }

    @Test
    void aNumberIsTheSameInEveryForm() {
        for (Object shape : new Object[] {new Shape(5, 3), new long[] {5, 3}, new int[] {5, 3}}) {
            for (Number number : new Number[] {10, 10L, 10f}) {
                Replay rehearsal = rehearsal(PROGRAM, FIVE);
                sum(rehearsal, 5);
                assertThatCode(() -> pair(rehearsal, both(5), shape, number, 0.5f))
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void otherResultsAreRefused() {
        Consumer<Replay> called = rehearsal -> {
            sum(rehearsal, 5);
            pair(rehearsal, both(5), new Shape(5, 3), 10, 0.5f);
        };
        assertDiffers(
                called.andThen(r -> r.made(List.of(slot(3, 5), slot(4, 6)))),
                PAIR + " makes float32(6) for a batch of 5, but float(5) would fit what it makes for a batch of 2");
        assertDiffers(called.andThen(r -> r.made(List.of(slot(3, 5)))), PAIR + " makes nothing");
    }

    @Test
    void anotherLengthIsRefused() {
        assertDiffersAfter(
                ReplayTest::sum,
                r -> r.end(List.of(slot(2, 5, 2))),
                "ends after 3 steps for a batch of 5, where it calls " + PAIR);
        Replay rehearsal = rehearsal(SHORTER, FIVE);
        sum(rehearsal, 5);
        assertThatThrownBy(() -> pair(rehearsal, both(5), new Shape(5, 3), 10, 0.5f))
                .hasMessageContaining("calls " + PAIR)
                .hasMessageContaining("where it ends after 3 steps");
    }

    @Test
    void otherOutputsAreRefused() {
        for (List<Slot> outputs : List.of(List.<Slot>of(), List.of(slot(0, 5, 2)), List.of(slot(2, 5, 3)), both(5))) {
            Replay rehearsal = rehearsal(SHORTER, FIVE);
            sum(rehearsal, 5);
            assertThatThrownBy(() -> rehearsal.end(outputs))
                    .hasMessageContaining("returns other arrays for a batch of 5 than for a batch of 2");
        }
    }

    @Test
    void theLongestFormOfAConstantIsLearned() {
        Operand positions = floats(0, Dim.BATCH);
        Step unknown = new Step.Prefix(positions, "positions", Optional.empty());
        Replay learning = rehearsal(new Program(List.of(unknown), List.of(), List.of()), FIVE);
        byte[] content = new byte[20];
        Arrays.fill(content, (byte) 7);
        learning.constant(slot(0, 5), "positions", () -> content, true);
        learning.end(List.of());
        Step.Constant longest = Objects.requireNonNull(learning.longest().get(0));
        assertThat(longest.operand()).isEqualTo(new Operand(0, TensorType.FLOAT, TensorShape.of(5)));
        assertThat(longest.hint()).isEqualTo("positions");
        assertThat(longest.data()).isEqualTo(content);

        Step known = new Step.Prefix(positions, "positions", Optional.of(longest));
        Program whole = new Program(List.of(known), List.of(), List.of());
        Sizes three = new Sizes(Map.of("batch", 3L));
        assertThatCode(() -> rehearsal(whole, three)
                        .constant(slot(0, 3), "positions", () -> Arrays.copyOf(content, 12), false))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> rehearsal(whole, three).constant(slot(0, 3), "positions", () -> new byte[12], false))
                .hasMessageContaining("the constant positions(3) holds other numbers");
    }
}
