package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Operations that move and select elements. */
final class ShapeSamples extends OperatorSamples {

    ShapeSamples() {
        shapes();
        indexing();
    }

    private void shapes() {
        exact(CUBE, x -> x.reshape(x.getShape().get(0), 4, -1), "NDArray.reshape(Shape)", "Reshape");
        exact(CUBE, NDArray::flatten, "NDArray.flatten()", "Reshape");
        exact(CUBE, x -> x.flatten(1, 2), "NDArray.flatten(int, int)", "Reshape");
        close(VECTOR, x -> x.sum().expandDims(0).squeeze(), "NDArray.squeeze()", "Reshape");
        exact(new Shape(1, 3), x -> x.squeeze(1), "NDArray.squeeze(int)", "Reshape");
        exact(new Shape(1, 3, 1), x -> x.squeeze(new int[] {1, 3}), "NDArray.squeeze(int[])", "Reshape");
        exact(VECTOR, x -> x.expandDims(-1), "NDArray.expandDims(int)", "Reshape");
        exact(MATRIX, NDArray::transpose, "NDArray.transpose()", "Transpose");
        exact(CUBE, x -> x.transpose(0, 3, 1, 2), "NDArray.transpose(int[])", "Transpose");
        exact(CUBE, x -> x.swapAxes(1, 3), "NDArray.swapAxes(int, int)", "Transpose");
        exact(new Shape(1, 4), x -> x.broadcast(x.getShape().get(0), 3, 4), "NDArray.broadcast(Shape)", "Expand");
        exact(IMAGE, x -> x.split(new long[] {2, 5}, 2), "NDArray.split(long[], int)", "Split");
        exact(IMAGE, x -> x.split(2, 1), "NDArray.split(long, int)", "Split");
        String stack = "NDArrayEx.stack(NDList, int)";
        exact(VECTOR, x -> NDArrays.stack(new NDList(x, x.neg()), 1), stack, "Unsqueeze Concat");
        exact(MATRIX, x -> NDArrays.concat(new NDList(x, x.abs()), -1), "NDArrayEx.concat(NDList, int)", "Concat");
        exact(VECTOR, x -> x.tile(2), "NDArray.tile(long)", "Tile");
        exact(VECTOR, x -> x.tile(new long[] {1, 3}), "NDArray.tile(long[])", "Tile");
        exact(VECTOR, x -> x.repeat(2), "NDArray.repeat(long)", "Tile Reshape");
        exact(MATRIX, x -> x.repeat(new long[] {1, 2, 3}), "NDArray.repeat(long[])", "Tile Reshape");
        exact(MATRIX, x -> x.repeat(0, 2), "NDArray.repeat(int, long)", "Tile Reshape");
        exact(CUBE, x -> x.flip(1, 3), "NDArray.flip(int[])", "Slice");
        exact(MATRIX, x -> x.repeat(new Shape(x.getShape().get(0), 6, 4)), "NDArray.repeat(Shape)", "Tile Reshape");
        exact(CUBE, x -> x.rotate90(1, new int[] {1, 2}), "NDArray.rotate90(int, int[])", "Slice Transpose");
        exact(CUBE, x -> x.rotate90(1, new int[] {0, 1}), "NDArray.rotate90(int, int[])", "Slice Transpose");
        exact(CUBE, x -> x.transpose(1, 2, 3, 0).diagonal(), "NDArray.diagonal()", "Transpose Reshape Gather");
        exact(CUBE, x -> x.transpose(1, 2, 0, 3).diagonal(-1), "NDArray.diagonal(int)", "Gather");
        exact(CUBE, x -> x.diagonal(1, 2, 3), "NDArray.diagonal(int, int, int)", "Gather");
        exact(MATRIX, x -> x.diff(2, -1), "NDArray.diff(int, int)", "Slice Sub");
        exact(MATRIX, x -> whole(x).diff(9, 1), "NDArray.diff(int, int)", "Slice Sub");
        exact(MATRIX, x -> x.gt(0).diff(1, 2), "NDArray.diff(int, int)", "Slice Xor");
        exact(MATRIX, x -> x.diff(1, 0), "NDArray.diff(int, int)", "Slice Sub");
        exact(IMAGE, x -> x.pad(new Shape(-1, 2, 0, -1), 0.5), "NDArray.pad(Shape, double)", "Pad");
        exact(IMAGE, x -> x.pad(new Shape(1, 2, 0, 3), 0.5), "NDArray.pad(Shape, double)", "Pad");
    }

    /** Creates indices along axis 1, no two of them the same. */
    private static NDArray places(NDArray x) {
        NDArray counting = x.getManager().arange(3).reshape(1, 3, 1);
        return counting.add(whole(x).get(":, :1").abs()).mod(3).toType(DataType.INT64, false);
    }

    private void indexing() {
        String get = "NDArray.get(NDIndex)";
        exact(CUBE, x -> x.get(":, -1"), get, "Slice Squeeze");
        exact(CUBE, x -> x.get(":, 1, 1:3"), get, "Slice Squeeze");
        exact(CUBE, x -> x.get(":, null, :"), get, "Unsqueeze");
        exact(CUBE, x -> x.get(new NDIndex().addAllDim().addSliceDim(1, 2, 1)), get, "Slice");
        exact(CUBE, x -> x.get(0), get, "Slice Squeeze");
        exact(CUBE, x -> x.get("0:" + x.getShape().get(0)), get, "Slice");
        String arrays = "NDArray.get(NDIndex.arrays)";
        exact(CUBE, x -> x.get(":, {}, :, {}", ints(x, 1, 0), ints(x, -1, 2)), arrays, "GatherND");
        writing((x, copy) -> copy.set(new NDIndex(":, 0"), x.get(":, 1")), "NDIndex, NDArray", "Slice ScatterND");
        writing(
                (x, copy) -> copy.set(new NDIndex(":, :, 1:"), x.getShape().get(0)),
                "NDIndex, Number",
                "Slice ScatterND");
        writing(
                (x, copy) -> copy.set(new NDIndex(":, :, {}", ints(x, 1, 0)), 0.5f),
                "NDIndex.arrays",
                "Gather ScatterND");
        writing((x, copy) -> copy.set(x.lt(0), 0.5f), "NDIndex.mask", "Where");
        String take = "NDArray.get(NDIndex.take)";
        exact(CUBE, x -> x.get(":, {}", ints(x, 1, 0, 1)), take, "Gather");
        exact(new Shape(3), x -> fixed(x, 5, 2).get(below(x, 5)), take, "Gather");
        exact(CUBE, x -> x.get(":, :, {}", ints(x, 1, 0, 1).gt(0)), take, "Gather");
        exact(MATRIX, x -> x.get(pick(below(x, 4).get(":, :, 0:1"))), "NDArray.get(NDIndex.pick)", "GatherElements");
        String gather = "NDArray.gather(NDArray, int)";
        exact(MATRIX, x -> x.gather(below(x, 3), 1), gather, "GatherElements");
        exact(MATRIX, x -> x.gather(int32(below(x, 3).get(":, :, 1:3")), 1), gather, "Slice GatherElements");
        // Indices through one axis, through two, and through the batch.
        String nd = "NDArray.gatherNd(NDArray)";
        exact(MATRIX, x -> fixed(x, 5, 3).gatherNd(below(x, 5).reshape(1, -1)), nd, "Gather");
        exact(MATRIX, x -> fixed(x, 3, 4, 2).gatherNd(below(x, 3).stack(below(x, 4))), nd, "Mul Add Gather");
        exact(MATRIX, x -> x.gatherNd(ints(x, 0, 1, 0, -1, 2, 1).reshape(3, 2)), nd, "Mul Add Gather");
        exact(MATRIX, x -> x.transpose(1, 0, 2).gatherNd(reals(x, 0, 1, 2, 0).reshape(2, 2)), nd, "Mul Add Gather");
        String scatter = "NDArray.scatter(NDArray, NDArray, int)";
        exact(MATRIX, x -> x.scatter(places(x), x.neg(), 1), scatter, "ScatterElements");
        Function<NDArray, NDArray> fewer = x -> {
            NDArray tables = fixed(x, 1, 3, 4).repeat(0, x.getShape().get(0));
            return tables.scatter(int32(places(x).get(":, :2, 1:")), x, -2);
        };
        exact(MATRIX, fewer, scatter, "Slice ScatterElements");
        String put = "NDArray.put(NDArray, NDArray)";
        exact(MATRIX, x -> x.put(ints(x, 3, 0, 9, -1), fixed(x, 2, 2)), put, "ScatterND");
        exact(MATRIX, x -> fixed(x, 3, 5).put(x.argSort(1, true).get("0, :, 0"), x.get("0, :, 1")), put, "ScatterND");
        exact(VECTOR, x -> x.take(ints(x, 3, 0)), "NDArray.take(NDManager, NDArray)", "Gather");
        exact(VECTOR, x -> below(x, 4).oneHot(4), "NDArray.oneHot(int)", "OneHot");
        exact(VECTOR, x -> below(x, 4).oneHot(5, DataType.INT32), "NDArray.oneHot(int, DataType)", "OneHot");
    }

    /** Writes into a copy. */
    private void writing(BiConsumer<NDArray, NDArray> write, String arguments, String operators) {
        Function<NDArray, NDArray> body = x -> {
            NDArray copy = x.duplicate();
            write.accept(x, copy);
            return copy;
        };
        exact(CUBE, body, "NDArray.set(" + arguments + ")", operators);
    }

    private static NDIndex pick(NDArray places) {
        return new NDIndex().addAllDim().addAllDim().addPickDim(places);
    }

    private static NDArray below(NDArray x, int bound) {
        return whole(x).abs().mod(bound);
    }

    private static NDArray int32(NDArray x) {
        return x.toType(DataType.INT32, false);
    }

    private static NDArray ints(NDArray x, int... numbers) {
        return x.getManager().create(numbers);
    }

    private static NDArray reals(NDArray x, float... numbers) {
        return x.getManager().create(numbers);
    }
}
