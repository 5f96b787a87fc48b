package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** Operations that move and select elements. */
final class ShapeSamples extends OperatorSamples {

    ShapeSamples() {
        shapes();
        indexing();
    }

    private void shapes() {
        add(
                "NDArray.reshape(Shape)",
                CUBE,
                EXACT,
                "Reshape",
                x -> x.reshape(x.getShape().get(0), 4, -1));
        add("NDArray.reshape(Shape)", CUBE, EXACT, "Reshape", x -> x.reshape(-1, 4));
        add("NDArray.flatten()", CUBE, EXACT, "Reshape", NDArray::flatten);
        add("NDArray.flatten(int, int)", CUBE, EXACT, "Reshape", x -> x.flatten(1, 2));
        add(
                "NDArray.squeeze()",
                VECTOR,
                CLOSE,
                "Reshape",
                x -> x.sum().expandDims(0).squeeze());
        add("NDArray.squeeze(int)", new Shape(1, 3), EXACT, "Reshape", x -> x.squeeze(1));
        add("NDArray.squeeze(int[])", new Shape(1, 3, 1), EXACT, "Reshape", x -> x.squeeze(new int[] {1, 3}));
        add("NDArray.expandDims(int)", VECTOR, EXACT, "Reshape", x -> x.expandDims(-1));
        add("NDArray.transpose()", MATRIX, EXACT, "Transpose", NDArray::transpose);
        add("NDArray.transpose(int[])", CUBE, EXACT, "Transpose", x -> x.transpose(0, 3, 1, 2));
        add("NDArray.swapAxes(int, int)", CUBE, EXACT, "Transpose", x -> x.swapAxes(1, 3));
        add("NDArray.swapAxes(int, int)", CUBE, EXACT, "Transpose", x -> x.swapAxes(-1, -2));
        add(
                "NDArray.broadcast(Shape)",
                new Shape(1, 4),
                EXACT,
                "Expand",
                x -> x.broadcast(x.getShape().get(0), 3, 4));
        addAll("NDArray.split(long[], int)", IMAGE, EXACT, "Split", x -> x.split(new long[] {2, 5}, 2));
        addAll("NDArray.split(long, int)", IMAGE, EXACT, "Split", x -> x.split(2, 1));
        add(
                "NDArrayEx.stack(NDList, int)",
                VECTOR,
                EXACT,
                "Unsqueeze Concat",
                x -> NDArrays.stack(new NDList(x, x.neg()), 1));
        add("NDArrayEx.stack(NDList, int)", VECTOR, EXACT, "Unsqueeze Concat", x -> x.stack(x.neg()));
        add("NDArrayEx.concat(NDList, int)", MATRIX, EXACT, "Concat", x -> NDArrays.concat(new NDList(x, x.abs()), -1));
        add("NDArrayEx.concat(NDList, int)", MATRIX, EXACT, "Concat", x -> x.concat(x.neg()));
        add("NDArray.tile(long)", VECTOR, EXACT, "Tile", x -> x.tile(2));
        add("NDArray.tile(long[])", VECTOR, EXACT, "Tile", x -> x.tile(new long[] {1, 3}));
        add("NDArray.tile(long[])", VECTOR, EXACT, "Tile", x -> x.tile(new long[] {2, 1, 3}));
        add("NDArray.repeat(long)", VECTOR, EXACT, "Tile Reshape", x -> x.repeat(2));
        add("NDArray.repeat(int, long)", MATRIX, EXACT, "Tile Reshape", x -> x.repeat(2, 3));
        add("NDArray.repeat(long[])", MATRIX, EXACT, "Tile Reshape", x -> x.repeat(new long[] {1, 2, 3}));
        add("NDArray.repeat(int, long)", MATRIX, EXACT, "Tile Reshape", x -> x.repeat(0, 2));
        add("NDArray.flip(int[])", CUBE, EXACT, "Slice", x -> x.flip(1, 3));
        add(
                "NDArray.repeat(Shape)",
                MATRIX,
                EXACT,
                "Tile Reshape",
                x -> x.repeat(new Shape(x.getShape().get(0), 6, 4)));
        add("NDArray.rotate90(int, int[])", CUBE, EXACT, "Slice Transpose", x -> x.rotate90(1, new int[] {1, 2}));
        add("NDArray.rotate90(int, int[])", CUBE, EXACT, "Slice", x -> x.rotate90(-2, new int[] {3, 1}));
        add("NDArray.rotate90(int, int[])", CUBE, EXACT, "Slice Transpose", x -> x.rotate90(7, new int[] {-1, -2}));
        add("NDArray.rotate90(int, int[])", CUBE, EXACT, "Slice Transpose", x -> x.rotate90(1, new int[] {0, 1}));
        add(
                "NDArray.diagonal()",
                CUBE,
                EXACT,
                "Transpose Reshape Gather",
                x -> x.transpose(1, 2, 3, 0).diagonal());
        add(
                "NDArray.diagonal(int)",
                CUBE,
                EXACT,
                "Gather",
                x -> x.transpose(1, 2, 0, 3).diagonal(-1));
        add("NDArray.diagonal(int, int, int)", CUBE, EXACT, "Gather", x -> x.diagonal(1, 2, 3));
        add("NDArray.diagonal(int, int, int)", CUBE, EXACT, "Gather", x -> x.diagonal(-2, -1, 1));
        add("NDArray.diff(int, int)", MATRIX, EXACT, "Slice Sub", x -> x.diff(2, -1));
        add("NDArray.diff(int, int)", MATRIX, EXACT, "Slice Sub", x -> whole(x).diff(9, 1));
        add("NDArray.diff(int, int)", MATRIX, EXACT, "Slice Xor", x -> x.gt(0).diff(1, 2));
        add("NDArray.diff(int, int)", MATRIX, EXACT, "Slice Sub", x -> x.diff(1, 0));
        add("NDArray.pad(Shape, double)", IMAGE, EXACT, "Pad", x -> x.pad(new Shape(-1, 2, 0, -1), 0.5));
        add("NDArray.pad(Shape, double)", IMAGE, EXACT, "Pad", x -> x.pad(new Shape(1, 2, 0, 3), 0.5));
        add("NDArray.pad(Shape, double)", IMAGE, EXACT, "Pad", x -> x.pad(new Shape(1, 0, 2, 3, 4, 5), 0));
    }

    /** Creates indices along axis 1, no two of them the same. */
    private static NDArray places(NDArray x) {
        NDArray counting = x.getManager().arange(3).reshape(1, 3, 1);
        return counting.add(whole(x).get(":, :1").abs()).mod(3).toType(DataType.INT64, false);
    }

    private void indexing() {
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice Squeeze", x -> x.get(":, -1"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice Squeeze", x -> x.get(":, 1, 1:3"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get("..., ::2"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get(":, :, -2:"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get(":, :, :-1"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice", x -> x.get(":, ..., 1:"));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Unsqueeze", x -> x.get(":, null, :"));
        add(
                "NDArray.get(NDIndex)",
                CUBE,
                EXACT,
                "Slice",
                x -> x.get(new NDIndex().addAllDim().addSliceDim(1, 2, 1)));
        add("NDArray.get(NDIndex)", CUBE, EXACT, "Slice Squeeze", x -> x.get(0));
        add(
                "NDArray.get(NDIndex)",
                CUBE,
                EXACT,
                "Slice",
                x -> x.get("0:" + x.getShape().get(0)));
        add(
                "NDArray.get(NDIndex.arrays)",
                CUBE,
                EXACT,
                "GatherND",
                x -> x.get(
                        ":, {}, :, {}",
                        x.getManager().create(new int[] {1, 0}),
                        x.getManager().create(new int[] {-1, 2})));
        add("NDArray.set(NDIndex, NDArray)", CUBE, EXACT, "Slice ScatterND", x -> {
            NDArray copy = x.duplicate();
            copy.set(new NDIndex(":, 0"), x.get(":, 1"));
            return copy;
        });
        add("NDArray.set(NDIndex, Number)", CUBE, EXACT, "Slice ScatterND", x -> {
            x.set(new NDIndex(":, :, 1:"), x.getShape().get(0));
            return x;
        });
        add("NDArray.set(NDIndex.arrays)", CUBE, EXACT, "Gather ScatterND", x -> {
            x.set(new NDIndex(":, :, {}", x.getManager().create(new int[] {1, 0})), 0.5f);
            return x;
        });
        add("NDArray.set(NDIndex.mask)", CUBE, EXACT, "Where", x -> {
            x.set(x.lt(0), 0.5f);
            return x;
        });
        add(
                "NDArray.get(NDIndex.take)",
                CUBE,
                EXACT,
                "Gather",
                x -> x.get(":, {}", x.getManager().create(new int[] {1, 0, 1})));
        add(
                "NDArray.get(NDIndex.take)",
                new Shape(3),
                EXACT,
                "Gather",
                x -> fixed(x, 5, 2).get(whole(x).abs().mod(5)));
        add(
                "NDArray.get(NDIndex.take)",
                CUBE,
                EXACT,
                "Gather",
                x -> x.get(":, :, {}", x.getManager().create(new boolean[] {true, false, true})));
        add(
                "NDArray.get(NDIndex.pick)",
                MATRIX,
                EXACT,
                "GatherElements",
                x -> x.get(new NDIndex()
                        .addAllDim()
                        .addAllDim()
                        .addPickDim(whole(x).abs().mod(4).get(":, :, 0:1"))));
        add(
                "NDArray.gather(NDArray, int)",
                MATRIX,
                EXACT,
                "GatherElements",
                x -> x.gather(whole(x).abs().mod(3), 1));
        add(
                "NDArray.gather(NDArray, int)",
                MATRIX,
                EXACT,
                "Slice GatherElements",
                x -> x.gather(whole(x).abs().mod(3).get(":, :, 1:3").toType(DataType.INT32, false), 1));
        // Indices through one axis, through two, and through the batch.
        add(
                "NDArray.gatherNd(NDArray)",
                MATRIX,
                EXACT,
                "Gather",
                x -> fixed(x, 5, 3).gatherNd(whole(x).abs().mod(5).reshape(1, -1)));
        add(
                "NDArray.gatherNd(NDArray)",
                MATRIX,
                EXACT,
                "Mul Add Gather",
                x -> fixed(x, 3, 4, 2)
                        .gatherNd(NDArrays.stack(
                                new NDList(whole(x).abs().mod(3), whole(x).abs().mod(4)))));
        add(
                "NDArray.gatherNd(NDArray)",
                MATRIX,
                EXACT,
                "Mul Add Gather",
                x -> x.gatherNd(x.getManager().create(new int[] {0, 1, 0, -1, 2, 1}, new Shape(3, 2))));
        add(
                "NDArray.gatherNd(NDArray)",
                MATRIX,
                EXACT,
                "Mul Add Gather",
                x -> x.transpose(1, 0, 2).gatherNd(x.getManager().create(new float[] {0, 1, 2, 0}, new Shape(2, 2))));
        add(
                "NDArray.scatter(NDArray, NDArray, int)",
                MATRIX,
                EXACT,
                "ScatterElements",
                x -> x.scatter(places(x), x.neg(), 1));
        add(
                "NDArray.scatter(NDArray, NDArray, int)",
                MATRIX,
                EXACT,
                "Slice ScatterElements",
                x -> fixed(x, 1, 3, 4)
                        .repeat(0, x.getShape().get(0))
                        .scatter(places(x).get(":, :2, 1:").toType(DataType.INT32, false), x, -2));
        add(
                "NDArray.put(NDArray, NDArray)",
                MATRIX,
                EXACT,
                "ScatterND",
                x -> x.put(x.getManager().create(new int[] {3, 0, 9, -1}), fixed(x, 2, 2)));
        add(
                "NDArray.put(NDArray, NDArray)",
                MATRIX,
                EXACT,
                "ScatterND",
                x -> fixed(x, 3, 5).put(x.argSort(1, true).get("0, :, 0"), x.get("0, :, 1")));
        add(
                "NDArray.take(NDManager, NDArray)",
                VECTOR,
                EXACT,
                "Gather",
                x -> x.take(x.getManager().create(new long[] {3, 0})));
        add(
                "NDArray.oneHot(int)",
                VECTOR,
                EXACT,
                "OneHot",
                x -> whole(x).abs().mod(4).oneHot(4));
        add(
                "NDArray.oneHot(int, DataType)",
                VECTOR,
                EXACT,
                "OneHot",
                x -> whole(x).abs().mod(4).oneHot(5, DataType.INT32));
    }
}
