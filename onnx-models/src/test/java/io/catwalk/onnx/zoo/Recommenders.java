package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Layers.words;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/** Recommenders. */
final class Recommenders {
    private Recommenders() {}

    static List<Network> networks() {
        return new Family("tables and graphs")
                .add("factorization machine", Recommenders::fm, ids(30, 5))
                .add("DeepFM", Recommenders::deepFm, ids(30, 5), floats(4))
                .add("wide and deep", Recommenders::wideDeep, ids(30), ids(10), floats(4))
                .add("two towers", Recommenders::towers, ids(40), ids(60))
                .add("matrix factorization", Recommenders::factors, ids(40), ids(60))
                .add("neural collaborative", Recommenders::ncf, ids(40), ids(60))
                .add("DLRM", Recommenders::dlrm, floats(6), ids(20, 3))
                .networks();
    }

    private static NDArray fmTerm(NDArray e) {
        NDArray sum = e.sum(new int[] {1});
        return sum.square()
                .sub(e.square().sum(new int[] {1}))
                .sum(new int[] {1}, true)
                .mul(0.5f);
    }

    private static Block fm() {
        return new Net() {
            final Block factors = child(words(30, 4), 1, 5);
            final Block weights = child(words(30, 1), 1, 5);

            @Override
            NDArray apply(Call call, NDArray ids) {
                return Activation.sigmoid(
                        call.run(weights, ids).sum(new int[] {1}).add(fmTerm(call.run(factors, ids))));
            }
        };
    }

    private static Block deepFm() {
        return new Net() {
            final Block factors = child(words(30, 4), 1, 5);
            final Block deep = child(seq(linear(16), relu(), linear(1)), 1, 24);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray e = call.run(factors, in.get(0));
                NDArray flat = NDArrays.concat(new NDList(e.reshape(e.getShape().get(0), -1), in.get(1)), 1);
                return new NDList(Activation.sigmoid(fmTerm(e).add(call.run(deep, flat))));
            }
        };
    }

    private static Block wideDeep() {
        return new Net() {
            final Block user = child(words(30, 6), 1);
            final Block place = child(words(10, 3), 1);
            final Block deep = child(seq(linear(12), relu(), linear(1)), 1, 13);
            final Block wide = child(linear(1), 1, 14);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray dense = in.get(2);
                NDArray d =
                        NDArrays.concat(new NDList(call.run(user, in.get(0)), call.run(place, in.get(1)), dense), 1);
                NDArray w = in.get(1).oneHot(10, DataType.FLOAT32).concat(dense, -1);
                return new NDList(Activation.sigmoid(call.run(deep, d).add(call.run(wide, w))));
            }
        };
    }

    static NDArray unit(NDArray x) {
        return x.div(x.norm(new int[] {1}, true).maximum(1e-12f));
    }

    private static Block towers() {
        return new Net() {
            final Block user = child(seq(words(40, 8), linear(6)), 1);
            final Block item = child(seq(words(60, 8), linear(6)), 1);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray u = unit(call.run(user, in.get(0)));
                NDArray v = unit(call.run(item, in.get(1)));
                return new NDList(u.mul(v).sum(new int[] {1}), u, v);
            }
        };
    }

    private static Block factors() {
        return new Net() {
            final Parameter users = weight("users", 40, 6);
            final Parameter items = weight("items", 60, 6);
            final Parameter bias = weight("bias", 60);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray u = call.value(users, in.get(0)).get(in.get(0));
                NDArray v = call.value(items, in.get(0))
                        .gather(in.get(1).expandDims(1).repeat(1, 6), 0);
                NDArray b = call.value(bias, in.get(0)).take(in.get(1));
                return new NDList(u.mul(v).sum(new int[] {-1}).add(b));
            }
        };
    }

    private static Block ncf() {
        return new Net() {
            final Block users = child(words(40, 6), 1);
            final Block items = child(words(60, 6), 1);
            final Block mlp = child(seq(linear(8), relu(), linear(4), relu()), 1, 12);
            final Block out = child(linear(1), 1, 10);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray u = call.run(users, in.get(0));
                NDArray v = call.run(items, in.get(1));
                NDArray deep = call.run(mlp, u.concat(v, 1));
                return new NDList(Activation.sigmoid(call.run(out, u.mul(v).concat(deep, 1)))
                        .squeeze(1));
            }
        };
    }

    private static Block dlrm() {
        return new Net() {
            final Block bottom = child(seq(linear(4), relu()), 1, 6);
            final Block table = child(words(60, 4), 1, 3);
            final Block top = child(linear(1), 1, 10);

            @Override
            NDList apply(Call call, NDList in) {
                NDArray dense = call.run(bottom, in.get(0));
                NDArray offsets = in.get(1).getManager().create(new long[] {0, 20, 40});
                NDArray all =
                        dense.expandDims(1).concat(call.run(table, in.get(1).add(offsets)), 1);
                NDArray dots = all.matMul(all.transpose(0, 2, 1));
                NDList pairs = new NDList(dense);
                for (int i = 0; i < 4; i++) {
                    for (int j = 0; j < i; j++) {
                        pairs.add(dots.get(":, {}, {}", i, j).expandDims(1));
                    }
                }
                return new NDList(call.run(top, NDArrays.concat(pairs, 1)));
            }
        };
    }
}
