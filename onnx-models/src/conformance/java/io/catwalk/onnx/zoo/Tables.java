package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import io.catwalk.onnx.zoo.Net.Call;
import java.util.List;

/** Recommenders, crossed features, graphs, points, and metrics. */
final class Tables extends Family {
    Tables() {
        super("tables and graphs");
        add("factorization machine", Tables::fm, ids(30, 5));
        add("DeepFM", Tables::deepFm, ids(30, 5), floats(4));
        add("wide and deep", Tables::wideDeep, ids(30), ids(10), floats(4));
        add("two towers", Tables::towers, ids(40), ids(60));
        add("matrix factorization", Tables::factors, ids(40), ids(60));
        add("neural collaborative", Tables::ncf, ids(40), ids(60));
        add("DLRM", Tables::dlrm, floats(6), ids(20, 3));
        add("DCN", Tables::cross, floats(8));
        add("xDeepFM", Tables::cin, floats(4, 5));
        add("AutoInt", Tables::autoInt, ids(30, 5));
        add("DIN", Tables::din, ids(30), ids(30, 6));
        add("SASRec", Tables::sasRec, ids(30, 6));
        add("bag of ids", Tables::bag, ids(30, 6));
        add("entity embeddings", Tables::entities, ids(7, 3), floats(4));
        add("soft tree", Tables::tree, floats(6));
        add(
                "SELU net",
                () -> seq(
                        linear(16),
                        Activation.seluBlock(),
                        Dropout.builder().optRate(0.1f).build(),
                        linear(16),
                        Activation.seluBlock(),
                        linear(1)),
                floats(9));
        add("GCN", Tables::gcn, floats(5, 4), ids(2, 5, 5));
        add("GAT", Tables::gat, floats(5, 4), ids(2, 5, 5));
        add("GraphSAGE", Tables::sage, floats(5, 4), ids(2, 5, 5));
        add("GIN", Tables::gin, floats(5, 4), ids(2, 5, 5));
        add("message passing by indices", Tables::edges, floats(5, 4));
        add("fixed graph", Tables::fixedGraph, floats(5, 4));
        add("Chebyshev", Tables::chebyshev, floats(5, 4));
        add("EGNN distances", Tables::egnn, floats(5, 3));
        on("SchNet filters", Tables::schnet, floats(5, 3));
        add("PointNet", Tables::pointNet, floats(3, 20));
        add("EdgeConv", Tables::edgeConv, floats(10, 3));
        add("deep sets", Tables::deepSets, floats(7, 4));
        add("cosine head", Tables::cosine, floats(8));
        add("ArcFace at inference", Tables::arcFace, floats(8));
        add("prototypes", Tables::prototypes, floats(8));
        add("siamese", Tables::siamese, floats(8), floats(8));
        add("triplet", Tables::triplet, floats(8), floats(8), floats(8));
        add("relation network", Tables::relation, floats(6, 4));
        add("NetVLAD", Tables::vlad, floats(10, 6));
        add("GeM", Tables::gem, floats(4, 6, 6));
        add("nearest neighbor", Tables::nearest, floats(6));
        add("in-batch similarities", Tables::clip, floats(8), floats(6));
    }

    private static NDArray fmTerm(NDArray e) {
        NDArray sum = e.sum(new int[] {1});
        NDArray start = sum.square().sub(e.square().sum(new int[] {1}));
        return start.sum(new int[] {1}, true).mul(0.5f);
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

    private static Block cross() {
        var net = new Net();
        Parameter w = net.weight("w", 3, 8);
        Parameter b = net.weight("b", 3, 8);
        return net.on((call, x) -> {
            NDArray y = x;
            for (int i = 0; i < 3; i++) {
                NDArray dot = y.mul(call.value(w, x).get(i)).sum(new int[] {1}, true);
                y = x.mul(dot).add(call.value(b, x).get(i)).add(y);
            }
            return y;
        });
    }

    private static Block cin() {
        var net = new Net();
        Block compress = net.child(conv1d(3, 1), 1, 16, 5);
        return net.on((call, x) -> {
            NDArray outer = x.expandDims(2).mul(x.expandDims(1)).reshape(-1, 16, 5);
            return call.run(compress, outer).sum(new int[] {2});
        });
    }

    private static Block autoInt() {
        return seq(
                words(30, 8),
                Transformers.attends(
                        8,
                        (q, k, v) -> Activation.relu(
                                q.batchMatMul(k.transpose(0, 2, 1)).softmax(2).batchMatMul(v))),
                flatten(),
                linear(1));
    }

    private static Block din() {
        var net = new Net();
        Block items = net.child(words(30, 6), 1);
        Block score = net.child(seq(linear(8), Activation.sigmoidBlock(), linear(1)), 1, 6, 24);
        return net.onAll((call, in) -> {
            NDArray target = call.run(items, in.get(0));
            NDArray history = call.run(items, in.get(1));
            NDArray t = target.expandDims(1).broadcast(history.getShape());
            NDArray all = NDArrays.concat(new NDList(t, history, t.sub(history), t.mul(history)), 2);
            NDArray w = call.run(score, all).squeeze(2).mul(in.get(1).gt(0).toType(DataType.FLOAT32, false));
            NDArray interest = w.expandDims(1).matMul(history).squeeze(1);
            return new NDList(interest.mul(target).sum(new int[] {1}));
        });
    }

    private static Block sasRec() {
        var net = new Net();
        Parameter items = net.weight("items", 30, 8);
        Parameter positions = net.weight("positions", 6, 8);
        return net.on((call, ids) -> {
            NDArray table = call.value(items, ids);
            NDArray x = table.get(ids).mul(Math.sqrt(8)).add(call.value(positions, ids));
            x.muli(ids.neq(0).expandDims(-1).toType(DataType.FLOAT32, false));
            NDArray start = ids.getManager().arange(6).expandDims(0);
            NDArray ahead = start.gt(ids.getManager().arange(6).expandDims(1));
            NDArray scores = x.matMul(x.swapAxes(1, 2)).div(Math.sqrt(8));
            NDArray y = NDArrays.where(
                            ahead.broadcast(scores.getShape()),
                            scores.zerosLike().add(-1e9f),
                            scores)
                    .softmax(2)
                    .matMul(x);
            return y.get(":, -1").dot(table.transpose());
        });
    }

    private static Block bag() {
        var net = new Net();
        Block table = net.child(words(30, 5), 1, 6);
        return net.on((call, ids) -> {
            NDArray mask = ids.gt(4).toType(DataType.FLOAT32, false).expandDims(2);
            NDArray sum = call.run(table, ids).mul(mask).sum(new int[] {1});
            return sum.div(mask.sum(new int[] {1}).clip(1, Float.MAX_VALUE));
        });
    }

    private static Block entities() {
        var net = new Net();
        List<Block> tables = List.of(net.child(words(7, 2), 1), net.child(words(7, 3), 1), net.child(words(7, 4), 1));
        Block body = net.child(seq(bn(), linear(8), relu(), linear(2)), 1, 13);
        return net.onAll((call, in) -> {
            NDList columns = new NDList(in.get(1));
            for (int i = 0; i < 3; i++) {
                columns.add(call.run(tables.get(i), in.get(0).get(":, {}", i)));
            }
            return new NDList(call.run(body, NDArrays.concat(columns, 1)));
        });
    }

    private static Block tree() {
        var net = new Net();
        Block inner = net.child(seq(linear(3), Activation.sigmoidBlock()), 1, 6);
        Parameter leaves = net.weight("leaves", 4, 2);
        return net.on((call, x) -> {
            NDArray p = call.run(inner, x);
            NDArray left = p.get(":, 0");
            NDArray right = left.mul(-1).add(1);
            NDList paths = new NDList(
                    left.mul(p.get(":, 1")),
                    left.mul(p.get(":, 1").mul(-1).add(1)),
                    right.mul(p.get(":, 2")),
                    right.mul(p.get(":, 2").mul(-1).add(1)));
            return NDArrays.stack(paths, 1).matMul(call.value(leaves, x).softmax(1));
        });
    }

    static Block clip() {
        var net = new Net();
        Block image = net.child(linear(4), 1, 8);
        Block text = net.child(linear(4), 1, 6);
        return net.onAll((call, in) -> {
            NDArray a = Tables.unit(call.run(image, in.get(0)));
            NDArray b = Tables.unit(call.run(text, in.get(1)));
            return new NDList(a.matMul(b.transpose()).mul(Math.exp(2.5)).softmax(1));
        });
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

    private static Block cosine() {
        var net = new Net();
        Parameter classes = net.weight("classes", 5, 8);
        return net.on((call, x) -> Tables.unit(x)
                .matMul(Tables.unit(call.value(classes, x)).transpose())
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
            NDArray start = a.transpose(0, 2, 1).matMul(x);
            NDArray v = start.sub(a.sum(new int[] {1}).expandDims(2).mul(call.value(centers, x)));
            v = v.div(v.norm(new int[] {2}, true).add(1e-8)).reshape(-1, 18);
            return Tables.unit(v);
        });
    }

    private static Block gem() {
        var net = new Net();
        Parameter p = net.weight("p", 1);
        return net.on((call, x) -> {
            NDArray power = call.value(p, x).abs().add(2);
            NDArray start = x.maximum(1e-6).pow(power).mean(new int[] {3});
            return start.mean(new int[] {2}).pow(power.getNDArrayInternal().rdiv(1));
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
