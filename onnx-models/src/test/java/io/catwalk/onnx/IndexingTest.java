package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.graph.ExportException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Indices, views and writes into parts: a file computes the same as the engine, or the export is refused. */
@Tag("tiny")
class IndexingTest {

    private static final Shape SAMPLE = new Shape(3, 4);

    private static final List<DataType> TYPES = List.of(
            DataType.FLOAT32,
            DataType.FLOAT64,
            DataType.INT64,
            DataType.INT32,
            DataType.INT8,
            DataType.UINT8,
            DataType.BOOLEAN);
    private static final int[] OPSETS = {13, 17, 21};

    /** Operations that take parts, for an array of shape (batch, 3, 4) of any type. */
    static Stream<Arguments> reading() {
        return Stream.of(
                of("two arrays side by side", x -> x.get(":, {}, {}", ints(x, 0, 2, -1), ints(x, 1, 3, 0))),
                of("two arrays apart", x -> x.expandDims(1).get(":, {}, :, {}", ints(x, 0, 0), ints(x, 1, -4))),
                of("an array through the batch", x -> x.get("{}, :, {}", ints(x, 0, -1), ints(x, 3, 1))),
                of("broadcast arrays", x -> x.get(":, {}, {}", ints(x, 0, 2).reshape(2, 1), ints(x, 1, 3, 0))),
                of("an array behind a number", x -> x.get(":, 1, {}", ints(x, 3, 1))),
                of("an array behind a number in front", x -> x.expandDims(2).get("0, :, 0, {}", ints(x, 3, 1))),
                of("an array beside a slice", x -> x.get(":, 1:, {}", ints(x, 3, 1, 1))),
                of("an array before a slice", x -> x.get(":, {}, 1:3", ints(x, 2, 0))),
                of("an array beside a new axis", x -> x.get(":, null, {}", ints(x, 2, 1))),
                of("arrays around a new axis", x -> x.get(":, {}, null, {}", ints(x, 2, 1), ints(x, 0, 3))),
                of("an array behind an ellipsis", x -> x.get("..., {}", ints(x, 2, 1))),
                of("an array before an ellipsis", x -> x.get("{}, ...", ints(x, 0, -1))),
                of("an array of reals", x -> x.get(":, {}", x.getManager().create(new float[] {1.9f, -1}))),
                of("one number as an array", x -> x.get(":, {}", x.getManager().create(1L))),
                of(
                        "one number as an array beside another",
                        x -> x.expandDims(1).get(":, {}, :, {}", x.getManager().create(0L), ints(x, 2, 1))),
                of("a mask", x -> x.get(":, {}", bits(x, true, false, true))),
                of(
                        "a mask of nothing",
                        x -> x.get(":, {}", bits(x, false, false, false)).sum(new int[] {1})),
                of(
                        "a mask over two axes",
                        x -> x.get(
                                ":, {}",
                                ints(x, 0, 1, 0, 2, 2, 1, 0, 0, 1, 1, 0, 2)
                                        .reshape(3, 4)
                                        .gt(0))),
                of("a mask before a slice", x -> x.get(":, {}, 1:3", bits(x, true, false, true))),
                of("a mask beside an array", x -> x.get(":, {}, {}", bits(x, true, false, true), ints(x, 3, 1))),
                of(
                        "a mask of all samples",
                        x -> x.get(x.getManager().ones(new Shape(x.getShape().get(0)), DataType.BOOLEAN))),
                of(
                        "booleanMask along the last axes",
                        x -> x.booleanMask(
                                ints(x, 0, 1, 0, 2, 2, 1, 0, 0, 1, 1, 0, 2)
                                        .reshape(3, 4)
                                        .gt(1),
                                1)),
                of("booleanMask along the last axis", x -> x.booleanMask(bits(x, false, true, true, false), 2)),
                of(
                        "an index that the input tells",
                        x -> x.get(":, {}", x.argSort(1, true).get("0, :, 0"))),
                of(
                        "two that the input tells",
                        x -> x.get(
                                ":, {}, {}",
                                x.argSort(1, true).get("0, :, 0"),
                                x.argMax(2).get(0))),
                of("no index at all", x -> x.get(new NDIndex())),
                of(
                        "a pick",
                        x -> x.get(new NDIndex()
                                .addAllDim(2)
                                .addPickDim(x.argMax(2).expandDims(2)))),
                of("a negative number", x -> x.get(":, -2, ::2")),
                of("steps", x -> x.get("..., 1::3")),
                of("a slice of nothing", x -> x.get(":, 2:1").sum(new int[] {1})),
                of("a slice of samples", x -> x.get("1:")),
                of("new axes", x -> x.get("null, :, null, ..., null")),
                of("a slice of a view", x -> x.get(":, 1:").get(":, 0, :2")),
                of("diagonal", x -> x.diagonal(0, 1, 2)),
                of("rotate90", x -> x.rotate90(1, new int[] {1, 2})),
                of("flip", x -> x.flip(0, -1)),
                of("roll", x -> NDArrays.concat(new NDList(x.get(":, :, -1:"), x.get(":, :, :-1")), 2)),
                of("diff", x -> x.diff(1, 2)),
                of("repeat", x -> x.repeat(new long[] {1, 2, 3})),
                of("tile", x -> x.tile(new long[] {2, 1, 1, 2})),
                of("pad", x -> x.pad(new Shape(1, 0, 0, 2), 1)),
                of(
                        "uneven split",
                        x -> NDArrays.concat(
                                new NDList(
                                        x.split(3, 2).get(3),
                                        x.split(new long[] {1, 1}, 2).get(2)),
                                2)),
                of("many together", x -> NDArrays.stack(new NDList(x, x, x.flip(1), x, x, x.flip(2), x), -1)),
                of("gather", x -> x.gather(x.argSort(2, true), 2)),
                of("gather of fewer", x -> x.gather(x.argSort(2, true).get(":, 1:, :2"), 2)),
                of("take", x -> x.take(ints(x, 3, -1, 7, 0))),
                of("scatter", x -> x.scatter(x.argSort(2, true), x.flip(2), 2)),
                of("put", x -> x.put(ints(x, 3, -1, 7, 0), x.flatten().get(":4"))),
                of("gatherNd", x -> x.gatherNd(ints(x, 0, 0, 2, 1).reshape(2, 2))),
                of("oneHot", x -> x.argMax(2).oneHot(4, x.getDataType())),
                of("largest", x -> x.topK(2, 1, true, true).get(0)),
                of(
                        "smallest of samples",
                        x -> x.reshape(-1, 1).topK(3, 0, false, true).get(0)),
                of("sort", x -> x.sort(1)),
                of("sort of samples", x -> x.sort(0)),
                of("descending order", x -> x.gather(x.argSort(-1, false), 2)),
                of("where", x -> NDArrays.where(x.eq(x.flip(1)), x, x.flip(2))),
                of("broadcast", x -> x.get(":, :1").broadcast(x.getShape())),
                of("arange", x -> x.get(":, {}", x.getManager().arange(2, -1, -1))),
                of("eye", x -> x.mul(x.getManager().eye(4).get(":3").toType(x.getDataType(), false))));
    }

    /** Operations that write parts, for an array of shape (batch, 3, 4) of any type. */
    static Stream<Arguments> writing() {
        return Stream.of(
                writing("a number", x -> x.set(new NDIndex(":, 0"), 1)),
                writing("a real", x -> x.set(new NDIndex(":, 0"), 2.7)),
                writing("a long", x -> x.set(new NDIndex(":, 0, 1:"), 3L)),
                writing("everything", x -> x.set(new NDIndex("..."), 1)),
                writing("nothing", x -> x.set(new NDIndex(":, 2:1"), 1)),
                writing("with steps", x -> x.set(new NDIndex(":, ::2, 1::2"), 1)),
                writing("samples", x -> x.set(new NDIndex("1:"), 1)),
                writing("one sample", x -> x.set(new NDIndex("-1"), 1)),
                writing("behind a new axis", x -> x.set(new NDIndex(":, null, 1"), 1)),
                writing(
                        "an array",
                        x -> x.set(new NDIndex(":, 0"), x.get(":, 2").duplicate())),
                writing("an array of another type", x -> x.set(new NDIndex(":, 0"), ints(x, 4, 3, 2, 1))),
                writing(
                        "an array that is broadcast",
                        x -> x.set(
                                new NDIndex(":, :, 1:3"), x.get("0:1, 1:2, 0:1").duplicate())),
                writing(
                        "an array with axes in front",
                        x -> x.set(new NDIndex("0"), x.get("0:1, null").duplicate())),
                writing("one scalar", x -> x.setScalar(new NDIndex("0, 1, 2"), 5)),
                writing("a function", x -> x.set(new NDIndex(":, 1"), part -> part.eq(part.flip(1)))),
                writing("a function in place", x -> x.set(new NDIndex(":, 1"), part -> part.addi(1))),
                writing("along an array", x -> x.set(new NDIndex(":, {}", ints(x, 0, 2)), one(x))),
                writing(
                        "along two arrays",
                        x -> x.set(
                                new NDIndex(":, {}, {}", ints(x, 0, 2), ints(x, -1, 1)),
                                x.get(":, 1, :2").duplicate())),
                writing("along an array beside a slice", x -> x.set(new NDIndex(":, 1:, {}", ints(x, 0, 2)), one(x))),
                writing(
                        "along an array of the input",
                        x -> x.set(new NDIndex(":, {}", x.argSort(1, true).get("0, :2, 0")), one(x))),
                writing("along a mask", x -> x.set(new NDIndex(":, {}", bits(x, true, false, true)), one(x))),
                writing("where it is the same", x -> x.set(new NDIndex("{}", x.eq(x.flip(1))), one(x))),
                writing("a number where it is the same", x -> x.set(x.eq(x.flip(1)), 1)),
                writing(
                        "a part where it is the same",
                        x -> x.set(new NDIndex(":, 1, {}", x.get("0, 1").eq(x.get("0, 2"))), one(x))),
                writing(
                        "samples where they are the same",
                        x -> x.set(new NDIndex("{}", x.get(":, 0, 0").eq(x.get(":, 0, 1"))), one(x))),
                writing(
                        "a part of samples where they are the same",
                        x -> x.set(new NDIndex("{}, 1:", x.get(":, 0, 0").eq(x.get(":, 0, 1"))), one(x))),
                writing("through a view", x -> x.get(":, 1").addi(1)),
                writing(
                        "through a view of a view",
                        x -> x.get(":, 1:").get("..., 0").muli(2)),
                writing("through a view, a part", x -> x.get(":, 1").set(new NDIndex(":, 2"), 1)),
                writing("through a view, where it is the same", x -> {
                    NDArray part = x.get(":, 1");
                    part.set(new NDIndex("{}", part.eq(part.flip(1))), one(x));
                }),
                writing("twice", x -> {
                    x.set(new NDIndex(":, 1"), 1);
                    x.set(new NDIndex(":, :, 1"), x.get(":, :, 0").duplicate());
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"reading", "writing"})
    void answersLikeTheEngine(String name, Function<NDArray, NDArray> body) throws Exception {
        for (int i = 0; i < TYPES.size(); i++) {
            DataType type = TYPES.get(i);
            Block block = LambdaBlock.singleton(x -> body.apply(cast(x, type)));
            for (int opset : i == 0 ? OPSETS : new int[] {OPSETS[i % OPSETS.length]}) {
                byte[] model;
                try {
                    model = OnnxExport.of(block, SAMPLE).withOpset(opset).bytes();
                } catch (ExportException e) {
                    // Nothing to compare.
                    assertThat(e).as(type + "").hasMessageContaining("the engine itself cannot compute");
                    assertThat(type).isNotEqualTo(DataType.FLOAT32);
                    continue;
                }
                assertThat(Agreement.difference(block, SAMPLE, model, 1, 2, 3, 7, 64))
                        .as(type + " in opset " + opset)
                        .isZero();
            }
        }
    }

    private static NDArray cast(NDArray x, DataType type) {
        if (type == DataType.BOOLEAN) {
            return x.gt(0);
        }
        boolean real = type == DataType.FLOAT32 || type == DataType.FLOAT64;
        return real ? x.toType(type, true) : x.mul(3).abs().round().toType(type, true);
    }

    private static NDArray ints(NDArray x, long... numbers) {
        return x.getManager().create(numbers);
    }

    private static NDArray bits(NDArray x, boolean... bits) {
        return x.getManager().create(bits);
    }

    private static NDArray one(NDArray x) {
        return x.getManager().ones(new Shape(), x.getDataType());
    }

    private static Arguments of(String name, Function<NDArray, NDArray> body) {
        return Arguments.of(name, body);
    }

    /** Writes into a copy, and reads it afterwards. */
    private static Arguments writing(String name, Consumer<NDArray> write) {
        return of("write " + name, x -> {
            NDArray copy = x.duplicate();
            write.accept(copy);
            return copy;
        });
    }

    /** DJL's gatherNd adds the rows of its indices up in the last of them. */
    @Test
    void indicesThatGatherNdHasSpoiledAreRefused() {
        assertRefused(x -> {
                    NDArray indices = x.argSort(2, true).get("0, 0:2");
                    return table(x).gatherNd(indices).add(indices.sum());
                })
                .hasMessageContaining("duplicate()");
    }

    @Test
    void duplicatedIndicesStayGood() throws Exception {
        assertAgrees(x -> {
            NDArray indices = x.argSort(2, true).get("0, 0:2");
            return table(x).gatherNd(indices.duplicate()).add(indices.sum());
        });
    }

    @Test
    void indicesFromOutsideAreNotSpoiledByTheExport() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray outside = manager.create(new long[] {0, 1, 1, 2}, new Shape(2, 2));
            assertRefused(x -> table(x).gatherNd(outside).add(x)).hasMessageContaining("indices.duplicate()");
            assertThat(outside.toLongArray()).containsExactly(0, 1, 1, 2);
        }
    }

    @Test
    void morePlacesThanElementsAreRefused() {
        assertRefused(x -> x.scatter(x.argSort(1, true).tile(new long[] {1, 2, 1}), x.tile(new long[] {1, 2, 1}), 1))
                .hasMessageContaining("written twice");
    }

    @Test
    void writingTheInputIntoAConstantMakesItDependOnTheInput() throws Exception {
        assertAgrees(x -> {
            NDArray zeros = x.getManager().zeros(x.getShape());
            NDArray before = x.add(zeros);
            zeros.get(":, 1").addi(x.get(":, 0"));
            zeros.set(new NDIndex(":, 2"), x.get(":, 1"));
            return before.add(zeros.mul(2));
        });
    }

    @Test
    void constantsAreIndexedBeforeTheyMeetTheInput() throws Exception {
        assertAgrees(x -> {
            NDArray taken = table(x).get("{}, ...", ints(x, 2, 0, -1)).get("..., {}", ints(x, 3, 1, 1, 0));
            return x.mul(taken).add(table(x).get("{}", bits(x, true, false, true, true)));
        });
        assertAgrees(x -> table(x).get("{}", x.argMax(2)));
        assertAgrees(x -> table(x).get(
                        new NDIndex().addAllDim().addPickDim(ints(x, 1, 3, 0, 2).reshape(4, 1)))
                .reshape(4)
                .add(x));
    }

    @Test
    void aPartOfAConstantIsWrittenWithTheWhole() throws Exception {
        assertAgrees(x -> {
            NDArray constant = x.getManager().zeros(new Shape(4));
            NDArray before = x.add(constant);
            NDArray part = constant.get("1:3");
            part.addi(1);
            NDArray taken = constant.get("{}", ints(x, 2, 2, 0, 1));
            taken.addi(5);
            return before.mul(constant).add(taken);
        });
    }

    @Test
    void aConstantIsWrittenWhereverItIsUsedNext() throws Exception {
        assertAgrees(x -> {
            NDArray constant = x.getManager().zeros(new Shape(4));
            NDArray before = x.add(constant);
            constant.set(new NDIndex("1:3"), 5f);
            return before.mul(constant);
        });
        assertAgrees(x -> {
            NDArray constant = x.getManager().zeros(new Shape(3, 4));
            constant.set(new NDIndex("1"), x.get("0, 1"));
            return x.add(constant);
        });
    }

    /** Both forms write with the engine's own code, which the trace does not see. */
    @Test
    void aConstantThatIsCopiedIntoOrSubtractedIsUsedAsItIsThen() throws Exception {
        assertAgrees(x -> {
            NDArray constant = x.getManager().zeros(new Shape(4));
            NDArray part = constant.get("1:3");
            NDArray before = x.add(constant).add(part.sum());
            x.getManager().arange(4f).copyTo(constant);
            return before.mul(constant);
        });
        assertAgrees(x -> {
            NDArray constant = x.getManager().ones(new Shape(4));
            NDArray before = x.add(constant);
            NDArrays.subi(3, constant);
            return before.mul(constant);
        });
        assertAgrees(x -> {
            NDArray constant = x.getManager().ones(new Shape(4));
            NDArray before = x.add(constant);
            NDArrays.subi(x.getManager().arange(4f), constant);
            return before.mul(constant);
        });
    }

    @Test
    void whatSharesTheMemoryOfAConstantIsWrittenWithIt() throws Exception {
        List<Function<NDArray, NDArray>> parts = List.of(
                constant -> constant.getScalar(1, 2, 0),
                constant -> constant.getNDArrayInternal().crop(1, 0, 2, 2),
                NDArray::conj);
        for (Function<NDArray, NDArray> part : parts) {
            assertAgrees(x -> {
                NDArray constant = x.getManager().ones(new Shape(3, 4, 1));
                NDArray before = x.add(constant.squeeze());
                part.apply(constant).addi(5);
                return before.mul(constant.squeeze());
            });
        }
    }

    @Test
    void whatIsConvertedToAnotherTypeIsACopy() throws Exception {
        assertAgrees(x -> {
            NDArray whole = x.toType(DataType.INT32, false);
            whole.muli(2).addi(1);
            whole.set(new NDIndex(":, 0"), 7);
            return x.add(whole);
        });
        assertAgrees(x -> {
            NDArray constant = x.getManager().arange(4f);
            NDArray whole = constant.toType(DataType.INT64, true);
            whole.addi(x.argMax(2).get("0, 0"));
            return x.add(whole).mul(constant);
        });
    }

    /** The engine returns the array itself, or another one with the same memory. */
    @Test
    void whatIsConvertedToItsOwnTypeIsNoCopy() {
        NDArray ones = NDManager.newBaseManager().ones(new Shape(4));
        ones.toType(DataType.FLOAT32, true).addi(1);
        assertThat(ones.toFloatArray()).containsOnly(2);
        ones.getManager().close();
        for (boolean copy : new boolean[] {false, true}) {
            assertRefused(x -> {
                        x.toType(DataType.FLOAT32, copy).addi(1);
                        return x.neg();
                    })
                    .hasMessageContaining("changed in place through another array");
        }
    }

    @Test
    void numbersThatForwardChangesAfterACallAreThoseOfTheCall() throws Exception {
        assertAgrees(x -> {
            int[] axis = {1};
            NDArray first = x.flip(axis);
            axis[0] = 2;
            return first.add(x.flip(axis).mul(2));
        });
        assertAgrees(x -> {
            long[] sizes = {x.getShape().get(0), 6, 2};
            NDArray first = x.reshape(sizes).get(":, 1");
            sizes[1] = 2;
            sizes[2] = 6;
            return first.add(x.reshape(sizes).get(":, :, 0"));
        });
    }

    @Test
    void valuesThatDoNotFitAreRefused() {
        assertRefused(x -> {
                    NDArray copy = x.duplicate();
                    copy.set(new NDIndex(":, 0"), ints(x, 1, 2, 3));
                    return copy;
                })
                .hasMessageContaining("the engine itself cannot compute NDArray.set(NDIndex, NDArray)");
        assertRefused(x -> {
                    NDArray copy = x.duplicate();
                    copy.set(new NDIndex(":, 7"), 1);
                    return copy;
                })
                .hasMessageContaining("the engine itself cannot compute NDArray.set(NDIndex, Number)");
        assertRefused(x -> {
                    NDArray constant = x.getManager().ones(new Shape(5));
                    constant.addi(x.get("0, 0"));
                    return constant;
                })
                .hasMessageContaining("the engine itself cannot compute NDArray.add(NDArray)");
    }

    @Test
    void masksThatDoNotFitAreRefused() {
        assertRefused(x -> x.get(":, {}", bits(x, true, false))).hasMessageContaining("does not fit axis 1");
        assertRefused(x -> x.get(":, {}", bits(x, true, false, true, false).reshape(2, 2, 1)))
                .hasMessageContaining("a mask of shape (2, 2, 1) does not fit axis 1");
        assertRefused(x -> x.booleanMask(bits(x, true, false), 1))
                .hasMessageContaining("the array or of its last axes");
    }

    @Test
    void placesThatFollowTheBatchAreCounted() throws Exception {
        assertAgrees(x -> {
            long batch = x.getShape().get(0);
            NDArray offsets = x.getManager().arange((int) batch).mul(3).reshape(batch, 1);
            NDArray places = x.argMax(1).add(offsets);
            return x.reshape(batch * 3, 4).gatherNd(places.reshape(1, batch * 4));
        });
        assertAgrees(x -> {
            long batch = x.getShape().get(0);
            NDArray down = x.getManager().arange((float) batch).mul(-2).add(batch);
            return x.mul(down.reshape(-1, 1, 1));
        });
        assertAgrees(x -> x.get("{}", x.getManager().arange((int) x.getShape().get(0) - 1, -1, -1)));
    }

    @Test
    void aViewIsStaleOnceTheWholeIsWritten() {
        assertRefused(x -> {
                    NDArray copy = x.duplicate();
                    NDArray part = copy.get(":, 0");
                    copy.set(new NDIndex(":, 1"), 1);
                    return copy.get(":, 1").add(part);
                })
                .hasMessageContaining("changed in place through another array");
    }

    @Test
    void anotherViewIsStaleOnceOneIsWritten() {
        assertRefused(x -> {
                    NDArray copy = x.duplicate();
                    NDArray part = copy.get(":, 0");
                    copy.get(":, 1").addi(1);
                    return part.neg();
                })
                .hasMessageContaining("changed in place through another array");
    }

    @Test
    void whatIndexArraysTookIsACopy() throws Exception {
        assertAgrees(x -> {
            NDArray copy = x.duplicate();
            NDArray taken = copy.get(":, {}", ints(x, 0, 1));
            taken.addi(1);
            return copy.get(":, :2").add(taken);
        });
    }

    @Test
    void maskedArraysAndPicksAreRefused() {
        assertRefused(x -> x.get(x.gt(0))).hasMessageContaining("multiply by the mask, or use where");
        assertRefused(x -> x.booleanMask(x.gt(0))).hasMessageContaining("multiply by the mask, or use where");
        assertRefused(x -> {
                    x.set(new NDIndex("{}", x.gt(0)), x.get("0, 0"));
                    return x;
                })
                .hasMessageContaining("use where");
        assertRefused(x -> {
                    x.set(new NDIndex().addAllDim().addPickDim(x.argMax(1)), 1);
                    return x;
                })
                .hasMessageContaining("use scatter");
        assertRefused(x -> x.get(new NDIndex().addSliceDim(0, 1).addPickDim(x.argMax(1))))
                .hasMessageContaining("slice first");
    }

    private static NDArray table(NDArray x) {
        return x.getManager().arange(16f).reshape(4, 4);
    }

    private static void assertAgrees(Function<NDArray, NDArray> body) throws Exception {
        Block block = LambdaBlock.singleton(body);
        for (int opset : new int[] {13, 17, 21}) {
            byte[] model = OnnxExport.of(block, SAMPLE).withOpset(opset).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model, 1, 2, 3, 7, 64))
                    .as("opset " + opset)
                    .isZero();
        }
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Function<NDArray, NDArray> body) {
        return assertThatThrownBy(
                        () -> OnnxExport.of(LambdaBlock.singleton(body), SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("block LambdaBlock, called at IndexingTest.java:");
    }
}
