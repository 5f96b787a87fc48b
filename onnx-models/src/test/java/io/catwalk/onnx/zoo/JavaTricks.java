package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.conv;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import java.util.List;

/** What strangers do with Java, blocks and parameters. */
final class JavaTricks {
    private JavaTricks() {}

    static List<Network> networks() {
        return new Family("tricks")
                .add("if on shape", JavaTricks::ifShape, floats(3, 8, 8))
                .on("loop on shape", JavaTricks::loopShape, floats(5, 3))
                .add("recursion", JavaTricks::recursion, floats(16))
                .add("stream of children", JavaTricks::stream, floats(6))
                .add("shared block", JavaTricks::sharedBlock, floats(6))
                .add("tied autoencoder", JavaTricks::tied, floats(8))
                .add("map by name", JavaTricks::byName, floats(6))
                .add("cached mask", JavaTricks::cachedMask, floats(4, 4))
                .add("constant made at initialize", JavaTricks::constantAtInitialize, floats(5))
                .add("frozen buffer", JavaTricks::buffer, floats(5))
                .add("parameter arithmetic", JavaTricks::parameterArithmetic, floats(4))
                .add("low rank", JavaTricks::lora, floats(8))
                .add("hypernetwork", JavaTricks::hyper, floats(6), floats(3))
                .networks();
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

    private static Block recursion() {
        return lambda(JavaTricks::pairs);
    }

    private static Block stream() {
        var net = new Net();
        List<Block> heads = List.of(net.child(linear(2), 1, 6), net.child(linear(3), 1, 6), net.child(linear(1), 1, 6));
        return net.on((call, x) -> heads.stream()
                .map(head -> call.run(head, x))
                .reduce((a, b) -> a.concat(b, 1))
                .orElseThrow());
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
}
