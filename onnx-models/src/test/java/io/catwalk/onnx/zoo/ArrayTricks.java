package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.List;

/** What strangers do with parts of arrays. */
final class ArrayTricks {
    private ArrayTricks() {}

    static List<Network> networks() {
        return new Family("tricks")
                .on("in place", ArrayTricks::inPlace, floats(4, 6))
                .add("in place on a view", ArrayTricks::inPlaceView, floats(4, 6))
                .on("set rows", ArrayTricks::setRows, floats(4, 6))
                .on("set by mask", ArrayTricks::setMask, floats(4, 6))
                .on("set by function", ArrayTricks::setFunction, floats(4, 6))
                .on("boolean mask of columns", ArrayTricks::columnMask, floats(4, 6))
                .on("where", ArrayTricks::whereNegative, floats(4, 6))
                .onAll("negative and stepped slices", ArrayTricks::slices, floats(6, 8))
                .onAll("ellipsis and new axes", ArrayTricks::ellipsis, floats(3, 4, 5))
                .onAll("index by array", ArrayTricks::indexArray, floats(6, 4))
                .on("gather and scatter", ArrayTricks::gatherScatter, floats(6))
                .add("put", ArrayTricks::put, floats(6))
                .networks();
    }

    private static NDArray inPlace(NDArray x) {
        NDArray y = x.duplicate();
        y.muli(2).addi(1).subi(x).divi(3).negi();
        y.powi(2);
        return y.addi(y.mean(new int[] {1}, true));
    }

    private static Block inPlaceView() {
        return seq(linear(6), lambda(x -> {
            x.get(":, 1").addi(10);
            x.get(":, :, 2:4").muli(-1);
            x.reshape(-1, 24).get(":, 0").subi(3);
            return x;
        }));
    }

    private static NDArray setRows(NDArray x) {
        NDArray y = x.mul(1);
        y.set(new NDIndex(":, 0"), 0);
        y.set(new NDIndex(":, 1, 1:3"), x.get(":, 2, 0:2"));
        y.set(new NDIndex(":, -1"), y.get(":, 1").add(1));
        return y;
    }

    private static NDArray setMask(NDArray x) {
        NDArray y = x.duplicate();
        y.set(x.lt(0), 0);
        y.set(y.gt(0.5), 0.5f);
        return y;
    }

    private static NDArray setFunction(NDArray x) {
        NDArray y = x.duplicate();
        y.set(new NDIndex(":, 1:3"), part -> part.exp());
        return y;
    }

    private static NDArray columnMask(NDArray x) {
        NDArray keep = x.getManager().create(new boolean[] {true, false, true, true, false, true});
        return x.booleanMask(keep, 2);
    }

    private static NDArray whereNegative(NDArray x) {
        return NDArrays.where(x.gt(0).logicalAnd(x.lt(0.5)).logicalOr(x.lt(-0.5)), x.square(), x.sub(1));
    }

    private static NDList slices(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.get(":, -2"),
                x.get(":, 1:-1:2"),
                x.get(":, :, -3:"),
                x.get(":, ::3, 1::2"),
                x.get(":, 2, 5").reshape(-1, 1));
    }

    private static NDList ellipsis(NDList list) {
        NDArray x = list.head();
        NDArray a = x.get("..., 0");
        NDArray b = x.get(new NDIndex(":, 1:2, ..., 2:"));
        NDArray c = x.get(new NDIndex().addEllipseDim().addSliceDim(1, 4, 2));
        NDArray d = x.expandDims(-1).squeeze(-1).expandDims(2).squeeze(2);
        return new NDList(a, b, c, d);
    }

    private static NDList indexArray(NDList list) {
        NDArray x = list.head();
        NDArray order = x.getManager().create(new int[] {5, 3, 0, 0});
        return new NDList(x.get(":, {}", order), x.swapAxes(0, 1).get(order).swapAxes(0, 1));
    }

    private static NDArray gatherScatter(NDArray x) {
        NDArray order = x.argSort(1);
        NDArray sorted = x.gather(order, 1);
        return x.zerosLike().scatter(order, sorted.cumSum(1), 1);
    }

    private static Block put() {
        return seq(linear(4), lambda(x -> {
            NDArray bias = x.getManager().zeros(new Shape(4));
            NDArray at = x.getManager().create(new long[] {1, 3});
            NDArray values = x.getManager().create(new float[] {2f, -1f});
            return x.add(bias.put(at, values));
        }));
    }
}
