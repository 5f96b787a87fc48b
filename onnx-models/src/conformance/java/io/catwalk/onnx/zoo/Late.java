package io.catwalk.onnx.zoo;

import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Embedding;
import java.util.ArrayList;
import java.util.List;

/** Written after the others, when those had shown what was missing. */
final class Late extends Family {
    Late() {
        super("late");
        on("rows of the batch", Late::rows, floats(5));
        onAll("label picked by two arrays", Late::pick, floats(5), ids(5));
        onAll("number first", Late::numberFirst, between(0.5, 2, 4));
        onAll("sums of many", Late::sums, floats(4), floats(4), floats(4));
        on("gradients stopped", x -> x.stopGradient().mul(2).sub(x.scaleGradient(0.5)), floats(4));
        on("device and type as they are", Late::device, floats(4));
        add("lists by name", Late::listNames, floats(4), floats(3));
        add("flatten with size", () -> seq(Blocks.batchFlattenBlock(12), linear(2)), floats(3, 4));
        add("functions in sequence", Late::functions, floats(6));
        add("intermediate outputs", Late::intermediate, floats(6));
        add("parallel functions", Late::parallel, floats(6));
        add("one parameter in two blocks", Late::twoOwners, floats(6));
        add("picture utilities", Late::utilities, typed(DataType.UINT8, 256, 8, 8, 3));
        add("uneven kernels", Late::unevenKernels, floats(2, 9, 12));
        add("grouped 3d", Late::grouped3d, floats(4, 5, 6, 7));
        add("states handed over", Late::states, floats(5, 4));
        add("twin recurrences", Late::twins, floats(5, 4));
        add("states of both ways", Late::bothWays, floats(5, 4));
        on(
                "mean of everything",
                x -> centered(x).div(centered(x).square().mean().add(1e-5).sqrt()),
                floats(3, 4));
        on("sum over size", x -> x.sub(x.sum().div(x.size())), floats(3, 4));
        on("sorted batch", x -> x.sort(0), floats(4));
        on("softmax over batch", x -> x.softmax(0), floats(4));
        on("reversed batch", x -> x.flip(0).cumSum(0), floats(4));
        on("doubled batch", x -> x.concat(x.neg(), 0), floats(4));
        on("first sample", x -> x.sub(x.get(0)), floats(4));
        on("repeated samples", x -> x.repeat(0, 3).reshape(-1, 3, 4).mean(new int[] {1}), floats(4));
        on("flat", x -> x.flatten().mul(2).reshape(x.getShape()), floats(3, 2));
        on("batch gram", x -> x.dot(x.transpose()).softmax(1).dot(x), floats(4));
        onAll("scalar out", in -> new NDList(in.head().square().sum(), in.head().max()), floats(4));
        onAll("logic", Late::logic, floats(6));
        onAll("special functions", Late::special, between(0.1, 0.9, 6));
        onAll(
                "negative modulo",
                in -> new NDList(in.head().mod(2), in.head().neg().mod(1.5)),
                between(-5, 5, 7));
        on("bicubic", x -> x.getNDArrayInternal().interpolation(new long[] {9, 13}, 2, false), floats(2, 6, 7));
        on("nearest at odd ratios", x -> ModernCnns.resize(x, 10, 15, 0), floats(2, 7, 8));
        on("shrunk bilinear", x -> x.getNDArrayInternal().interpolation(new long[] {4, 5}, 1, true), floats(2, 7, 8));
        add("vectors", Late::vectors, floats(4));
        add("matrix times broadcast", Late::broadcastMatMul, floats(2, 3, 4));
        on("empty slice", x -> x.get(":, 0:0").concat(x, 1).concat(x.get(":, 3:3"), 1), floats(4));
        on(
                "constant first",
                x -> x.getManager().create(1f).sub(x).mul(x.getManager().create(new float[] {1, 2, 3, 4})),
                floats(4));
        onAll("statistics", Late::statistics, floats(7));
        onAll("diagonals", Late::diagonals, floats(4, 4));
        add("gatherNd", Late::gatherNd, floats(3, 4));
        add("embedding by function", Late::embedding, ids(9, 4));
        on("normalized", x -> x.normalize().add(x.norm(new int[] {1}, true)), floats(5));
        on("one-hot of type", x -> x.argMax(1).oneHot(5, DataType.INT32), floats(5));
        on("sliding windows", Late::windows, floats(8, 3));
        on("nested loops", Late::nested, floats(4, 4));
        add("beam of two", Late::beam, floats(6));
        on("Sinkhorn", Late::sinkhorn, floats(4, 4));
        on("Kalman filter", Late::kalman, floats(6));
        onAll("dice between maps", Late::dice, floats(2, 6, 6), floats(2, 6, 6));
        on("histogram by soft bins", Late::histogram, floats(20));
        on("FFT by matrix and back", Late::dct, floats(8));
        on("rank by comparison", Late::rank, floats(6));
    }

    private static NDArray rows(NDArray x) {
        NDArray order = x.getManager().arange((int) x.getShape().get(0)).toType(DataType.INT64, false);
        return x.get(order)
                .add(order.toType(DataType.FLOAT32, false).reshape(-1, 1).mul(0));
    }

    private static NDList pick(NDList list) {
        NDArray x = list.get(0).logSoftmax(1);
        NDArray at = list.get(1).reshape(-1, 1);
        return new NDList(x.gather(at, 1).squeeze(1).neg());
    }

    private static NDList numberFirst(NDList list) {
        NDArray x = list.head();
        return new NDList(
                NDArrays.sub(1, x),
                NDArrays.div(2, x),
                NDArrays.pow(2, x),
                NDArrays.mod(3, x),
                NDArrays.mul(0.5, x),
                NDArrays.add(1, x));
    }

    private static NDList sums(NDList list) {
        return new NDList(
                NDArrays.add(list.get(0), list.get(1), list.get(2)),
                NDArrays.mul(list.get(0), list.get(1), list.get(2)));
    }

    private static NDArray device(NDArray x) {
        NDArray start = x.toDevice(x.getDevice(), false).toType(x.getDataType(), false);
        return start.add(x.getManager().ones(x.getShape(), x.getDataType()));
    }

    private static Block listNames() {
        var net = new Net();
        Block a = net.child(linear(2), 1, 4);
        Block b = net.child(linear(2), 1, 3);
        return net.onAll((call, in) -> {
            NDArray left = call.run(a, in.get(0));
            left.setName("left");
            NDArray right = call.run(b, in.get(1));
            right.setName("right");
            NDList both = new NDList(left, right);
            return new NDList(
                    both.get("left").mul(both.get("right")), both.subNDList(1).head());
        });
    }

    private static Block functions() {
        return new SequentialBlock()
                .add(linear(8))
                .add(Activation::relu)
                .addSingleton(x -> x.mul(2))
                .add(list -> new NDList(list.head(), list.head().neg()))
                .add(list -> new NDList(list.get(0).concat(list.get(1), 1)))
                .add(linear(3));
    }

    private static Block intermediate() {
        SequentialBlock blocks = seq(linear(4), relu(), linear(3));
        blocks.setReturnIntermediate(true);
        return blocks;
    }

    private static Block parallel() {
        return new ParallelBlock(lists -> new NDList(NDArrays.concat(
                        new NDList(lists.get(0).head(), lists.get(1).head()), 1)))
                .addSingleton(x -> x.square())
                .addSingleton(x -> x.tanh());
    }

    private static Block twoOwners() {
        var net = new Net();
        Parameter w = net.weight("w", 6, 6);
        Block transposed = new Net().on((call, x) -> x.matMul(call.value(w, x).transpose()));
        Block inner = net.child(transposed, 1, 6);
        return net.on((call, x) -> call.run(inner, x.matMul(call.value(w, x)).tanh()));
    }

    private static Block utilities() {
        return seq(
                lambda(x -> NDImageUtils.toTensor(x)),
                lambda(x -> NDImageUtils.normalize(x, new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.2f, 0.3f, 0.4f})),
                conv(4, 3),
                flatten(),
                linear(2));
    }

    private static Block unevenKernels() {
        return seq(
                kernel(4, 5, 2)
                        .optStride(new Shape(1, 3))
                        .optPadding(new Shape(0, 1))
                        .build(),
                relu(),
                kernel(3, 1, 3)
                        .optDilation(new Shape(1, 2))
                        .optPadding(new Shape(0, 2))
                        .optBias(false)
                        .build());
    }

    private static Block grouped3d() {
        return Conv3d.builder()
                .setFilters(8)
                .setKernelShape(new Shape(2, 3, 3))
                .optStride(new Shape(1, 2, 2))
                .optPadding(new Shape(0, 1, 1))
                .optGroups(2)
                .build();
    }

    private static Block states() {
        var net = new Net();
        Block first = net.child(lstm(3, 1).optReturnState(true).build(), 1, 5, 4);
        Block second = net.child(lstm(3, 1).optReturnState(true).build(), 1, 5, 3);
        return net.onAll((call, in) -> {
            NDList a = call.all(first, in.head());
            NDList b = call.all(second, a.get(0), a.get(1), a.get(2));
            return new NDList(b.get(0), b.get(1).squeeze(0), b.get(2));
        });
    }

    private static Block twins() {
        return new ParallelBlock(lists -> new NDList(
                        lists.get(0).head().get(":, -1").mul(lists.get(1).head().get(":, -1"))))
                .addAll(gru(3, 1).build(), lstm(3, 1).build());
    }

    private static Block bothWays() {
        return gru(3, 2)
                .optBidirectional(true)
                .optHasBiases(false)
                .optReturnState(true)
                .build();
    }

    private static NDArray centered(NDArray x) {
        return x.sub(x.mean());
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
