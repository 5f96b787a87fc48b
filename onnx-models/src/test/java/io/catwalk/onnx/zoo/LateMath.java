package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Network.Feed.between;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import java.util.ArrayList;
import java.util.List;

/** Written after the others, when those had shown what was missing: functions of arrays. */
final class LateMath {
    private LateMath() {}

    static List<Network> networks() {
        return new Family("late")
                .onAll("logic", LateMath::logic, floats(6))
                .onAll("special functions", LateMath::special, between(0.1, 0.9, 6))
                .onAll(
                        "negative modulo",
                        list -> new NDList(list.head().mod(2), list.head().neg().mod(1.5)),
                        between(-5, 5, 7))
                .on("bicubic", x -> x.getNDArrayInternal().interpolation(new long[] {9, 13}, 2, false), floats(2, 6, 7))
                .on(
                        "nearest at odd ratios",
                        x -> x.getNDArrayInternal().interpolation(new long[] {10, 15}, 0, false),
                        floats(2, 7, 8))
                .on(
                        "shrunk bilinear",
                        x -> x.getNDArrayInternal().interpolation(new long[] {4, 5}, 1, true),
                        floats(2, 7, 8))
                .add("vectors", LateMath::vectors, floats(4))
                .add("matrix times broadcast", LateMath::broadcastMatMul, floats(2, 3, 4))
                .on("empty slice", x -> x.get(":, 0:0").concat(x, 1).concat(x.get(":, 3:3"), 1), floats(4))
                .on(
                        "constant first",
                        x -> x.getManager().create(1f).sub(x).mul(x.getManager().create(new float[] {1, 2, 3, 4})),
                        floats(4))
                .onAll("statistics", LateMath::statistics, floats(7))
                .onAll("diagonals", LateMath::diagonals, floats(4, 4))
                .add("gatherNd", LateMath::gatherNd, floats(3, 4))
                .add("embedding by function", LateMath::embedding, ids(9, 4))
                .on("normalized", x -> x.normalize().add(x.norm(new int[] {1}, true)), floats(5))
                .on("one-hot of type", x -> x.argMax(1).oneHot(5, DataType.INT32), floats(5))
                .on("sliding windows", LateMath::windows, floats(8, 3))
                .on("nested loops", LateMath::nested, floats(4, 4))
                .add("beam of two", LateMath::beam, floats(6))
                .on("Sinkhorn", LateMath::sinkhorn, floats(4, 4))
                .add("power iteration", LateMath::power, floats(4))
                .on("Kalman filter", LateMath::kalman, floats(6))
                .onAll("dice between maps", LateMath::dice, floats(2, 6, 6), floats(2, 6, 6))
                .on("histogram by soft bins", LateMath::histogram, floats(20))
                .on("FFT by matrix and back", LateMath::dct, floats(8))
                .on("rank by comparison", LateMath::rank, floats(6))
                .networks();
    }

    private static NDList logic(NDList list) {
        NDArray x = list.head();
        NDArray positive = x.gt(0);
        return new NDList(
                positive.toType(DataType.INT64, false).sum(new int[] {1}),
                positive.logicalAnd(x.lt(0.5)).logicalNot(),
                x.eq(x.max(new int[] {1}, true)),
                x.lte(0).toType(DataType.FLOAT32, false).mul(x));
    }

    private static NDList special(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.erf(),
                x.erfinv(),
                x.add(1).gammaln(),
                x.xlogy(x.add(1)),
                x.neg().exp().add(1).log());
    }

    private static Block vectors() {
        var net = new Net();
        Parameter v = net.weight("v", 4);
        return net.on((call, x) -> {
            NDArray w = call.value(v, x);
            return x.matMul(w).add(x.dot(w.reshape(4, 1)).squeeze(1)).add(w.dot(w));
        });
    }

    private static Block broadcastMatMul() {
        var net = new Net();
        Parameter a = net.weight("a", 2, 4, 5);
        Parameter b = net.weight("b", 3, 3);
        return net.on((call, x) -> x.matMul(call.value(a, x))
                .add(x.transpose(0, 1, 3, 2)
                        .matMul(call.value(b, x))
                        .sum(new int[] {2, 3})
                        .expandDims(2)
                        .expandDims(3)));
    }

    private static NDList statistics(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.median(new int[] {1}),
                x.percentile(30, new int[] {1}),
                x.prod(new int[] {1}),
                x.cumProd(1),
                x.diff(2, 1));
    }

    private static NDList diagonals(NDList list) {
        NDArray x = list.head();
        return new NDList(x.diagonal(0, 1, 2), x.diagonal(1, 1, 2), x.rotate90(1, new int[] {1, 2}));
    }

    private static Block gatherNd() {
        var net = new Net();
        Parameter table = net.weight("table", 4, 5);
        return net.on((call, x) -> {
            NDArray at = x.get(":, 0").argMax(1).reshape(1, -1);
            return call.value(table, x).gatherNd(at);
        });
    }

    private static Block embedding() {
        var net = new Net();
        Parameter table = net.weight("table", 9, 3);
        return net.on(
                (call, ids) -> Embedding.embedding(ids, call.value(table, ids), ai.djl.ndarray.types.SparseFormat.DENSE)
                        .singletonOrThrow()
                        .sum(new int[] {1}));
    }

    private static NDArray windows(NDArray x) {
        List<NDArray> windows = new ArrayList<>();
        for (int i = 0; i + 3 <= x.getShape().get(1); i++) {
            windows.add(x.get(":, {}:{}, :", i, i + 3).reshape(x.getShape().get(0), 1, 9));
        }
        return NDArrays.concat(new NDList(windows), 1).max(new int[] {1});
    }

    private static NDArray nested(NDArray x) {
        NDArray sum = x.get(":, 0, 0").mul(0);
        for (int i = 0; i < 4; i++) {
            for (int j = i + 1; j < 4; j++) {
                sum = sum.add(
                        x.get(":, {}, {}", i, j).sub(x.get(":, {}, {}", j, i)).abs());
            }
        }
        return sum.expandDims(1);
    }

    private static Block beam() {
        var net = new Net();
        Block step = net.child(linear(6), 1, 6);
        return net.onAll((call, in) -> {
            NDArray scores = in.head().logSoftmax(1);
            NDList first = scores.topK(2, 1, true, true);
            NDArray hot = first.get(1).oneHot(6);
            NDArray next = call.run(step, hot.reshape(-1, 6)).logSoftmax(1).reshape(-1, 2, 6);
            NDList best = next.add(first.get(0).expandDims(2)).reshape(-1, 12).topK(2, 1, true, true);
            return new NDList(best.get(0), best.get(1).mod(6));
        });
    }

    private static NDArray sinkhorn(NDArray x) {
        NDArray k = x.mul(3).exp();
        for (int i = 0; i < 5; i++) {
            k = k.div(k.sum(new int[] {1}, true));
            k = k.div(k.sum(new int[] {2}, true));
        }
        return k;
    }

    private static Block power() {
        var net = new Net();
        Parameter w = net.weight("w", 4, 4);
        return net.on((call, x) -> {
            NDArray m = call.value(w, x);
            NDArray u = x.getManager().ones(new Shape(4, 1));
            for (int i = 0; i < 3; i++) {
                u = m.matMul(u);
                u = u.div(u.norm());
            }
            NDArray sigma = u.transpose().matMul(m).matMul(u).abs().add(1);
            return x.matMul(m.div(sigma));
        });
    }

    private static NDArray kalman(NDArray x) {
        double p = 1;
        NDArray state = x.get(":, 0");
        NDList all = new NDList(state);
        for (int t = 1; t < 6; t++) {
            p += 0.1;
            double gain = p / (p + 0.5);
            state = state.add(x.get(":, {}", t).sub(state).mul(gain));
            p *= 1 - gain;
            all.add(state);
        }
        return NDArrays.stack(all, 1);
    }

    private static NDList dice(NDList list) {
        NDArray a = Activation.sigmoid(list.get(0));
        NDArray b = list.get(1).gt(0).toType(DataType.FLOAT32, false);
        NDArray inter = a.mul(b).sum(new int[] {2, 3}).mul(2).add(1);
        return new NDList(
                inter.div(a.sum(new int[] {2, 3}).add(b.sum(new int[] {2, 3})).add(1)));
    }

    private static NDArray histogram(NDArray x) {
        NDArray centers = x.getManager().linspace(-1f, 1f, 5).reshape(1, 5, 1);
        return x.expandDims(1).sub(centers).abs().mul(-2).add(1).maximum(0).mean(new int[] {2});
    }

    private static NDArray dct(NDArray x) {
        NDManager manager = x.getManager();
        NDArray n = manager.arange(8f).add(0.5f).reshape(1, 8);
        NDArray k = manager.arange(8f).reshape(8, 1);
        NDArray basis = k.mul(n).mul((float) (Math.PI / 8)).cos();
        NDArray c = x.matMul(basis.transpose());
        NDArray kept = c.mul(k.lt(4).toType(DataType.FLOAT32, false).reshape(1, 8));
        return kept.matMul(basis).div(4);
    }

    private static NDArray rank(NDArray x) {
        NDArray below = x.expandDims(1).lt(x.expandDims(2)).toType(DataType.INT32, false);
        return below.sum(new int[] {2});
    }
}
