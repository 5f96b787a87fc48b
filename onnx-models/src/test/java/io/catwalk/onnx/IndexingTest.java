package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Indices, views and writes into parts: a file computes the same as the engine, or the export is refused. */
@Tag("tiny")
class IndexingTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(3, 4);
    private static final long[] BATCHES = {1, 2, 3, 7, 64};

    /** Operations that take parts, for an array of shape (batch, 3, 4) of any type. */
    static Stream<Arguments> reading() {
        return Stream.of(
                of(x -> x.get(":, {}, {}", ints(x, 0, 2, -1), ints(x, 1, 3, 0)), "two arrays side by side"),
                of(x -> x.expandDims(1).get(":, {}, :, {}", ints(x, 0, 0), ints(x, 1, -4)), "two arrays apart"),
                of(x -> x.get("{}, :, {}", ints(x, 0, -1), ints(x, 3, 1)), "an array through the batch"),
                of(x -> x.get(":, {}, {}", ints(x, 0, 2).reshape(2, 1), ints(x, 1, 3, 0)), "broadcast arrays"),
                of(x -> x.get(":, 1, {}", ints(x, 3, 1)), "an array behind a number"),
                of(x -> x.expandDims(2).get("0, :, 0, {}", ints(x, 3, 1)), "an array behind a number in front"),
                of(x -> x.get(":, 1:, {}", ints(x, 3, 1, 1)), "an array beside a slice"),
                of(x -> x.get(":, null, {}", ints(x, 2, 1)), "an array beside a new axis"),
                of(x -> x.get(":, {}, null, {}", ints(x, 2, 1), ints(x, 0, 3)), "arrays around a new axis"),
                of(x -> x.get("..., {}", ints(x, 2, 1)), "an array behind an ellipsis"),
                of(x -> x.get(":, {}", x.getManager().create(new float[] {1.9f, -1})), "an array of reals"),
                of(x -> x.get(":, {}", x.getManager().create(1L)), "one number as an array"),
                of(x -> x.get(":, {}, {}", x.getManager().create(0L), ints(x, 2, 1)), "one number beside an array"),
                of(x -> x.get(":, {}", bits(x, true, false, true)), "a mask"),
                of(x -> x.get(":, {}", bits(x, false, false, false)).sum(new int[] {1}), "a mask of nothing"),
                of(x -> x.get(":, {}", above(x, 0)), "a mask over two axes"),
                of(x -> x.get(":, {}, {}", bits(x, true, false, true), ints(x, 3, 1)), "a mask beside an array"),
                of(x -> x.get(x.getManager().ones(new Shape(batch(x)), DataType.BOOLEAN)), "a mask of all samples"),
                of(x -> x.booleanMask(above(x, 1), 1), "booleanMask along the last axes"),
                of(x -> x.booleanMask(bits(x, false, true, true, false), 2), "booleanMask along the last axis"),
                of(x -> x.get(":, {}", order(x)), "an index that the input tells"),
                of(x -> x.get(new NDIndex()), "no index at all"),
                of(x -> x.get(new NDIndex().addAllDim(2).addPickDim(x.argMax(2).expandDims(2))), "a pick"),
                of(x -> x.get(":, 2:1").sum(new int[] {1}), "a slice of nothing"),
                of(x -> x.get("1:"), "a slice of samples"),
                of(x -> x.get("null, :, null, ..., null"), "new axes"),
                of(x -> x.get(":, 1:").get(":, 0, :2"), "a slice of a view"),
                of(x -> x.flip(0, -1), "flip"),
                of(x -> NDArrays.concat(new NDList(x.get(":, :, -1:"), x.get(":, :, :-1")), 2), "roll"),
                of(x -> x.diff(1, 2), "diff"),
                of(x -> x.tile(new long[] {2, 1, 1, 2}), "tile"),
                of(x -> x.pad(new Shape(1, 0, 0, 2), 1), "pad"),
                of(x -> x.split(3, 2).get(3), "uneven split"),
                of(x -> NDArrays.stack(new NDList(x, x, x.flip(1), x, x, x.flip(2), x), -1), "many together"),
                of(x -> x.gather(x.argSort(2, true), 2), "gather"),
                of(x -> x.take(ints(x, 3, -1, 7, 0)), "take"),
                of(x -> x.scatter(x.argSort(2, true), x.flip(2), 2), "scatter"),
                of(x -> x.put(ints(x, 3, -1, 7, 0), x.flatten().get(":4")), "put"),
                of(x -> x.gatherNd(ints(x, 0, 0, 2, 1).reshape(2, 2)), "gatherNd"),
                of(x -> x.argMax(2).oneHot(4, x.getDataType()), "oneHot"),
                of(x -> x.topK(2, 1, true, true).get(0), "largest"),
                of(x -> x.sort(1), "sort"),
                of(x -> x.sort(0), "sort of samples"),
                of(x -> NDArrays.where(x.eq(x.flip(1)), x, x.flip(2)), "where"),
                of(x -> x.get(":, :1").broadcast(x.getShape()), "broadcast"));
    }

    /** Operations that write parts, for an array of shape (batch, 3, 4) of any type. */
    static Stream<Arguments> writing() {
        return Stream.of(
                writing(x -> x.set(at(":, 0"), 1), "a number"),
                writing(x -> x.set(at(":, 0"), 2.7), "a real"),
                writing(x -> x.set(at("..."), 1), "everything"),
                writing(x -> x.set(at(":, 2:1"), 1), "nothing"),
                writing(x -> x.set(at("1:"), 1), "samples"),
                writing(x -> x.set(at("-1"), 1), "one sample"),
                writing(x -> x.set(at(":, null, 1"), 1), "behind a new axis"),
                writing(x -> x.set(at(":, 0"), copyOf(x, ":, 2")), "an array"),
                writing(x -> x.set(at(":, 0"), ints(x, 4, 3, 2, 1)), "an array of another type"),
                writing(x -> x.set(at(":, :, 1:3"), copyOf(x, "0:1, 1:2, 0:1")), "an array that is broadcast"),
                writing(x -> x.set(at("0"), copyOf(x, "0:1, null")), "an array with axes in front"),
                writing(x -> x.setScalar(at("0, 1, 2"), 5), "one scalar"),
                writing(x -> x.set(at(":, 1"), part -> part.eq(part.flip(1))), "a function"),
                writing(x -> x.set(at(":, {}", ints(x, 0, 2)), one(x)), "along an array"),
                writing(x -> x.set(at(":, {}, {}", ints(x, 0, 2), ints(x, -1, 1)), copyOf(x, ":, 1, :2")), "along two"),
                writing(x -> x.set(at(":, 1:, {}", ints(x, 0, 2)), one(x)), "along an array beside a slice"),
                writing(x -> x.set(at(":, {}", order(x).get(":2")), one(x)), "along an array of the input"),
                writing(x -> x.set(at(":, {}", bits(x, true, false, true)), one(x)), "along a mask"),
                writing(x -> x.set(at("{}", x.eq(x.flip(1))), one(x)), "where it is the same"),
                writing(x -> x.set(x.eq(x.flip(1)), 1), "a number where it is the same"),
                writing(x -> x.set(at(":, 1, {}", same(x, "0, 1", "0, 2")), one(x)), "a part where it is the same"),
                writing(x -> x.set(at("{}", same(x, ":, 0, 0", ":, 0, 1")), one(x)), "samples where they are the same"),
                writing(x -> x.set(at("{}, 1:", same(x, ":, 0, 0", ":, 0, 1")), one(x)), "where samples are the same"),
                writing(x -> x.get(":, 1").addi(1), "through a view"),
                writing(x -> x.get(":, 1").set(at(":, 2"), 1), "through a view, a part"),
                writing(IndexingTest::wherePartsAreTheSame, "through a view, where it is the same"),
                writing(x -> write(write(x, at(":, 1"), one(x)), at(":, :, 1"), copyOf(x, ":, :, 0")), "twice"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"reading", "writing"})
    void answersLikeTheEngine(String name, UnaryOperator<NDArray> body) throws Exception {
        assertAgrees(body, DataType.FLOAT32, 17);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource({"reading", "writing"})
    void otherTypesAnswerLikeTheEngine(String name, UnaryOperator<NDArray> body) throws Exception {
        assertAgrees(body, DataType.FLOAT32, 13);
        assertAgrees(body, DataType.FLOAT32, 21);
        assertAgrees(body, DataType.FLOAT64, 17);
        assertAgrees(body, DataType.INT64, 13);
        assertAgrees(body, DataType.BOOLEAN, 21);
        assertAgrees(body, DataType.INT32, 13);
        assertAgrees(body, DataType.INT8, 17);
        assertAgrees(body, DataType.UINT8, 21);
    }

    private static void assertAgrees(UnaryOperator<NDArray> body, DataType type, int opset) throws Exception {
        Block block = lambda(x -> body.apply(cast(x, type)));
        byte[] model;
        try {
            model = OnnxExport.of(block, SAMPLE).withOpset(opset).bytes();
        } catch (ExportException e) {
            // Nothing to compare.
            assertThat(e).as(type + "").hasMessageContaining("the engine itself cannot compute");
            assertThat(type).isNotEqualTo(DataType.FLOAT32);
            return;
        }
        assertThat(Agreement.difference(block, SAMPLE, model, BATCHES))
                .as(type + " in opset " + opset)
                .isZero();
    }

    private static NDArray cast(NDArray x, DataType type) {
        if (type == DataType.BOOLEAN) {
            return x.gt(0);
        }
        boolean real = type == DataType.FLOAT32 || type == DataType.FLOAT64;
        return real ? x.toType(type, true) : x.mul(3).abs().round().toType(type, true);
    }

    private static NDIndex at(String indices, Object... arguments) {
        return new NDIndex(indices, arguments);
    }

    private static NDArray ints(NDArray x, long... numbers) {
        return x.getManager().create(numbers);
    }

    private static NDArray bits(NDArray x, boolean... bits) {
        return x.getManager().create(bits);
    }

    private static NDArray above(NDArray x, int bound) {
        return ints(x, 0, 1, 0, 2, 2, 1, 0, 0, 1, 1, 0, 2).reshape(3, 4).gt(bound);
    }

    /** Returns the order of the rows of the first sample. */
    private static NDArray order(NDArray x) {
        return x.argSort(1, true).get("0, :, 0");
    }

    private static NDArray same(NDArray x, String indices, String others) {
        return x.get(indices).eq(x.get(others));
    }

    private static NDArray copyOf(NDArray x, String indices) {
        return x.get(indices).duplicate();
    }

    private static NDArray one(NDArray x) {
        return x.getManager().ones(new Shape(), x.getDataType());
    }

    /** Writes into a copy, and reads it afterwards. */
    private static Arguments writing(Consumer<NDArray> write, String name) {
        return of(x -> copy(x, write), "write " + name);
    }

    private static NDArray copy(NDArray x, Consumer<NDArray> write) {
        NDArray copy = x.duplicate();
        write.accept(copy);
        return copy;
    }

    private static NDArray write(NDArray x, NDIndex index, NDArray value) {
        x.set(index, value);
        return x;
    }

    private static void wherePartsAreTheSame(NDArray x) {
        NDArray part = x.get(":, 1");
        part.set(at("{}", part.eq(part.flip(1))), one(x));
    }

    static Stream<Arguments> programs() {
        return Stream.of(
                of("duplicated indices stay good", x -> {
                    NDArray indices = x.argSort(2, true).get("0, 0:2");
                    return table(x).gatherNd(indices.duplicate()).add(indices.sum());
                }),
                of("the input is written into a constant", x -> {
                    NDArray zeros = x.getManager().zeros(x.getShape());
                    NDArray before = x.add(zeros);
                    zeros.get(":, 1").addi(x.get(":, 0"));
                    zeros.set(at(":, 2"), x.get(":, 1"));
                    return before.add(zeros.mul(2));
                }),
                of(x -> table(x).get("{}", x.argMax(2)), "rows of a constant"),
                of("a part of a constant is written with the whole", x -> {
                    NDArray constant = x.getManager().zeros(new Shape(4));
                    NDArray before = x.add(constant);
                    constant.get("1:3").addi(1);
                    NDArray taken = constant.get("{}", ints(x, 2, 2, 0, 1));
                    taken.addi(5);
                    return before.mul(constant).add(taken);
                }),
                changing("is written", constant -> constant.set(at("1:3"), 5f)),
                // These write with the engine's own code, which the trace does not see.
                of("a constant that is copied into", x -> {
                    NDArray constant = x.getManager().zeros(new Shape(4));
                    NDArray part = constant.get("1:3");
                    NDArray before = x.add(constant).add(part.sum());
                    x.getManager().arange(4f).copyTo(constant);
                    return before.mul(constant);
                }),
                changing("is subtracted from a number", constant -> NDArrays.subi(3, constant)),
                changing(
                        "is subtracted from another",
                        constant -> NDArrays.subi(constant.getManager().arange(4f), constant)),
                sharing("getScalar", constant -> constant.getScalar(1, 2, 0)),
                sharing("crop", constant -> constant.getNDArrayInternal().crop(1, 0, 2, 2)),
                sharing("conj", NDArray::conj),
                of("a converted constant is a copy", x -> {
                    NDArray constant = x.getManager().arange(4f);
                    NDArray whole = constant.toType(DataType.INT64, true);
                    whole.addi(x.argMax(2).get("0, 0"));
                    return x.add(whole).mul(constant);
                }),
                of("axes that change after a call are those of the call", x -> {
                    int[] axis = {1};
                    NDArray first = x.flip(axis);
                    axis[0] = 2;
                    return first.add(x.flip(axis).mul(2));
                }),
                of("sizes that change after a call are those of the call", x -> {
                    long[] sizes = {batch(x), 6, 2};
                    NDArray first = x.reshape(sizes).get(":, 1");
                    sizes[1] = 2;
                    sizes[2] = 6;
                    return first.add(x.reshape(sizes).get(":, :, 0"));
                }),
                of("places that follow the batch", x -> {
                    long batch = batch(x);
                    NDArray offsets = x.getManager().arange((int) batch).mul(3).reshape(batch, 1);
                    NDArray places = x.argMax(1).add(offsets);
                    return x.reshape(batch * 3, 4).gatherNd(places.reshape(1, batch * 4));
                }),
                of("numbers down from the batch", x -> {
                    long batch = batch(x);
                    NDArray down = x.getManager().arange((float) batch).mul(-2).add(batch);
                    return x.mul(down.reshape(-1, 1, 1));
                }),
                of("samples backwards", x -> {
                    int last = (int) batch(x) - 1;
                    return x.get("{}", x.getManager().arange(last, -1, -1));
                }),
                of("a part shows what is written into the whole later", x -> {
                    NDArray copy = x.duplicate();
                    NDArray part = copy.get(":, 0");
                    copy.set(at(":, 0"), 1);
                    return copy.get(":, 1").add(part);
                }),
                of("a reshaped, a transposed and a split array are written with the whole", x -> {
                    NDArray copy = x.duplicate();
                    NDArray flat = copy.flatten(1, 2);
                    NDArray turned = copy.swapAxes(1, 2).expandDims(1);
                    NDList parts = turned.split(new long[] {1, 3}, 2);
                    flat.set(at(":, 0"), 7);
                    parts.get(1).muli(3);
                    turned.addi(x.get(":, :1, :1").expandDims(3));
                    parts.get(2).set(at("..."), 2);
                    return copy.add(flat.reshape(x.getShape()))
                            .add(turned.squeeze(1).swapAxes(1, 2));
                }),
                of("what index arrays took is a copy", x -> {
                    NDArray copy = x.duplicate();
                    NDArray taken = copy.get(":, {}", ints(x, 0, 1));
                    taken.addi(1);
                    return copy.get(":, :2").add(taken);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void aProgramAnswersLikeTheEngine(String name, UnaryOperator<NDArray> body) throws Exception {
        assertAgreesInAll(lambda(body), SAMPLE, 0, BATCHES);
    }

    /** A constant that the input meets before and after it changes. */
    private static Arguments changing(String how, Consumer<NDArray> change) {
        return of("a constant that " + how, x -> {
            NDArray constant = x.getManager().ones(new Shape(4));
            NDArray before = x.add(constant);
            change.accept(constant);
            return before.mul(constant);
        });
    }

    /** What shares the memory of a constant is written with it. */
    private static Arguments sharing(String name, UnaryOperator<NDArray> part) {
        return of(name + " of a constant", x -> {
            NDArray constant = x.getManager().ones(new Shape(3, 4, 1));
            NDArray before = x.add(constant.squeeze());
            part.apply(constant).addi(5);
            return before.mul(constant.squeeze());
        });
    }

    static Stream<Arguments> refused() {
        String stale = "changed in place through another array";
        String cannot = "the engine itself cannot compute NDArray.";
        return Stream.of(
                // DJL's gatherNd adds the rows of its indices up in the last of them.
                of("duplicate()", x -> {
                    NDArray indices = x.argSort(2, true).get("0, 0:2");
                    return table(x).gatherNd(indices).add(indices.sum());
                }),
                of("written twice", x -> {
                    long[] twice = {1, 2, 1};
                    return x.scatter(x.argSort(1, true).tile(twice), x.tile(twice), 1);
                }),
                of(x -> copy(x, copy -> copy.set(at(":, 0"), ints(x, 1, 2, 3))), cannot + "set(NDIndex, NDArray)"),
                of(x -> copy(x, copy -> copy.set(at(":, 7"), 1)), cannot + "set(NDIndex, Number)"),
                of(x -> x.getManager().ones(new Shape(5)).addi(x.get("0, 0")), cannot + "add(NDArray)"),
                of(x -> x.get(":, {}", bits(x, true, false)), "does not fit axis 1"),
                of(
                        x -> x.get(":, {}", bits(x, true, false, true, false).reshape(2, 2, 1)),
                        "shape (2, 2, 1) does not fit axis 1"),
                of(x -> x.booleanMask(bits(x, true, false), 1), "the array or of its last axes"),
                of(stale, x -> {
                    NDArray copy = x.duplicate();
                    copy.swapAxes(1, 2).reshape(batch(x), -1).addi(1);
                    return copy.neg();
                }),
                of(x -> x.get(x.gt(0)), "multiply by the mask, or use where"),
                of(x -> x.booleanMask(x.gt(0)), "multiply by the mask, or use where"),
                of(x -> write(x, at("{}", x.gt(0)), x.get("0, 0")), "use where"),
                of(x -> write(x, new NDIndex().addAllDim().addPickDim(x.argMax(1)), one(x)), "use scatter"),
                of(x -> x.get(new NDIndex().addSliceDim(0, 1).addPickDim(x.argMax(1))), "slice first"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void whatDoesNotFitIsRefused(String words, UnaryOperator<NDArray> body) {
        assertRefused(lambda(body), SAMPLE, words, "block LambdaBlock, called at IndexingTest.java:");
    }

    @Test
    void indicesFromOutsideAreNotSpoiledByTheExport() {
        NDArray outside = manager.create(new long[] {0, 1, 1, 2}, new Shape(2, 2));
        assertRefused(lambda(x -> table(x).gatherNd(outside).add(x)), SAMPLE, "indices.duplicate()");
        assertThat(outside.toLongArray()).containsExactly(0, 1, 1, 2);
    }

    /** The engine returns the array itself, or another one with the same memory. */
    @Test
    void whatIsConvertedToItsOwnTypeIsNoCopy() {
        for (boolean copy : new boolean[] {false, true}) {
            Block block = lambda(x -> {
                x.toType(DataType.FLOAT32, copy).addi(1);
                return x.neg();
            });
            assertRefused(block, SAMPLE, "changed in place through another array");
        }
    }

    private static NDArray table(NDArray x) {
        return x.getManager().arange(16f).reshape(4, 4);
    }
}
