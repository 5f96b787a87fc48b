package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.conv1d;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
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
import ai.djl.nn.pooling.Pool;
import io.catwalk.onnx.zoo.Net.Call;
import java.util.List;

/** Graphs and points. */
final class Graphs {
    private Graphs() {}

    static List<Network> networks() {
        return new Family("tables and graphs")
                .add("GCN", Graphs::gcn, floats(5, 4), ids(2, 5, 5))
                .add("GAT", Graphs::gat, floats(5, 4), ids(2, 5, 5))
                .add("GraphSAGE", Graphs::sage, floats(5, 4), ids(2, 5, 5))
                .add("GIN", Graphs::gin, floats(5, 4), ids(2, 5, 5))
                .add("message passing by indices", Graphs::edges, floats(5, 4))
                .add("fixed graph", Graphs::fixedGraph, floats(5, 4))
                .add("Chebyshev", Graphs::chebyshev, floats(5, 4))
                .add("EGNN distances", Graphs::egnn, floats(5, 3))
                .on("SchNet filters", Graphs::schnet, floats(5, 3))
                .add("PointNet", Graphs::pointNet, floats(3, 20))
                .add("EdgeConv", Graphs::edgeConv, floats(10, 3))
                .add("deep sets", Graphs::deepSets, floats(7, 4))
                .networks();
    }

    /** Passes messages between nodes. */
    @FunctionalInterface
    private interface Pass {
        NDArray of(Call call, NDArray x, NDArray a);
    }

    /** Takes node features, and an adjacency of zeros and ones. */
    private static Block graph(Net net, Pass pass) {
        return net.onAll((call, in) -> {
            NDArray x = in.get(0);
            NDArray a = in.get(1).toType(DataType.FLOAT32, false);
            return new NDList(pass.of(call, x, a.add(x.getManager().eye(5))));
        });
    }

    private static Block gcn() {
        var net = new Net();
        Block dense = net.child(linear(6), 1, 5, 4);

        return graph(net, (call, x, a) -> {
            NDArray d = a.sum(new int[] {2}).pow(-0.5);
            NDArray norm = a.mul(d.expandDims(1)).mul(d.expandDims(2));
            return Activation.relu(norm.matMul(call.run(dense, x))).mean(new int[] {1});
        });
    }

    private static Block gat() {
        var net = new Net();
        Block dense = net.child(linear(6), 1, 5, 4);
        Parameter source = net.weight("source", 6, 1);
        Parameter target = net.weight("target", 6, 1);
        return graph(net, (call, x, a) -> {
            NDArray h = call.run(dense, x);
            NDArray e = h.matMul(call.value(source, x))
                    .add(h.matMul(call.value(target, x)).transpose(0, 2, 1));
            e = Activation.leakyRelu(e, 0.2f);
            NDArray masked = NDArrays.where(a.gt(0), e, e.onesLike().mul(-1e9f));
            return masked.softmax(-1).matMul(h);
        });
    }

    private static Block sage() {
        var net = new Net();
        Block dense = net.child(linear(6), 1, 5, 4);
        Block mix = net.child(linear(3), 1, 5, 12);
        return graph(net, (call, x, a) -> {
            NDArray h = call.run(dense, x);
            NDArray mean = a.batchMatMul(h).div(a.sum(new int[] {2}, true));
            NDArray y = call.run(mix, h.concat(mean, 2));
            return y.div(y.norm(new int[] {2}, true).add(1e-6));
        });
    }

    private static Block gin() {
        var net = new Net();
        Block dense = net.child(linear(6), 1, 5, 4);
        Parameter eps = net.weight("eps", 1);
        return graph(net, (call, x, a) -> {
            NDArray h = a.matMul(x).add(x.mul(call.value(eps, x)));
            return Activation.relu(call.run(dense, h)).sum(new int[] {1});
        });
    }

    private static Block edges() {
        var net = new Net();
        Block message = net.child(linear(4), 1, 6, 8);
        return net.on((call, x) -> {
            NDManager manager = x.getManager();
            NDArray from = manager.create(new long[] {0, 1, 2, 3, 4, 0});
            NDArray to = manager.create(new long[] {1, 2, 3, 4, 0, 2});
            NDArray m = x.get(":, {}", from).concat(x.get(":, {}", to), 2);
            m = Activation.relu(call.run(message, m));
            NDArray gather = to.oneHot(5).transpose();
            return x.add(gather.matMul(m));
        });
    }

    private static Block fixedGraph() {
        var net = new Net();
        Block dense = net.child(linear(3), 1, 5, 4);
        return net.on((call, x) -> {
            NDArray a = x.getManager().create(new float[][] {
                {0, 1, 0, 0, 1}, {1, 0, 1, 0, 0}, {0, 1, 0, 1, 0}, {0, 0, 1, 0, 1}, {1, 0, 0, 1, 0}
            });
            return call.run(dense, a.div(2).matMul(x));
        });
    }

    private static Block chebyshev() {
        var net = new Net();
        Parameter theta = net.weight("theta", 3, 4, 4);
        return net.on((call, x) -> {
            NDArray l = x.getManager()
                    .create(
                            new float[] {0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0},
                            new Shape(5, 5))
                    .neg();
            NDArray before = x;
            NDArray now = l.matMul(x);
            NDArray w = call.value(theta, x);
            NDArray sum = before.matMul(w.get(0)).add(now.matMul(w.get(1)));
            NDArray next = l.matMul(now).mul(2).sub(before);
            return sum.add(next.matMul(w.get(2)));
        });
    }

    private static NDArray squaredDistances(NDArray x) {
        return x.expandDims(2).sub(x.expandDims(1)).square().sum(new int[] {-1});
    }

    private static Block egnn() {
        var net = new Net();
        Block phi = net.child(seq(linear(4), Activation.swishBlock(1f), linear(1)), 1, 5, 5, 1);
        return net.on((call, x) -> {
            NDArray w = call.run(phi, squaredDistances(x).expandDims(-1));
            return x.add(x.expandDims(2)
                    .sub(x.expandDims(1))
                    .mul(w)
                    .sum(new int[] {2})
                    .div(4));
        });
    }

    private static NDArray schnet(NDArray x) {
        NDArray d = squaredDistances(x).add(1e-9).sqrt();
        NDArray centers = x.getManager().linspace(0f, 3f, 6);
        return d.expandDims(3).sub(centers).square().mul(-2f).exp().sum(new int[] {1, 2});
    }

    private static Block pointNet() {
        var net = new Net();
        Block align = net.child(seq(conv1d(6, 1), relu(), Pool.globalMaxPool1dBlock(), linear(9)), 1, 3, 20);
        Block body = net.child(
                seq(conv1d(8, 1), bn(), relu(), conv1d(12, 1), Pool.globalMaxPool1dBlock(), linear(4)), 1, 3, 20);
        return net.on((call, x) -> {
            NDArray t = call.run(align, x).reshape(-1, 3, 3).add(x.getManager().eye(3));
            return call.run(body, t.matMul(x));
        });
    }

    private static Block edgeConv() {
        var net = new Net();
        Block dense = net.child(seq(linear(6), relu()), 1, 10, 4, 6);
        return net.on((call, x) -> {
            long b = x.getShape().get(0);
            NDArray near = squaredDistances(x).topK(4, 2, false, true).get(1);
            NDArray flat = near.reshape(b, 40).expandDims(2).repeat(2, 3);
            NDArray neighbors = x.gather(flat, 1).reshape(b, 10, 4, 3);
            NDArray self = x.expandDims(2).repeat(2, 4);
            return call.run(dense, self.concat(neighbors.sub(self), 3)).max(new int[] {2});
        });
    }

    private static Block deepSets() {
        return seq(
                linear(8),
                relu(),
                lambda(x -> x.sub(x.max(new int[] {1}, true))),
                linear(8),
                lambda(x -> x.sum(new int[] {1})),
                linear(2));
    }
}
