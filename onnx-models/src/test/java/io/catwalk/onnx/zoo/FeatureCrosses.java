package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.conv1d;
import static io.catwalk.onnx.zoo.Layers.flatten;
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
import ai.djl.nn.norm.Dropout;
import java.util.List;

/** Crossed features, histories, and tables. */
final class FeatureCrosses {
    private FeatureCrosses() {}

    static List<Network> networks() {
        return new Family("tables and graphs")
                .add("DCN", FeatureCrosses::cross, floats(8))
                .add("xDeepFM", FeatureCrosses::cin, floats(4, 5))
                .add("AutoInt", FeatureCrosses::autoInt, ids(30, 5))
                .add("DIN", FeatureCrosses::din, ids(30), ids(30, 6))
                .add("SASRec", FeatureCrosses::sasRec, ids(30, 6))
                .add("bag of ids", FeatureCrosses::bag, ids(30, 6))
                .add("entity embeddings", FeatureCrosses::entities, ids(7, 3), floats(4))
                .add("soft tree", FeatureCrosses::tree, floats(6))
                .add(
                        "SELU net",
                        () -> seq(
                                linear(16),
                                Activation.seluBlock(),
                                Dropout.builder().optRate(0.1f).build(),
                                linear(16),
                                Activation.seluBlock(),
                                linear(1)),
                        floats(9))
                .networks();
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
                AttentionForms.attends(
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
            NDArray ahead = ids.getManager()
                    .arange(6)
                    .expandDims(0)
                    .gt(ids.getManager().arange(6).expandDims(1));
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
            NDArray a = Recommenders.unit(call.run(image, in.get(0)));
            NDArray b = Recommenders.unit(call.run(text, in.get(1)));
            return new NDList(a.matMul(b.transpose()).mul(Math.exp(2.5)).softmax(1));
        });
    }
}
