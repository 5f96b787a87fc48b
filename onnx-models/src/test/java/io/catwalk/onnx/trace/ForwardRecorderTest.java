package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.lowering.OperatorTable;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Forward is called with made-up samples, or with none where only shapes are compared. */
@Tag("tiny")
class CallsTest extends OneTrace {

    private static final Sizes THREE = new Sizes(Map.of("batch", 3L));

    private static ForwardRecorder calls(List<Axis> axes, Function<NDList, NDList> forward) {
        return calls(DataType.FLOAT32, axes, forward);
    }

    private static ForwardRecorder calls(DataType type, List<Axis> axes, Function<NDList, NDList> forward) {
        Block block = new LambdaBlock(forward);
        return new ForwardRecorder(new Tracing(
                block,
                Optional.empty(),
                List.of(OnnxInput.of("x", type, axes.toArray(Axis[]::new))),
                OperatorTable.primitives()));
    }

    /** Returns the engine's array behind the proxy of an input. */
    private static float[] held(DataType type, Axis... axes) {
        List<float[]> held = new ArrayList<>();
        calls(type, List.of(axes), inputs -> {
                    TracedArray traced = (TracedArray) Proxy.getInvocationHandler(inputs.head());
                    held.add(traced.real().toType(DataType.FLOAT32, false).toFloatArray());
                    return inputs;
                })
                .record(THREE, THREE);
        return held.get(0);
    }

    @Test
    void everySampleHoldsTheSameFractions() {
        float[] numbers = held(DataType.FLOAT32, Axis.BATCH, Axis.of(5), Axis.of(2));
        assertThat(numbers).hasSize(30);
        float[] first = Arrays.copyOf(numbers, 10);
        for (float number : first) {
            assertThat(number).isBetween(0f, 1f);
        }
        assertThat(first).doesNotHaveDuplicates();
        assertThat(Arrays.copyOfRange(numbers, 10, 20)).isEqualTo(first);
        assertThat(Arrays.copyOfRange(numbers, 20, 30)).isEqualTo(first);
    }

    @Test
    void wholeNumbersAreZero() {
        assertThat(held(DataType.INT64, Axis.BATCH, Axis.of(4))).hasSize(12).containsOnly(0);
        assertThat(held(DataType.FLOAT32)).hasSize(1);
    }

    private static Program program(ForwardRecorder calls) {
        return new TapeMerge(List.of(), List.of(THREE), true).program(List.of(calls.record(THREE, THREE)));
    }

    @Test
    void aDryCallHoldsNoSamples() {
        List<float[]> held = new ArrayList<>();
        ForwardRecorder calls = calls(List.of(Axis.BATCH, Axis.of(4)), inputs -> {
            TracedArray traced = (TracedArray) Proxy.getInvocationHandler(inputs.head());
            held.add(traced.real().toFloatArray());
            return new NDList(inputs.head().neg());
        });
        Program program = program(calls);
        calls.rehearse(program, THREE, THREE, Replay.Mode.DRY, false);
        calls.rehearse(program, THREE, THREE, Replay.Mode.COMPUTED, false);
        assertThat(held.get(1)).containsOnly(0);
        assertThat(held.get(2)).isEqualTo(held.get(0));
    }

    @Test
    void aCallThatReturnsLessThanTheOneBeforeIsRefused() {
        int[] call = {0};
        ForwardRecorder calls = calls(List.of(Axis.BATCH), inputs -> {
            NDArray negated = inputs.head().neg();
            return call[0]++ == 0 ? new NDList(negated) : new NDList(inputs.head());
        });
        Program program = program(calls);
        assertRefused(
                () -> calls.rehearse(program, THREE, THREE, Replay.Mode.DRY, false),
                "the network returns other arrays");
    }

    @Test
    void namesThatForwardGivesAreKept() {
        ForwardRecorder calls = calls(List.of(Axis.BATCH), inputs -> {
            inputs.head().setName("series");
            NDArray sum = inputs.head().add(1);
            sum.setName("sum");
            return new NDList(sum, inputs.head().neg());
        });
        assertThat(calls.record(THREE, THREE).names())
                .containsExactly(Optional.of("series"), Optional.of("sum"), Optional.empty());
    }

    /** After a call, an array that the network keeps of it is an array of the engine. */
    @Test
    void aTraceEndsWithItsCall() {
        List<NDArray> kept = new ArrayList<>();
        ForwardRecorder calls = calls(List.of(Axis.BATCH, Axis.of(3)), inputs -> {
            NDArray table = inputs.head().getManager().arange(3f);
            table.detach();
            kept.add(table);
            return new NDList(inputs.head().add(table));
        });
        calls.record(THREE, THREE);
        assertThat(kept.get(0).add(1).toFloatArray()).containsExactly(1, 2, 3);
        assertThat(calls.changedWeights()).isEmpty();
    }
}
