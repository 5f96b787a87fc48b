package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDArrayIndexer;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.full.NDIndexFullPick;
import ai.djl.ndarray.index.full.NDIndexFullSlice;
import ai.djl.ndarray.index.full.NDIndexFullTake;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.catwalk.onnx.trace.ForwardRecorder.TracedParameters;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** To a network, a traced array and its manager are like others, except that nothing is freed and nothing is read. */
@Tag("tiny")
@Tag("attack")
class TracedArrayTest extends OneTrace {

    private final Tracer tracer = newTracer();
    private final NDArray real = manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3));
    private final NDArray input = tracer.input(real).proxy();

    /** The engine compares the numbers of two arrays in equals, and gives all arrays the same hash code. */
    @Test
    void equalNumbersOfOtherArraysAreNotKnownAndThoseOfConstantsAre() {
        NDArray other = tracer.input(real).proxy();
        assertThat(input.equals(input)).isTrue();
        assertThat(input.equals(null)).isFalse();
        assertThat(input.equals((Object) "x")).isFalse();
        NDArray constant = tracer.constant("x", real).proxy();
        for (NDArray compared : List.of(other, real, constant)) {
            assertThatThrownBy(() -> input.equals(compared)).hasMessageContaining("equals reads numbers");
        }
        assertThatThrownBy(() -> constant.equals(input)).hasMessageContaining("equals reads numbers");
        assertThatThrownBy(() -> new NDList(input).contains(other)).hasMessageContaining("use ==");
        assertThat(input.hashCode()).isEqualTo(real.hashCode());
        assertThat(constant.equals(real)).isTrue();
        assertThat(constant.equals(tracer.constant("y", real.duplicate()).proxy()))
                .isTrue();
        assertThat(constant.equals(real.add(1))).isFalse();
    }

    @Test
    void numbersThatDependOnTheInputAreNeitherPrintedNorRead() {
        assertThat(input.toString()).isEqualTo("traced float32(2, 3) from input");
        assertThatThrownBy(input::toDebugString).hasMessageContaining("log its getShape()");
        assertThatThrownBy(() -> input.toDebugString(true)).hasMessageContaining("data-dependent control flow");
        assertThatThrownBy(() -> input.toDebugString(1, 1, 1, 1, false)).hasMessageContaining("toDebugString");
        assertThat(tracer.constant("x", real).proxy().toDebugString(true)).isEqualTo(real.toDebugString(true));
        assertRefused(() -> input.getFloat(0, 0), "data-dependent control flow: getFloat reads numbers");
        assertThat(tracer.failure()).isPresent();
    }

    @Test
    void whatAnArrayIsMayBeAskedAndNothingIsFreedBeforeTheTraceEnds() {
        assertThat(input.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(input.getDevice()).isEqualTo(Device.cpu());
        assertThat(input.size()).isEqualTo(6);
        assertThat(input.getResourceNDArrays()).containsExactly(input);
        assertThat(input.getNDArrayInternal().getArray()).isSameAs(input);
        assertThat(calls(tracer)).isEmpty();
        input.close();
        input.detach();
        input.attach(manager);
        assertThat(real.isReleased()).isFalse();
        assertThat(input.neg().getShape()).isEqualTo(new Shape(2, 3));
    }

    @Test
    void theManagerOfAnArrayIsThatOfTheTrace() {
        NDManager traced = input.getManager();
        assertThat(traced).isSameAs(tracer.manager());
        assertThat(traced.newSubManager()).isSameAs(traced);
        assertThat(traced.getParentManager()).isSameAs(traced);
        assertThat(traced.from(input)).isSameAs(input);
        assertThat(traced.equals(traced)).isTrue();
        assertThat(traced.equals(manager)).isFalse();
        assertThat(traced.hashCode()).isEqualTo(traced.hashCode());
        assertThat(traced.getDevice()).isEqualTo(manager.getDevice());
        traced.close();
        assertThat(manager.isOpen()).isTrue();
    }

    /** The engine would return whatever is in memory, with other numbers at each call. */
    @Test
    void anArrayThatIsCreatedUnfilledHoldsZeros() {
        for (int i = 0; i < 20; i++) {
            try (NDArray filled = manager.full(new Shape(64), 7f)) {
                filled.size();
            }
            assertThat(input.getManager().create(new Shape(64)).toFloatArray()).containsOnly(0);
            assertThat(input.getManager().create(new Shape(64), DataType.INT32).toIntArray())
                    .containsOnly(0);
        }
        assertThat(input.getManager().create(3f).toFloatArray()).containsExactly(3);
    }

    @Test
    void anArrayOfTheManagerIsAConstantOfTheTape() {
        NDArray made = input.getManager().ones(new Shape(3));
        assertThat(made.add(1).toFloatArray()).containsExactly(2, 2, 2); // computed, and not on the tape
        assertThat(tracer.tape().entries()).hasSize(1);
        input.add(made);
        assertThat(tracer.tape().entries()).hasSize(3);
        assertThat(tracer.tape().entries().get(1)).isInstanceOf(Entry.Constant.class);
        assertThat(calls(tracer)).containsExactly("NDArray.add(NDArray)");
    }

    @Test
    void inPlaceFormsAreWrittenAsPlainOnes() {
        NDArray same = input.addi(1);
        assertThat(same).isSameAs(input);
        assertThat(calls(tracer)).containsExactly("NDArray.add(Number)");
        NDArray constant = input.getManager().ones(new Shape(3));
        assertThat(constant.muli(4)).isSameAs(constant);
        assertThat(constant.toFloatArray()).containsExactly(4, 4, 4);
        assertThat(calls(tracer)).hasSize(1);
    }

    @Test
    void aListOfResultsIsAListOfTracedArrays() {
        NDList parts = input.split(3, 1);
        assertThat(parts).hasSize(3);
        assertThat(parts.get(2).getShape()).isEqualTo(new Shape(2, 1));
        assertThat(calls(tracer)).containsExactly("NDArray.split(long, int)");
        NDList constants = input.getManager().ones(new Shape(3)).split(3);
        assertThat(constants).hasSize(3);
        assertThat(constants.get(0).toFloatArray()).containsExactly(1);
    }

    /** A network may keep an array: it then works on the engine's array, also with other arrays of the trace. */
    @Test
    void afterTheTraceAnArrayIsThatOfTheEngine() {
        NDArray constant = input.getManager().ones(new Shape(3));
        NDArray two = input.getManager().ones(new Shape(2, 3)).mul(2);
        tracer.end();
        assertThat(two.neg().toFloatArray()).containsOnly(-2);
        assertThat(two.mul(input).toFloatArray()).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(two.mul(real).toFloatArray()).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(input.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(input.add(constant).toFloatArray()).containsExactly(2, 3, 4, 5, 6, 7);
        assertThat(input.getNDArrayInternal().relu().toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(input.concat(input, 0).getShape()).isEqualTo(new Shape(4, 3));
        assertThat(two.getNDArrayInternal().concat(new NDList(input), 1).getShape())
                .isEqualTo(new Shape(2, 6));
    }

    @Test
    void anArrayOfAnEarlierTraceIsAConstantOfTheNext() {
        Tracer first = newTracer();
        NDArray kept = first.manager().ones(new Shape(3));
        NDArray earlier = first.input(real).proxy();
        first.end();
        Tracer second = newTracer();
        NDArray later = second.input(real).proxy();
        later.add(kept);
        assertThat(second.tape().entries()).hasSize(3);
        assertThat(kept.add(later).getShape()).isEqualTo(new Shape(2, 3));
        assertRefused(() -> later.add(earlier), "an array that depends on the input of one call is used in the next");
    }

    @Test
    void aFixedMaskPicksPlaces() {
        NDArray mask = input.getManager().create(new boolean[] {true, false, true});
        assertThat(input.booleanMask(mask, 1).getShape()).isEqualTo(new Shape(2, 2));
        assertThat(calls(tracer)).contains("NDArray.get(NDIndex.take)");
        assertRefused(() -> input.booleanMask(input.gt(0), 0), "depends on the data");
        NDArray shorter = input.getManager().create(new boolean[] {true, false});
        assertRefused(() -> input.booleanMask(shorter, 1), "booleanMask takes a mask of the shape");
    }

    /** The engine computes in the indices themselves if they address several axes. */
    @Test
    void indicesThatTheEngineSpoilsAreNotUsedAgain() {
        NDArray one = input.getManager().create(new long[] {0, 1}, new Shape(1, 2));
        input.gatherNd(one);
        input.gatherNd(one);
        NDArray two = input.getManager().create(new long[] {0, 1, 1, 2}, new Shape(2, 2));
        assertThat(input.gatherNd(two).getShape()).isEqualTo(new Shape(2));
        assertRefused(() -> input.gatherNd(two), "changed in place through another array");
        NDArray outside = manager.create(new long[] {0, 1, 1, 2}, new Shape(2, 2));
        assertRefused(() -> input.gatherNd(outside), "pass indices.duplicate()");
        assertThat(outside.toLongArray()).containsExactly(0, 1, 1, 2);
    }

    @Test
    void whatAConstantIsSetOrChangedToIsItsNewContent() {
        NDArray constant = input.getManager().ones(new Shape(3));
        input.add(constant);
        constant.set(new float[] {7, 8, 9});
        assertThat(constant.toFloatArray()).containsExactly(7, 8, 9);
        input.add(constant);
        List<Entry> entries = tracer.tape().entries(); // the input, the constant, the sum, and the two again
        assertThat(((Entry.Constant) entries.get(3)).data()).isNotEqualTo(((Entry.Constant) entries.get(1)).data());
        assertRefused(() -> input.set(new float[] {7, 8, 9, 7, 8, 9}), "replacing the whole content of an array");
        int before = tracer.tape().entries().size();
        constant.reshape(3, 1).muli(4); // a view has the same memory
        input.add(constant);
        assertThat(tracer.tape().entries()).hasSize(before + 2);
        NDArray copy = constant.duplicate();
        copy.addi(1);
        assertThat(constant.toFloatArray()).containsExactly(28, 32, 36);
    }

    @Test
    void aPartThatIsWrittenIsWrittenInTheWholeAlsoIntoAConstant() {
        NDArray part = input.get(":, 1:");
        part.addi(1);
        assertThat(calls(tracer))
                .containsExactly("NDArray.get(NDIndex)", "NDArray.add(Number)", "NDArray.set(NDIndex, NDArray)");
        input.set(new NDIndex(":, 0"), 5);
        assertThat(calls(tracer)).endsWith("NDArray.set(NDIndex, Number)");
        part.neg();
        assertThat(calls(tracer)).endsWith("NDArray.get(NDIndex)", "NDArray.neg()");
        assertThat(input.neg().getShape()).isEqualTo(new Shape(2, 3));
        NDArray constant = input.getManager().zeros(new Shape(2, 3));
        constant.set(new NDIndex(":, 1"), input.get(":, 0"));
        assertRefused(() -> constant.toFloatArray(), "reads numbers that depend on the input");
    }

    @Test
    void callsOfConstantsWithTheInputInAListOrAnIndexAreOnTheTape() {
        NDArray constant = input.getManager().ones(new Shape(2, 3));
        constant.concat(input, 0);
        assertThat(calls(tracer)).containsExactly("NDArrayEx.concat(NDList, int)");
        NDArray places = input.argMax(1);
        constant.get(new NDIndex(":, {}", places));
        assertThat(calls(tracer)).endsWith("NDArray.get(NDIndex.take)");
        NDArray fixed = input.getManager().create(new long[] {0, 2});
        assertThat(constant.get(new NDIndex(":, {}", fixed)).toFloatArray()).containsOnly(1);
    }

    /** A parameter belongs to the network, and the array behind it to another user. */
    @Test
    void aParameterIsNotWritten() {
        NDArray parameter = tracer.constant("01Linear.weight", manager.ones(new Shape(3)))
                .frozen("1")
                .proxy();
        String fault = "changes a parameter (01Linear.weight) in place";
        assertRefused(() -> parameter.addi(1), fault);
        assertRefused(() -> parameter.set(new NDIndex("0"), 1), fault);
        assertRefused(() -> parameter.reshape(3, 1).muli(2), fault);
        input.mul(parameter);
        assertThat(((Entry.Constant) tracer.tape().entries().get(1)).hint()).isEqualTo("01Linear.weight");
    }

    @Test
    void whatHasNoFormIsRefusedWithItsName() {
        assertRefused(() -> input.toSparse(SparseFormat.COO), "NDArray.toSparse(SparseFormat) has no ONNX form");
        assertRefused(() -> input.toType(DataType.BFLOAT16, false), "the engine has no bfloat16");
        assertRefused(() -> input.reshape(5), "the engine itself cannot compute NDArray.reshape(Shape)");
    }

    @Test
    void layersAreOnTheTapeUnlessTheyAreOfConstants() {
        assertThat(input.getNDArrayInternal().relu().getShape()).isEqualTo(new Shape(2, 3));
        assertThat(calls(tracer)).containsExactly("NDArrayEx.relu()");
        NDArray constant = input.getManager().ones(new Shape(3)).neg();
        assertThat(constant.getNDArrayInternal().relu().toFloatArray()).containsOnly(0);
        assertRefused(() -> input.getNDArrayInternal().prelu(input, input), "NDArrayEx.prelu");
        assertThat(input.getNDArrayInternal().hashCode())
                .isEqualTo(input.getNDArrayInternal().hashCode());
    }

    @Test
    void theIndexerTakesIndicesAndNoOtherForms() {
        NDArrayIndexer indexer = input.getNDArrayInternal().getIndexer(input.getManager());
        assertThat(indexer.get(input, new NDIndex("0")).getShape()).isEqualTo(new Shape(3));
        indexer.set(input, new NDIndex("0"), 1f);
        assertThat(calls(tracer)).containsExactly("NDArray.get(NDIndex)", "NDArray.set(NDIndex, Number)");
        assertRefused(() -> indexer.get(input, (NDIndexFullPick) null), "this form of NDArrayIndexer");
        assertRefused(() -> indexer.get(input, (NDIndexFullTake) null), "this form of NDArrayIndexer");
        assertRefused(() -> indexer.get(input, (NDIndexFullSlice) null), "this form of NDArrayIndexer");
        assertRefused(() -> indexer.set(input, (NDIndexFullSlice) null, input), "this form of NDArrayIndexer");
        assertRefused(() -> indexer.set(input, (NDIndexFullSlice) null, 1), "this form of NDArrayIndexer");
    }

    @Test
    void whatTheManagerMakesOfTheInputIsRefused() {
        NDManager traced = input.getManager();
        assertRefused(() -> traced.sampleNormal(input, input), "NDManager.sampleNormal on an array that depends");
        assertRefused(() -> traced.invoke("add", new NDList(input), new PairList<>()), "NDManager.invoke on an array");
        assertRefused(() -> traced.zeros(new Shape(2), DataType.BFLOAT16), "the engine has no bfloat16");
    }

    @Test
    void parametersAreNamedByTheirPath() {
        Block linear = Linear.builder().setUnits(2).build();
        Block root = new SequentialBlock().add(linear);
        root.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
        ParameterStore store =
                new TracedParameters(tracer, TracedParameters.paths(root), new ParameterStore(manager, false));
        Parameter weight = linear.getParameters().get("weight");
        NDArray traced = store.getValue(weight, Device.cpu(), false);
        assertThat(store.getValue(weight, Device.cpu(), false)).isSameAs(traced);
        assertThat(traced.toString()).endsWith("from 01Linear.weight");
        assertThat(traced.getShape()).isEqualTo(new Shape(2, 3));
        assertThat(store.getManager()).isSameAs(tracer.manager());
        assertThat(store.getValue(null, Device.cpu(), false)).isNull();
    }

    @Test
    void complexNumbersArePairsOnTheTapeAndNothingElse() {
        NDArray spectrum = input.rfft(3, 1);
        assertThat(spectrum.getShape()).isEqualTo(new Shape(2, 2));
        Entry.Operation call = (Entry.Operation) tracer.tape().entries().get(1);
        assertThat(call.results().get(0).shape()).isEqualTo(new Shape(2, 2, 2));
        assertRefused(() -> input.mul(spectrum), "complex numbers can only be transformed");
        assertRefused(() -> spectrum.muli(2), "complex numbers can only be transformed");
        assertRefused(spectrum::getNDArrayInternal, "complex numbers can only be transformed");
        assertRefused(() -> tracer.outputs(new NDList(spectrum)), "complex numbers can only be transformed");
        assertThat(spectrum.abs().getDataType()).isEqualTo(DataType.FLOAT32);
    }
}
