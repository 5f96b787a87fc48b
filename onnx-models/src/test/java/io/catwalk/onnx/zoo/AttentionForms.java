package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.linearNoBias;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/** What people put in place of attention. */
final class AttentionForms {
    private AttentionForms() {}

    static List<Network> networks() {
        return new Family("transformer")
                .add("linear attention", AttentionForms::linearAttention, floats(6, 16))
                .add("Performer", AttentionForms::performer, floats(6, 16))
                .add("Linformer", AttentionForms::linformer, floats(6, 16))
                .add("rotary", AttentionForms::rotary, floats(6, 16))
                .add("relative bias", AttentionForms::relative, floats(6, 16))
                .add("MLP-Mixer", AttentionForms::mixer, floats(9, 12))
                .add("gMLP", AttentionForms::gmlp, floats(6, 12))
                .add("FNet by matrix", AttentionForms::fnet, floats(8, 8))
                .networks();
    }

    private static Block linearAttention() {
        return attends(16, (q, k, v) -> {
            NDArray fq = Activation.elu(q, 1f).add(1);
            NDArray fk = Activation.elu(k, 1f).add(1);
            NDArray kv = fk.transpose(0, 2, 1).matMul(v);
            NDArray z = fq.mul(fk.sum(new int[] {1}, true)).sum(new int[] {2}, true);
            return fq.matMul(kv).div(z.add(1e-6));
        });
    }

    private static Block performer() {
        var net = new Net();
        Parameter features = net.weight("features", 16, 24);
        return attends(net, 16, (q, k, v) -> {
            NDArray w = features.getArray();
            NDArray fq = q.matMul(w)
                    .sub(q.square().sum(new int[] {-1}, true).div(2))
                    .exp()
                    .add(1e-4);
            NDArray fk = k.matMul(w)
                    .sub(k.square().sum(new int[] {-1}, true).div(2))
                    .exp()
                    .add(1e-4);
            NDArray sum = fk.sum(new int[] {1}).expandDims(2);
            return fq.matMul(fk.swapAxes(1, 2).matMul(v)).div(fq.matMul(sum));
        });
    }

    private static Block linformer() {
        var net = new Net();
        Parameter shrink = net.weight("shrink", 3, 6);
        return attends(net, 16, (q, k, v) -> {
            NDArray e = shrink.getArray();
            NDArray scores = q.matMul(e.matMul(k).transpose(0, 2, 1)).mul(0.25);
            return scores.softmax(-1).matMul(e.matMul(v));
        });
    }

    /** Mixes values by queries and keys. */
    @FunctionalInterface
    interface Mix {
        NDArray of(NDArray q, NDArray k, NDArray v);
    }

    /** Projects to queries, keys and values, and attends in one head. */
    static Block attends(int size, Mix mix) {
        return attends(new Net(), size, mix);
    }

    static Block attends(Net net, int size, Mix mix) {
        Block query = net.child(linearNoBias(size), 1, 1, size);
        Block key = net.child(linearNoBias(size), 1, 1, size);
        Block value = net.child(linearNoBias(size), 1, 1, size);
        return net.on((call, x) -> mix.of(call.run(query, x), call.run(key, x), call.run(value, x)));
    }

    private static NDArray rotate(NDArray x) {
        NDManager manager = x.getManager();
        int time = (int) x.getShape().get(1);
        int half = (int) x.getShape().get(2) / 2;
        NDArray frequencies =
                manager.create(10000f).pow(manager.arange(0f, half).div(-half));
        NDArray angles = manager.arange(0f, time).reshape(time, 1).matMul(frequencies.reshape(1, half));
        NDArray cos = angles.cos();
        NDArray sin = angles.sin();
        NDArray a = x.get("..., :{}", half);
        NDArray b = x.get("..., {}:", half);
        return a.mul(cos).sub(b.mul(sin)).concat(b.mul(cos).add(a.mul(sin)), -1);
    }

    private static Block rotary() {
        return attends(
                16,
                (q, k, v) -> rotate(q)
                        .matMul(rotate(k).transpose(0, 2, 1))
                        .mul(0.25f)
                        .softmax(-1)
                        .matMul(v));
    }

    private static Block relative() {
        var net = new Net();
        Parameter table = net.weight("table", 11);
        return attends(net, 16, (q, k, v) -> {
            NDManager manager = q.getManager();
            NDArray steps = manager.arange(6);
            NDArray distance = steps.expandDims(0).sub(steps.expandDims(1)).add(5);
            NDArray bias = table.getArray()
                    .get(distance.flatten().toType(DataType.INT64, false))
                    .reshape(6, 6);
            return q.matMul(k.transpose(0, 2, 1))
                    .mul(0.25f)
                    .add(bias)
                    .softmax(-1)
                    .matMul(v);
        });
    }

    private static Block mixer() {
        var net = new Net();
        Block tokens = net.child(seq(linear(18), Activation.geluBlock(), linear(9)), 1, 12, 9);
        Block channels = net.child(seq(linear(24), Activation.geluBlock(), linear(12)), 1, 9, 12);
        Block first = net.child(ln(2), 1, 9, 12);
        Block second = net.child(ln(2), 1, 9, 12);
        return net.on((call, x) -> {
            NDArray y = call.run(first, x).transpose(0, 2, 1);
            x = x.add(call.run(tokens, y).transpose(0, 2, 1));
            return x.add(call.run(channels, call.run(second, x)));
        });
    }

    private static Block gmlp() {
        var net = new Net();
        Block in = net.child(seq(linear(24), Activation.geluBlock()), 1, 6, 12);
        Block norm = net.child(ln(2), 1, 6, 12);
        Block spatial = net.child(linear(6), 1, 12, 6);
        Block out = net.child(linear(12), 1, 6, 12);
        return net.on((call, x) -> {
            NDList halves = call.run(in, x).split(2, 2);
            NDArray gate = call.run(norm, halves.get(1)).transpose(0, 2, 1);
            gate = call.run(spatial, gate).transpose(0, 2, 1);
            return x.add(call.run(out, halves.get(0).mul(gate.add(1))));
        });
    }

    private static NDArray fourier(NDManager manager, int size) {
        float[] cos = new float[size * size];
        for (int i = 0; i < cos.length; i++) {
            cos[i] = (float) Math.cos(2 * Math.PI * Math.floorDiv(i, size) * (i % size) / size);
        }
        return manager.create(cos, new Shape(size, size));
    }

    private static Block fnet() {
        return seq(
                lambda(x -> {
                    NDArray f = fourier(x.getManager(), 8);
                    return f.matMul(x).matMul(f).add(x);
                }),
                ln(2),
                linear(4));
    }
}
