package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.between;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;
import static io.catwalk.onnx.zoo.Network.Feed.typed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import java.util.List;

/** Mathematics in forward, and what no file can hold. */
final class MathTricks {
    private MathTricks() {}

    static List<Network> networks() {
        return new Family("tricks")
                .onAll("rotate and flip", MathTricks::rotate, floats(1, 4, 4))
                .onAll("split unevenly", MathTricks::uneven, floats(10))
                .on("sub managers", MathTricks::subManagers, floats(6))
                .on("closed early", MathTricks::closedEarly, floats(6))
                .add("nested lists", MathTricks::nested, floats(3), floats(4))
                .onAll("named outputs", MathTricks::named, floats(4))
                .on("normalized by max", MathTricks::normalizeMax, floats(6))
                .add("sine layers", MathTricks::siren, floats(3))
                .add("positional encoding", MathTricks::nerf, floats(3))
                .add("Euler steps", MathTricks::euler, floats(4))
                .add("dueling", MathTricks::dueling, floats(6))
                .add("squashed policy", MathTricks::policy, floats(6))
                .add("splines", MathTricks::splines, floats(3))
                .on("Newton inverse root", MathTricks::newton, between(1, 4, 5))
                .add("matrix inverse", MathTricks::inverse, floats(3, 3))
                .onAll("sequence mask", MathTricks::sequenceMask, floats(5, 3), typed(DataType.INT32, 5, 1))
                .on("one-hot comparison", MathTricks::compare, ids(6, 3))
                .on("words about shapes", MathTricks::sayShape, floats(4))
                .add("half precision inside", MathTricks::half, floats(6))
                .on("data-dependent branch", MathTricks::branch, floats(6))
                .add("noise at inference", MathTricks::noise, floats(6))
                .on("computed on the host", MathTricks::host, floats(6))
                .networks();
    }

    private static NDList rotate(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.rotate90(1, new int[] {2, 3}),
                x.flip(2, 3),
                x.transpose(0, 1, 3, 2).flip(-1));
    }

    private static NDList uneven(NDList list) {
        NDList parts = list.head().split(new long[] {2, 3, 7}, 1);
        return new NDList(
                parts.get(0).mul(2), parts.get(1), parts.get(3), parts.get(2).sum(new int[] {1}));
    }

    private static NDArray subManagers(NDArray x) {
        try (NDManager scope = NDManager.subManagerOf(x)) {
            scope.tempAttachAll(x);
            NDArray weights = scope.ones(new Shape(6)).mul(scope.arange(6f));
            NDArray y = x.mul(weights).softmax(1);
            return scope.ret(y);
        }
    }

    private static NDArray closedEarly(NDArray x) {
        try (NDArray doubled = x.mul(2);
                NDArray shifted = doubled.add(1)) {
            return shifted.square();
        }
    }

    private static Block nested() {
        Block merge = new LambdaBlock(list -> new NDList(list.get(0).concat(list.get(1), 1)));
        var net = new Net();
        Block left = net.child(linear(2), 1, 3);
        Block right = net.child(linear(2), 1, 4);
        net.gives(in -> new Shape[] {new Shape(1, 2), new Shape(1, 2)});
        Block both = net.onAll((call, in) -> {
            NDList out = call.all(left, in.get(0));
            out.addAll(call.all(right, in.get(1)));
            return out;
        });
        return seq(both, merge);
    }

    private static NDList named(NDList list) {
        NDArray score = list.head().sum(new int[] {1});
        score.setName("score");
        NDArray label = list.head().argMax(1);
        label.setName("label");
        return new NDList(score, label);
    }

    private static NDArray normalizeMax(NDArray x) {
        return x.sub(x.min(new int[] {1}, true))
                .div(x.max(new int[] {1}, true).sub(x.min(new int[] {1}, true)).add(Float.MIN_NORMAL));
    }

    /**
     * The factor of 30 stands in the first layer alone. Its author divides the weights of the others by it (Sitzmann et
     * al., 2020); with the weights of here, 30 x 30 would make roundings as large as the bound, on some processors.
     */
    private static Block siren() {
        return seq(linear(16), lambda(x -> x.mul(30).sin()), linear(16), lambda(NDArray::sin), linear(1));
    }

    private static Block nerf() {
        return seq(
                lambda(x -> {
                    NDList all = new NDList(x);
                    for (int i = 0; i < 4; i++) {
                        all.add(x.mul(Math.pow(2, i) * Math.PI).sin());
                        all.add(x.mul(Math.pow(2, i) * Math.PI).cos());
                    }
                    return NDArrays.concat(all, -1);
                }),
                linear(16),
                relu(),
                linear(4));
    }

    private static Block euler() {
        var net = new Net();
        Block f = net.child(seq(linear(8), Activation.tanhBlock(), linear(4)), 1, 5);
        return net.on((call, y) -> {
            double h = 0.25;
            for (double t = 0; t < 1; t += h) {
                NDArray now = y.getManager().full(new Shape(y.getShape().get(0), 1), (float) t);
                NDArray k = call.run(f, y.concat(now, 1));
                NDArray half = call.run(f, y.add(k.mul(h / 2)).concat(now.add(h / 2), 1));
                y = y.add(half.mul(h));
            }
            return y;
        });
    }

    private static Block dueling() {
        var net = new Net();
        Block value = net.child(linear(1), 1, 6);
        Block advantage = net.child(linear(4), 1, 6);
        return net.onAll((call, in) -> {
            NDArray a = call.run(advantage, in.head());
            NDArray q = call.run(value, in.head()).add(a.sub(a.mean(new int[] {1}, true)));
            return new NDList(q, q.argMax(1), q.max(new int[] {1}));
        });
    }

    private static Block policy() {
        return seq(linear(4), new LambdaBlock(list -> {
            NDList parts = list.head().split(2, 1);
            NDArray logStd = parts.get(1).clip(-5, 2);
            return new NDList(
                    parts.get(0).tanh().mul(2),
                    logStd.exp(),
                    logStd.sum(new int[] {1}).add(0.5 * Math.log(2 * Math.PI)));
        }));
    }

    private static Block splines() {
        var net = new Net();
        Parameter c = net.weight("c", 5, 3, 6);
        return net.on((call, x) -> {
            NDArray knots = x.getManager().linspace(-1f, 1f, 6);
            NDArray basis = x.expandDims(2).sub(knots).abs().mul(-2.5f).add(1).maximum(0);
            return call.value(c, x).expandDims(0).mul(basis.expandDims(1)).sum(new int[] {2, 3});
        });
    }

    private static NDArray newton(NDArray x) {
        NDArray y = x.onesLike().mul(0.5f);
        for (int i = 0; i < 6; i++) {
            y.muli(x.mul(y).mul(y).mul(-0.5).add(1.5));
        }
        return y;
    }

    private static Block inverse() {
        return lambda(
                x -> x.matMul(x.transpose(0, 2, 1)).add(x.getManager().eye(3)).inverse());
    }

    private static NDList sequenceMask(NDList list) {
        return new NDList(masked(list.get(0), list.get(1)));
    }

    private static NDArray masked(NDArray x, NDArray lengths) {
        NDArray steps = x.getManager().arange(5).reshape(1, 5);
        NDArray valid = steps.lt(lengths.reshape(-1, 1)).expandDims(2);
        return NDArrays.where(valid.broadcast(x.getShape()), x, x.onesLike().neg());
    }

    private static NDArray compare(NDArray x) {
        NDArray classes = x.getManager().arange(6).toType(DataType.INT64, false);
        return x.expandDims(2).eq(classes).toType(DataType.FLOAT32, false).mean(new int[] {1});
    }

    private static NDArray sayShape(NDArray x) {
        String words = "shape " + x.getShape() + " of " + x.getDataType();
        if (words.isEmpty()) {
            throw new IllegalStateException("no words");
        }
        return x.add(1);
    }

    private static Block half() {
        return seq(lambda(x -> x.toType(DataType.FLOAT16, false).toType(DataType.FLOAT32, false)), linear(3));
    }

    private static NDArray branch(NDArray x) {
        return x.sum().getFloat() > 0 ? x.mul(2) : x.neg();
    }

    private static Block noise() {
        return seq(
                linear(4),
                lambda(x -> x.add(x.getManager().randomNormal(x.getShape()).mul(0.1))));
    }

    private static NDArray host(NDArray x) {
        float[] values = x.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] * values[i];
        }
        return x.getManager().create(values, x.getShape());
    }
}
