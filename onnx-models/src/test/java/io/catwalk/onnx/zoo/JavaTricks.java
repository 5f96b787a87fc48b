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
                .add("loop on shape", JavaTricks::loopShape, floats(5, 3))
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
        return new Net() {
            final Block shortcut = child(conv(4, 1), 1, 3, 8, 8);
            final Block body = child(conv(4, 3), 1, 3, 8, 8);

            @Override
            NDArray apply(Call call, NDArray x) {
                NDArray y = call.run(body, x);
                if (x.getShape().get(1) != y.getShape().get(1)) {
                    x = call.run(shortcut, x);
                }
                if (x.getShape().get(2) % 2 == 0 && x.getShape().dimension() == 4) {
                    y = y.add(x);
                }
                return y;
            }
        };
    }

    private static Block loopShape() {
        return lambda(x -> {
            NDArray sum = x.get(":, 0").zerosLike();
            for (long i = 0; i < x.getShape().get(1); i++) {
                sum = sum.mul(0.5).add(x.get(":, {}, :", i));
            }
            return sum;
        });
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
        return new Net() {
            final List<Block> heads = List.of(child(linear(2), 1, 6), child(linear(3), 1, 6), child(linear(1), 1, 6));

            @Override
            NDArray apply(Call call, NDArray x) {
                return heads.stream()
                        .map(head -> call.run(head, x))
                        .reduce((a, b) -> a.concat(b, 1))
                        .orElseThrow();
            }
        };
    }

    private static Block sharedBlock() {
        Block shared = linear(6);
        return seq(shared, relu(), shared, Activation.tanhBlock(), shared);
    }

    private static Block tied() {
        return new Net() {
            final Parameter w = weight("w", 3, 8);
            final Parameter b = weight("b", 8);

            @Override
            NDArray apply(Call call, NDArray x) {
                NDArray code =
                        Activation.relu(Linear.linear(x, call.value(w, x)).singletonOrThrow());
                return code.matMul(call.value(w, x)).add(call.value(b, x));
            }
        };
    }

    private static Block byName() {
        return new Net() {
            {
                child(linear(4), 1, 6);
                child(linear(2), 1, 4);
            }

            @Override
            NDArray apply(Call call, NDArray x) {
                for (var entry : getChildren()) {
                    x = call.run(entry.getValue(), x);
                    x = entry.getKey().startsWith("01") ? x.tanh() : x;
                }
                return x;
            }
        };
    }

    private static Block cachedMask() {
        return new Net() {
            private NDArray mask;

            @Override
            NDArray apply(Call call, NDArray x) {
                if (mask == null) {
                    NDArray steps = x.getManager().arange(4);
                    mask = steps.expandDims(0).lte(steps.expandDims(1)).toType(DataType.FLOAT32, false);
                    mask.detach();
                }
                return x.mul(mask).sum(new int[] {2});
            }
        };
    }

    private static Block constantAtInitialize() {
        return new Net() {
            private NDArray constant;

            @Override
            protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
                constant = manager.linspace(0f, 1f, (int) shapes[0].get(1));
            }

            @Override
            NDArray apply(Call call, NDArray x) {
                return x.mul(constant).add(constant.sum());
            }
        };
    }

    private static Block buffer() {
        return new Net() {
            final Parameter mean = addParameter(Parameter.builder()
                    .setName("mean")
                    .setType(Parameter.Type.OTHER)
                    .optRequiresGrad(false)
                    .optInitializer(ai.djl.training.initializer.Initializer.ONES)
                    .optShape(new Shape(5))
                    .build());

            @Override
            NDArray apply(Call call, NDArray x) {
                return x.sub(call.value(mean, x)).clip(-1, 1);
            }
        };
    }

    private static Block parameterArithmetic() {
        return new Net() {
            final Parameter w = weight("w", 4, 4);
            final Parameter g = weight("g", 4, 1);

            @Override
            NDArray apply(Call call, NDArray x) {
                NDArray v = call.value(w, x);
                NDArray normal = v.mul(call.value(g, x)).div(v.norm(new int[] {1}, true));
                NDArray skew = normal.sub(normal.transpose());
                return x.matMul(skew.add(x.getManager().eye(4)).transpose());
            }
        };
    }

    private static Block lora() {
        return new Net() {
            final Block base = child(linear(8), 1, 8);
            final Parameter a = weight("a", 8, 2);
            final Parameter b = weight("b", 2, 8);

            @Override
            NDArray apply(Call call, NDArray x) {
                return call.run(base, x)
                        .add(x.matMul(call.value(a, x).matMul(call.value(b, x))).mul(4f / 2));
            }
        };
    }

    private static Block hyper() {
        return new Net() {
            final Block maker = child(linear(12), 1, 3);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray w = call.run(maker, in.get(1)).reshape(-1, 6, 2);
                return new NDList(in.get(0).expandDims(1).batchMatMul(w).squeeze(1));
            }
        };
    }
}
