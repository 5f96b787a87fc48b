package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;

/** What strangers do with arrays, types, mathematics and Java. */
final class Tricks extends Family {
    Tricks() {
        super("tricks");
        on("in place", Tricks::inPlace, floats(4, 6));
        add("in place on a view", Tricks::inPlaceView, floats(4, 6));
        on("set rows", Tricks::setRows, floats(4, 6));
        on("set by mask", Tricks::setMask, floats(4, 6));
        on("set by function", Tricks::setFunction, floats(4, 6));
        on("boolean mask of columns", Tricks::columnMask, floats(4, 6));
        on("where", Tricks::whereNegative, floats(4, 6));
        onAll("negative and stepped slices", Tricks::slices, floats(6, 8));
        onAll("ellipsis and new axes", Tricks::ellipsis, floats(3, 4, 5));
        onAll("index by array", Tricks::indexArray, floats(6, 4));
        on("gather and scatter", Tricks::gatherScatter, floats(6));
        add("put", Tricks::put, floats(6));
        add("if on shape", Tricks::ifShape, floats(3, 8, 8));
        on("loop on shape", Tricks::loopShape, floats(5, 3));
        add("recursion", () -> lambda(Tricks::pairs), floats(16));
        add("shared block", Tricks::sharedBlock, floats(6));
        add("tied autoencoder", Tricks::tied, floats(8));
        add("map by name", Tricks::byName, floats(6));
        add("cached mask", Tricks::cachedMask, floats(4, 4));
        add("constant made at initialize", Tricks::constantAtInitialize, floats(5));
        add("frozen buffer", Tricks::buffer, floats(5));
        add("parameter arithmetic", Tricks::parameterArithmetic, floats(4));
        add("low rank", Tricks::lora, floats(8));
        add("hypernetwork", Tricks::hyper, floats(6), floats(3));
        onAll("types", Tricks::types, floats(6));
        onAll("integer arithmetic", Tricks::integers, typed(DataType.INT32, 50, 6));
        add("bytes in", Tricks::bytes, typed(DataType.UINT8, 256, 3, 6, 6));
        on("double", x -> x.mul(0.5).exp().sum(new int[] {1}, true).log().add(x), typed(DataType.FLOAT64, 2, 6));
        onAll("boolean in", Tricks::booleans, typed(DataType.BOOLEAN, 2, 6), floats(6));
        onAll("reductions", Tricks::reductions, floats(3, 5));
        onAll("top, sort and argsort", Tricks::sorts, floats(9));
        onAll("cumulative", Tricks::cumulative, between(0.5, 1.5, 7));
        onAll("einsum by hand", Tricks::einsum, floats(3, 4), floats(4, 5));
        onAll("outer products", Tricks::outer, floats(3), floats(4));
        onAll("tile and repeat", Tricks::tile, floats(2, 3));
        on("triangles", Tricks::triangles, floats(5, 5));
        onAll("trigonometry", Tricks::trigonometry, between(-0.9, 0.9, 6));
        on("NaN guard", Tricks::guard, between(-2, 2, 6));
        onAll("rounding", Tricks::rounding, between(-3, 3, 8));
        onAll("rotate and flip", Tricks::rotate, floats(1, 4, 4));
        onAll("split unevenly", Tricks::uneven, floats(10));
        on("sub managers", Tricks::subManagers, floats(6));
        on("closed early", Tricks::closedEarly, floats(6));
        add("nested lists", Tricks::nested, floats(3), floats(4));
        onAll("named outputs", Tricks::named, floats(4));
        on("normalized by max", Tricks::normalizeMax, floats(6));
        add("sine layers", Tricks::siren, floats(3));
        add("positional encoding", Tricks::nerf, floats(3));
        add("Euler steps", Tricks::euler, floats(4));
        add("dueling", Tricks::dueling, floats(6));
        add("squashed policy", Tricks::policy, floats(6));
        add("splines", Tricks::splines, floats(3));
        on("Newton inverse root", Tricks::newton, between(1, 4, 5));
        add("matrix inverse", Tricks::inverse, floats(3, 3));
        onAll("sequence mask", Tricks::sequenceMask, floats(5, 3), typed(DataType.INT32, 5, 1));
        on("one-hot comparison", Tricks::compare, ids(6, 3));
        add("half precision inside", Tricks::half, floats(6));
        on("data-dependent branch", x -> x.sum().getFloat() > 0 ? x.mul(2) : x.neg(), floats(6));
        add("noise at inference", Tricks::noise, floats(6));
        on("computed on the host", Tricks::host, floats(6));
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

    private static Block ifShape() {
        var net = new Net();
        Block shortcut = net.child(conv(4, 1), 1, 3, 8, 8);
        Block body = net.child(conv(4, 3), 1, 3, 8, 8);
        return net.on((call, x) -> {
            NDArray y = call.run(body, x);
            if (x.getShape().get(1) != y.getShape().get(1)) {
                x = call.run(shortcut, x);
            }
            if (x.getShape().get(2) % 2 == 0 && x.getShape().dimension() == 4) {
                y = y.add(x);
            }
            return y;
        });
    }

    private static NDArray loopShape(NDArray x) {
        NDArray sum = x.get(":, 0").zerosLike();
        for (long i = 0; i < x.getShape().get(1); i++) {
            sum = sum.mul(0.5).add(x.get(":, {}, :", i));
        }
        return sum;
    }

    private static NDArray pairs(NDArray x) {
        if (x.getShape().get(1) == 1) {
            return x;
        }
        NDList halves = x.split(2, 1);
        return pairs(NDArrays.maximum(halves.get(0), halves.get(1).mul(0.9)));
    }

    private static Block sharedBlock() {
        Block shared = linear(6);
        return seq(shared, relu(), shared, Activation.tanhBlock(), shared);
    }

    private static Block tied() {
        var net = new Net();
        Parameter w = net.weight("w", 3, 8);
        Parameter b = net.weight("b", 8);
        return net.on((call, x) -> {
            NDArray code = Activation.relu(Linear.linear(x, call.value(w, x)).singletonOrThrow());
            return code.matMul(call.value(w, x)).add(call.value(b, x));
        });
    }

    private static Block byName() {
        var net = new Net();
        net.child(linear(4), 1, 6);
        net.child(linear(2), 1, 4);
        return net.on((call, x) -> {
            for (var entry : net.getChildren()) {
                x = call.run(entry.getValue(), x);
                x = entry.getKey().startsWith("01") ? x.tanh() : x;
            }
            return x;
        });
    }

    private static Block cachedMask() {
        var mask = new NDArray[1];
        return lambda(x -> {
            if (mask[0] == null) {
                NDArray steps = x.getManager().arange(4);
                mask[0] = steps.expandDims(0).lte(steps.expandDims(1)).toType(DataType.FLOAT32, false);
                mask[0].detach();
            }
            return x.mul(mask[0]).sum(new int[] {2});
        });
    }

    private static Block constantAtInitialize() {
        return new Net() {
            private NDArray constant;

            @Override
            protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
                constant = manager.linspace(0f, 1f, (int) shapes[0].get(1));
            }

            @Override
            NDList apply(Call call, NDList in) {
                return new NDList(in.head().mul(constant).add(constant.sum()));
            }
        };
    }

    private static Block buffer() {
        var net = new Net();
        Parameter mean = net.parameter(Parameter.builder()
                .setName("mean")
                .setType(Parameter.Type.OTHER)
                .optRequiresGrad(false)
                .optInitializer(ai.djl.training.initializer.Initializer.ONES)
                .optShape(new Shape(5)));
        return net.on((call, x) -> x.sub(call.value(mean, x)).clip(-1, 1));
    }

    private static Block parameterArithmetic() {
        var net = new Net();
        Parameter w = net.weight("w", 4, 4);
        Parameter g = net.weight("g", 4, 1);
        return net.on((call, x) -> {
            NDArray v = call.value(w, x);
            NDArray normal = v.mul(call.value(g, x)).div(v.norm(new int[] {1}, true));
            NDArray skew = normal.sub(normal.transpose());
            return x.matMul(skew.add(x.getManager().eye(4)).transpose());
        });
    }

    private static Block lora() {
        var net = new Net();
        Block base = net.child(linear(8), 1, 8);
        Parameter a = net.weight("a", 8, 2);
        Parameter b = net.weight("b", 2, 8);
        return net.on((call, x) -> call.run(base, x)
                .add(x.matMul(call.value(a, x).matMul(call.value(b, x))).mul(4f / 2)));
    }

    private static Block hyper() {
        var net = new Net();
        Block maker = net.child(linear(12), 1, 3);
        return net.onAll((call, in) -> {
            NDArray w = call.run(maker, in.get(1)).reshape(-1, 6, 2);
            return new NDList(in.get(0).expandDims(1).batchMatMul(w).squeeze(1));
        });
    }

    private static NDList types(NDList list) {
        NDArray x = list.head();
        NDArray whole = x.mul(10).toType(DataType.INT32, false);
        NDArray precise = x.toType(DataType.FLOAT64, true).mul(1e-3).add(1).log();
        NDArray truth = x.toType(DataType.BOOLEAN, false);
        return new NDList(
                whole,
                precise.toType(DataType.FLOAT32, false),
                truth,
                whole.toType(DataType.INT64, false).add(1));
    }

    private static NDList integers(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.mod(7), x.mul(3).sub(1), x.eq(4).logicalOr(x.gte(20)), x.div(4), x.maximum(10), x.sum(new int[] {1}));
    }

    private static Block bytes() {
        return seq(
                lambda(x ->
                        x.toType(DataType.FLOAT32, false).div(255f).sub(0.5f).div(0.25f)),
                conv(4, 3),
                relu(),
                flatten(),
                linear(3));
    }

    private static NDList booleans(NDList list) {
        NDArray mask = list.get(0);
        NDArray x = list.get(1);
        return new NDList(NDArrays.where(mask, x, x.neg()), mask.logicalNot(), mask.logicalXor(x.gt(0)));
    }

    private static NDList reductions(NDList list) {
        NDArray x = list.head();
        NDArray start = x.sub(x.sum(new int[] {1, 2}, true).div(15));
        NDArray standard = start.square().sum(new int[] {1, 2}).div(14).sqrt();
        return new NDList(
                x.max(new int[] {-1}),
                x.min(new int[] {1}, true),
                x.prod(new int[] {2}),
                x.abs().sum(new int[] {1, 2}),
                standard,
                x.norm(new int[] {2}),
                x.argMax(1),
                x.argMin(2));
    }

    private static NDList sorts(NDList list) {
        NDArray x = list.head();
        NDList top = x.topK(3, 1, true, true);
        return new NDList(
                top.get(0),
                top.get(1),
                x.sort(1),
                x.argSort(1, false),
                x.sort(1).flip(1));
    }

    private static NDList cumulative(NDList list) {
        NDArray x = list.head();
        NDArray survival = x.div(2).cumProd(1);
        return new NDList(
                x.cumSum(1),
                survival,
                x.flip(1).cumSum(1).flip(1),
                x.log().cumSum(1).exp());
    }

    private static NDList einsum(NDList list) {
        NDArray a = list.get(0);
        NDArray b = list.get(1);
        NDArray product = a.expandDims(3).mul(b.expandDims(1)).sum(new int[] {2});
        return new NDList(product.sub(a.matMul(b)).add(product), a.batchMatMul(b));
    }

    private static NDList outer(NDList list) {
        NDArray a = list.get(0).expandDims(2);
        NDArray b = list.get(1).expandDims(1);
        return new NDList(a.matMul(b).reshape(-1, 12), a.mul(b).flatten(1, 2).softmax(1));
    }

    private static NDList tile(NDList list) {
        NDArray x = list.head();
        return new NDList(
                x.tile(new long[] {1, 2, 1}), x.tile(new long[] {1, 2, 3}), x.repeat(2, 2), x.repeat(new long[] {1, 3, 1
                }));
    }

    private static NDArray triangles(NDArray x) {
        NDArray steps = x.getManager().arange(5f);
        NDArray lower = steps.reshape(5, 1).gte(steps).toType(DataType.FLOAT32, false);
        NDArray diagonal = x.mul(x.getManager().eye(5)).sum(new int[] {2});
        return x.mul(lower).matMul(x.mul(lower).transpose(0, 2, 1)).add(diagonal.expandDims(1));
    }

    private static NDList trigonometry(NDList list) {
        NDArray x = list.head();
        NDList out = new NDList(x.sin(), x.cos(), x.tan(), x.asin(), x.acos(), x.atan(), x.sinh(), x.cosh());
        out.add(x.atan2(x.add(2)));
        out.add(x.abs().cbrt());
        out.add(x.toDegrees().toRadians());
        out.add(x.add(2).log2().add(x.add(2).log10()));
        return out;
    }

    private static NDArray guard(NDArray x) {
        NDArray y = x.log();
        y = NDArrays.where(y.isNaN(), y.zerosLike(), y);
        return NDArrays.where(y.isInfinite(), y.onesLike(), y).clip(-3, 3);
    }

    private static NDList rounding(NDList list) {
        NDArray x = list.head();
        return new NDList(x.floor(), x.ceil(), x.round(), x.trunc(), x.sign(), x.mod(0.75f), x.sub(x.floor()));
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

    private static Block half() {
        return seq(lambda(x -> x.toType(DataType.FLOAT16, false).toType(DataType.FLOAT32, false)), linear(3));
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
