package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/** Distances and memories. */
final class Metrics {
    private Metrics() {}

    static List<Network> networks() {
        return new Family("tables and graphs")
                .add("cosine head", Metrics::cosine, floats(8))
                .add("ArcFace at inference", Metrics::arcFace, floats(8))
                .add("prototypes", Metrics::prototypes, floats(8))
                .add("siamese", Metrics::siamese, floats(8), floats(8))
                .add("triplet", Metrics::triplet, floats(8), floats(8), floats(8))
                .add("relation network", Metrics::relation, floats(6, 4))
                .add("NetVLAD", Metrics::vlad, floats(10, 6))
                .add("GeM", Metrics::gem, floats(4, 6, 6))
                .add("nearest neighbor", Metrics::nearest, floats(6))
                .add("in-batch similarities", FeatureCrosses::clip, floats(8), floats(6))
                .networks();
    }

    private static Block cosine() {
        var net = new Net();
        Parameter classes = net.weight("classes", 5, 8);
        return net.on((call, x) -> Recommenders.unit(x)
                .matMul(Recommenders.unit(call.value(classes, x)).transpose())
                .mul(16));
    }

    private static Block arcFace() {
        var net = new Net();
        Parameter classes = net.weight("classes", 8, 5);
        return net.on((call, x) -> {
            NDArray w = call.value(classes, x);
            NDArray cos = x.normalize(2, 1).dot(w.div(w.norm(new int[] {0}, true)));
            NDArray theta = cos.clip(-1 + 1e-6, 1 - 1e-6).acos();
            return theta.add(0.1f).cos().mul(30f);
        });
    }

    private static Block prototypes() {
        var net = new Net();
        Parameter centers = net.weight("centers", 4, 8);
        return net.on((call, x) -> x.expandDims(1)
                .sub(call.value(centers, x))
                .square()
                .sum(new int[] {2})
                .neg()
                .logSoftmax(1));
    }

    private static Block siamese() {
        var net = new Net();
        Block tower = net.child(seq(linear(6), relu(), linear(4)), 1, 8);
        Block out = net.child(linear(1), 1, 4);
        return net.onAll((call, in) -> {
            NDArray d =
                    call.run(tower, in.get(0)).sub(call.run(tower, in.get(1))).abs();
            return new NDList(Activation.sigmoid(call.run(out, d)));
        });
    }

    private static Block triplet() {
        var net = new Net();
        Block tower = net.child(linear(4), 1, 8);
        return net.onAll((call, in) -> {
            NDArray a = call.run(tower, in.get(0));
            NDArray near = a.sub(call.run(tower, in.get(1))).norm(new int[] {1});
            NDArray far = a.sub(call.run(tower, in.get(2))).norm(new int[] {1});
            return new NDList(near.sub(far).add(0.2f).maximum(0f));
        });
    }

    private static Block relation() {
        var net = new Net();
        Block g = net.child(seq(linear(8), relu()), 1, 36, 8);
        return net.on((call, x) -> {
            NDArray a = x.expandDims(1).tile(new long[] {1, 6, 1, 1});
            NDArray b = x.expandDims(2).repeat(2, 6);
            return call.run(g, a.concat(b, 3).reshape(-1, 36, 8)).sum(new int[] {1});
        });
    }

    private static Block vlad() {
        var net = new Net();
        Block assign = net.child(linear(3), 1, 10, 6);
        Parameter centers = net.weight("centers", 3, 6);
        return net.on((call, x) -> {
            NDArray a = call.run(assign, x).softmax(2);
            NDArray v = a.transpose(0, 2, 1)
                    .matMul(x)
                    .sub(a.sum(new int[] {1}).expandDims(2).mul(call.value(centers, x)));
            v = v.div(v.norm(new int[] {2}, true).add(1e-8)).reshape(-1, 18);
            return Recommenders.unit(v);
        });
    }

    private static Block gem() {
        var net = new Net();
        Parameter p = net.weight("p", 1);
        return net.on((call, x) -> {
            NDArray power = call.value(p, x).abs().add(2);
            return x.maximum(1e-6)
                    .pow(power)
                    .mean(new int[] {3})
                    .mean(new int[] {2})
                    .pow(power.getNDArrayInternal().rdiv(1));
        });
    }

    private static Block nearest() {
        var net = new Net();
        Parameter memory = net.weight("memory", 20, 6);
        return net.onAll((call, in) -> {
            NDArray x = in.head();
            NDArray d = x.expandDims(1).sub(call.value(memory, x)).norm(new int[] {2});
            NDList top = d.topK(3, 1, false, true);
            NDArray labels = x.getManager().arange(20).mod(4).toType(DataType.INT64, false);
            return new NDList(top.get(0), labels.get(top.get(1)));
        });
    }
}
