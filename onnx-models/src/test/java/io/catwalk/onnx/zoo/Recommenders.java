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
        var net = new Net();
        Block factors = net.child(words(30, 4), 1, 5);
        Block weights = net.child(words(30, 1), 1, 5);
        return net.on((call, ids) ->
                Activation.sigmoid(call.run(weights, ids).sum(new int[] {1}).add(fmTerm(call.run(factors, ids)))));
    }

    private static Block deepFm() {
        var net = new Net();
        Block factors = net.child(words(30, 4), 1, 5);
        Block deep = net.child(seq(linear(16), relu(), linear(1)), 1, 24);
        return net.onAll((call, in) -> {
            NDArray e = call.run(factors, in.get(0));
            NDArray flat = NDArrays.concat(new NDList(e.reshape(e.getShape().get(0), -1), in.get(1)), 1);
            return new NDList(Activation.sigmoid(fmTerm(e).add(call.run(deep, flat))));
        });
    }

    private static Block wideDeep() {
        var net = new Net();
        Block user = net.child(words(30, 6), 1);
        Block place = net.child(words(10, 3), 1);
        Block deep = net.child(seq(linear(12), relu(), linear(1)), 1, 13);
        Block wide = net.child(linear(1), 1, 14);
        return net.onAll((call, in) -> {
            NDArray dense = in.get(2);
            NDArray d = NDArrays.concat(new NDList(call.run(user, in.get(0)), call.run(place, in.get(1)), dense), 1);
            NDArray w = in.get(1).oneHot(10, DataType.FLOAT32).concat(dense, -1);
            return new NDList(Activation.sigmoid(call.run(deep, d).add(call.run(wide, w))));
        });
    }

    static NDArray unit(NDArray x) {
        return x.div(x.norm(new int[] {1}, true).maximum(1e-12f));
    }

    private static Block towers() {
        var net = new Net();
        Block user = net.child(seq(words(40, 8), linear(6)), 1);
        Block item = net.child(seq(words(60, 8), linear(6)), 1);
        return net.onAll((call, in) -> {
            NDArray u = unit(call.run(user, in.get(0)));
            NDArray v = unit(call.run(item, in.get(1)));
            return new NDList(u.mul(v).sum(new int[] {1}), u, v);
        });
    }

    private static Block factors() {
        var net = new Net();
        Parameter users = net.weight("users", 40, 6);
        Parameter items = net.weight("items", 60, 6);
        Parameter bias = net.weight("bias", 60);
        return net.onAll((call, in) -> {
            NDArray u = call.value(users, in.get(0)).get(in.get(0));
            NDArray v =
                    call.value(items, in.get(0)).gather(in.get(1).expandDims(1).repeat(1, 6), 0);
            NDArray b = call.value(bias, in.get(0)).take(in.get(1));
            return new NDList(u.mul(v).sum(new int[] {-1}).add(b));
        });
    }

    private static Block ncf() {
        var net = new Net();
        Block users = net.child(words(40, 6), 1);
        Block items = net.child(words(60, 6), 1);
        Block mlp = net.child(seq(linear(8), relu(), linear(4), relu()), 1, 12);
        Block out = net.child(linear(1), 1, 10);
        return net.onAll((call, in) -> {
            NDArray u = call.run(users, in.get(0));
            NDArray v = call.run(items, in.get(1));
            NDArray deep = call.run(mlp, u.concat(v, 1));
            return new NDList(
                    Activation.sigmoid(call.run(out, u.mul(v).concat(deep, 1))).squeeze(1));
        });
    }

    private static Block dlrm() {
        var net = new Net();
        Block bottom = net.child(seq(linear(4), relu()), 1, 6);
        Block table = net.child(words(60, 4), 1, 3);
        Block top = net.child(linear(1), 1, 10);
        return net.onAll((call, in) -> {
            NDArray dense = call.run(bottom, in.get(0));
            NDArray offsets = in.get(1).getManager().create(new long[] {0, 20, 40});
            NDArray all = dense.expandDims(1).concat(call.run(table, in.get(1).add(offsets)), 1);
            NDArray dots = all.matMul(all.transpose(0, 2, 1));
            NDList pairs = new NDList(dense);
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < i; j++) {
                    pairs.add(dots.get(":, {}, {}", i, j).expandDims(1));
                }
            }
            return new NDList(call.run(top, NDArrays.concat(pairs, 1)));
        });
    }
}
