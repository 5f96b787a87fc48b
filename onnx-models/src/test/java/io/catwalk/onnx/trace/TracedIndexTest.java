package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An index of a traced array selects what the engine selects, with one slice and one selection by arrays. */
@Tag("tiny")
class TracedIndexTest extends OneTrace {

    private static final String SLICE = "NDArray.get(NDIndex)";
    private static final String TAKE = "NDArray.get(NDIndex.take)";
    private static final String ARRAYS = "NDArray.get(NDIndex.arrays)";
    private static final String PICK = "NDArray.get(NDIndex.pick)";

    private final Tracer tracer = newTracer();
    private final NDArray real = manager.arange(60f).reshape(3, 4, 5);
    private final NDArray input = tracer.input(real).proxy();

    private static NDArray ints(NDManager manager, long... numbers) {
        return manager.create(numbers);
    }

    private static NDArray bits(NDManager manager, boolean... bits) {
        return manager.create(bits);
    }

    private static Arguments index(Function<NDManager, NDIndex> index, String... calls) {
        return Arguments.of(index, List.of(calls));
    }

    static Stream<Arguments> indices() {
        return Stream.of(
                index(m -> new NDIndex(), SLICE),
                index(m -> new NDIndex("1"), SLICE),
                index(m -> new NDIndex("..., -1"), SLICE),
                index(m -> new NDIndex("null, 1:, null, ::2, 3"), SLICE),
                index(m -> new NDIndex(":, {}", ints(m, 0, 2)), TAKE),
                index(m -> new NDIndex("{}, ...", ints(m, 2, 2, 0)), TAKE),
                index(m -> new NDIndex("..., {}", ints(m, 4)), TAKE),
                index(m -> new NDIndex("1:, {}", ints(m, 0, 2)), SLICE, TAKE),
                index(m -> new NDIndex("1, {}, :3", ints(m, 0, 2)), SLICE, TAKE),
                index(m -> new NDIndex(":, {}, {}", ints(m, 0, 2), ints(m, 1, 4)), ARRAYS),
                index(m -> new NDIndex("{}, :, {}", ints(m, 0, 2), ints(m, 1, 4)), ARRAYS),
                index(m -> new NDIndex("{}, 1:, {}", ints(m, 0, 2), ints(m, 1, 4)), SLICE, ARRAYS),
                index(m -> new NDIndex(":, {}", bits(m, true, false, false, true)), TAKE),
                index(m -> new NDIndex("{}, 2", bits(m, true, false, true)), SLICE, TAKE));
    }

    @ParameterizedTest
    @MethodSource("indices")
    void anIndexTakesWhatTheEngineTakes(Function<NDManager, NDIndex> index, List<String> calls) {
        NDArray taken = input.get(index.apply(manager));
        assertTakes(taken, index);
        assertThat(calls(tracer)).isEqualTo(calls);
    }

    /** With arrays of the trace in the index, too. */
    @ParameterizedTest
    @MethodSource("indices")
    void anIndexOfAConstantIsAConstant(Function<NDManager, NDIndex> index, List<String> calls) {
        NDArray constant = input.getManager().arange(60f).reshape(3, 4, 5);
        NDArray taken = constant.get(index.apply(input.getManager()));
        assertTakes(taken, index);
        assertThat(tracer.tape().entries()).hasSize(1);
        input.add(constant);
        int before = tracer.tape().entries().size();
        NDArray twice = taken.mul(2);
        taken.muli(2);
        assertThat(taken.contentEquals(twice)).isTrue();
        // The tape records the whole array again if a slice of it was written, but not if a copy was.
        input.add(constant);
        int added = tracer.tape().entries().size() - before;
        assertThat(added).isEqualTo(calls.equals(List.of(SLICE)) ? 2 : 1);
        // A slice is a view: writing into it changes the whole array. A selection by arrays is a copy.
        boolean copies = calls.size() > 1 || !calls.get(0).equals(SLICE);
        assertThat(constant.get(index.apply(input.getManager())).contentEquals(twice))
                .isEqualTo(!copies);
    }

    private void assertTakes(NDArray taken, Function<NDManager, NDIndex> index) {
        NDArray expected = real.get(index.apply(manager));
        assertThat(taken.getShape()).isEqualTo(expected.getShape());
        assertThat(tracer.traced(taken).real().toFloatArray()).isEqualTo(expected.toFloatArray());
    }

    @Test
    void onePlaceForEachRowIsPicked() {
        NDArray last = manager.create(new long[] {0, 4, 1, 2, 3, 3, 1, 0, 2, 4, 4, 1}, new Shape(3, 4, 1));
        NDArray picked = input.get(new NDIndex().addAllDim(2).addPickDim(last));
        NDArray expected = real.get(new NDIndex().addAllDim(2).addPickDim(last));
        assertThat(tracer.traced(picked).real().toFloatArray()).isEqualTo(expected.toFloatArray());
        Entry.Operation call = (Entry.Operation) tracer.tape().entries().get(2);
        assertThat(call.signature()).isEqualTo(PICK);
        assertThat(call.arguments().get(2)).isEqualTo(2L); // the axis
        assertRefused(() -> input.get(new NDIndex().addSliceDim(0, 2).addPickDim(last)), "only together with whole");
        assertRefused(() -> input.get(new NDIndex().addPickDim(last).addPickDim(last)), "only together with whole");
        assertRefused(() -> input.set(new NDIndex().addAllDim(2).addPickDim(last), 1), "cannot write through");
    }

    @Test
    void aMaskThatDependsOnTheInputTakesNothingAndWrites() {
        assertRefused(() -> input.get(new NDIndex("{}", input.gt(3))), "a boolean mask that depends on the input");
        input.set(new NDIndex("{}", input.gt(3)), 1);
        assertThat(calls(tracer)).endsWith("NDArray.set(NDIndex.mask)");
        NDArray two = input.getManager().ones(new Shape(2));
        assertRefused(() -> input.set(new NDIndex("{}", input.gt(3)), two), "several values for a mask");
        NDArray one = input.getManager().ones(new Shape(1));
        input.set(new NDIndex("1, {}", input.get("0").gt(3)), one);
    }

    /** Each write makes a call, and a further one for each array that it is a part of. */
    @ParameterizedTest
    @MethodSource("indices")
    void whatIsWrittenIsWrittenIntoTheWhole(Function<NDManager, NDIndex> index, List<String> calls) {
        input.set(index.apply(input.getManager()), 7f);
        List<String> made = calls(tracer);
        String set = calls.equals(List.of(SLICE)) ? "NDArray.set(NDIndex, Number)" : "NDArray.set(NDIndex.arrays)";
        List<String> several = List.of(SLICE, set, "NDArray.set(NDIndex, NDArray)");
        assertThat(made).isEqualTo(calls.size() == 1 ? List.of(set) : several);
        Entry last = tracer.tape().entries().get(tracer.tape().entries().size() - 1);
        assertThat(tracer.traced(input).slot().id())
                .isEqualTo(((Entry.Operation) last).results().get(0).id());
    }

    /** An array that comes from the input has no numbers yet; a constant that is written always changes. */
    @Test
    void writingChangesConstantsAndNoInput() {
        float[] numbers = real.toFloatArray();
        input.set(new NDIndex("0"), 7);
        assertThat(real.toFloatArray()).isEqualTo(numbers);
        NDArray constant = input.getManager().create(new float[] {1, 2}, new Shape(2));
        NDArray held = tracer.traced(constant).real();
        constant.set(new NDIndex("0"), input.get("0, 0, 0"));
        assertThat(held.toFloatArray()[1]).isNotEqualTo(2);
        assertThat(tracer.traced(constant).dependsOnInput()).isTrue();
        NDArray sliced = input.getManager().arange(60f).reshape(3, 4, 5);
        sliced.get("1:").addi(input.get("1:"));
        assertThat(tracer.traced(sliced).dependsOnInput()).isTrue();
        assertThat(calls(tracer)).endsWith("NDArray.set(NDIndex, NDArray)");
        NDArray fixed = input.getManager().create(new float[] {1, 2}, new Shape(2));
        fixed.set(new NDIndex("0"), 5);
        assertThat(fixed.toFloatArray()).containsExactly(5, 2);
        NDArray mask = input.getManager().zeros(new Shape(2), DataType.BOOLEAN);
        fixed.set(new NDIndex("{}", mask.logicalNot()), 3f);
        assertThat(fixed.toFloatArray()).containsExactly(3, 3);
    }
}
