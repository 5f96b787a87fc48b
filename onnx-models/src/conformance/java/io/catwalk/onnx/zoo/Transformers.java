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
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention and transformers, from scratch. */
final class Transformers extends Family {
    Transformers() {
        super("transformer");
        add("encoder", () -> stack(2, Mask.NONE), floats(7, 16));
        add("causal decoder", () -> stack(2, Mask.CAUSAL), floats(7, 16));
        add("ALiBi", () -> stack(1, Mask.ALIBI), floats(7, 16));
        add("GPT", Transformers::gpt, ids(40, 8));
        add("BERT from scratch", Transformers::bert, ids(40, 8), ids(2, 8));
        add("padding mask from ids", Transformers::padding, ids(6, 8));
        add("encoder and decoder", Transformers::translation, ids(30, 6), ids(30, 5));
        add("ViT", () -> vit(true), floats(3, 16, 16));
        add("ViT mean", () -> vit(false), floats(3, 16, 16));
        add("Swin window", () -> swin(0), floats(8, 8, 12));
        add("Swin shifted", () -> swin(2), floats(8, 8, 12));
        add("patch merging", Transformers::merging, floats(8, 8, 6));
        add("linear attention", Transformers::linearAttention, floats(6, 16));
        add("Performer", Transformers::performer, floats(6, 16));
        add("Linformer", Transformers::linformer, floats(6, 16));
        add("rotary", Transformers::rotary, floats(6, 16));
        add("relative bias", Transformers::relative, floats(6, 16));
        add("MLP-Mixer", Transformers::mixer, floats(9, 12));
        add("gMLP", Transformers::gmlp, floats(6, 12));
        add("FNet by matrix", Transformers::fnet, floats(8, 8));
        add("multi query", Transformers::multiQuery, floats(6, 16));
        add("Perceiver", Transformers::perceiver, floats(10, 16));
        add("SwiGLU with RMSNorm", Transformers::swiglu, floats(6, 16));
        add("talking heads", Transformers::talking, floats(6, 16));
        add("mixture of experts", Transformers::experts, floats(5, 8));
        add("top-k attention", Transformers::sparse, floats(8, 16));
    }

    enum Mask {
        NONE,
        CAUSAL,
        ALIBI
    }

    /** Multi-head attention with one projection for queries, keys and values. */
    static Block attention(int size, int heads, Mask mask) {
        var net = new Net();
        Block qkv = net.child(linear(3L * size), 1, 1, size);
        Block out = net.child(linear(size), 1, 1, size);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            long time = x.getShape().get(1);
            NDArray start = call.run(qkv, x).reshape(batch, time, 3, heads, size / heads);
            NDArray all = start.transpose(2, 0, 3, 1, 4);
            NDArray q = all.get(0);
            NDArray k = all.get(1);
            NDArray v = all.get(2);
            NDArray scores = q.matMul(k.swapAxes(-1, -2)).div(Math.sqrt((double) size / heads));
            NDArray bias = bias(x.getManager(), (int) time, heads, mask);
            if (bias != null) {
                scores = scores.add(bias);
            }
            NDArray mixed = scores.softmax(-1).matMul(v).transpose(0, 2, 1, 3).reshape(batch, time, size);
            return call.run(out, mixed);
        });
    }

    static @Nullable NDArray bias(NDManager manager, int time, int heads, Mask mask) {
        NDArray rows = manager.arange(time).reshape(time, 1);
        NDArray columns = manager.arange(time).reshape(1, time);
        return switch (mask) {
            case NONE -> null;
            case CAUSAL -> columns.gt(rows).toType(DataType.FLOAT32, false).mul(-1e9f);
            case ALIBI -> {
                NDArray slopes =
                        manager.create(2f).pow(manager.arange(1f, heads + 1f).mul(-8f / heads));
                yield slopes.reshape(heads, 1, 1)
                        .mul(columns.sub(rows).abs().neg().toType(DataType.FLOAT32, false));
            }
        };
    }

    /** A residual block: layer norm first. */
    static Block layer(int size, Mask mask) {
        var net = new Net();
        Block before = net.child(ln(2), 1, 1, size);
        Block attend = net.child(attention(size, 4, mask), 1, 1, size);
        Block between = net.child(ln(2), 1, 1, size);
        Block dense = net.child(seq(linear(2L * size), Activation.geluBlock(), linear(size)), 1, 1, size);
        return net.on((call, x) -> {
            NDArray y = x.add(call.run(attend, call.run(before, x)));
            return y.add(call.run(dense, call.run(between, y)));
        });
    }

    static SequentialBlock stack(int depth, Mask mask) {
        SequentialBlock blocks = new SequentialBlock();
        for (int i = 0; i < depth; i++) {
            blocks.add(layer(16, mask));
        }
        return blocks;
    }

    private static Block gpt() {
        var net = new Net();
        Parameter tokens = net.weight("tokens", 40, 16);
        Parameter positions = net.weight("positions", 32, 16);
        Block body = net.child(stack(2, Mask.CAUSAL), 1, 8, 16);
        Block norm = net.child(ln(2), 1, 8, 16);
        return net.on((call, ids) -> {
            NDArray table = call.value(tokens, ids);
            long time = ids.getShape().get(1);
            NDArray x = table.get(ids).add(call.value(positions, ids).get(":{}", time));
            NDArray y = call.run(norm, call.run(body, x));
            return y.matMul(table.transpose());
        });
    }

    private static Block bert() {
        var net = new Net();
        Block tokens = net.child(words(40, 16), 1, 8);
        Block kinds = net.child(words(2, 16), 1, 8);
        Parameter positions = net.weight("positions", 8, 16);
        Block norm = net.child(ln(2), 1, 8, 16);
        Block body = net.child(stack(2, Mask.NONE), 1, 8, 16);
        Block pooler = net.child(seq(linear(16), Activation.tanhBlock(), linear(2)), 1, 16);
        return net.onAll((call, in) -> {
            NDArray x = call.run(tokens, in.get(0)).add(call.run(kinds, in.get(1)));
            x = call.run(norm, x.add(call.value(positions, x)));
            NDArray y = call.run(body, x);
            return new NDList(y, call.run(pooler, y.get(new NDIndex(":, 0"))));
        });
    }

    private static Block padding() {
        var net = new Net();
        Block tokens = net.child(words(6, 16), 1, 8);
        Block query = net.child(linear(16), 1, 8, 16);
        return net.on((call, ids) -> {
            NDArray keep = ids.neq(0);
            NDArray x = call.run(tokens, ids);
            NDArray scores =
                    call.run(query, x).batchMatMul(x.transpose(0, 2, 1)).mul(0.25f);
            NDArray start = keep.expandDims(1).logicalNot();
            NDArray mask = start.toType(DataType.FLOAT32, false).mul(-1e4f);
            NDArray y = scores.add(mask).softmax(2).batchMatMul(x);
            NDArray weights = keep.toType(DataType.FLOAT32, true);
            NDArray count = weights.sum(new int[] {1}, true).maximum(1);
            return y.mul(weights.expandDims(-1)).sum(new int[] {1}).div(count);
        });
    }

    private static Block translation() {
        var net = new Net();
        Block source = net.child(words(30, 16), 1, 6);
        Block target = net.child(words(30, 16), 1, 5);
        Block encoder = net.child(stack(1, Mask.NONE), 1, 6, 16);
        Block decoder = net.child(stack(1, Mask.CAUSAL), 1, 5, 16);
        Block keys = net.child(linear(16), 1, 6, 16);
        Block values = net.child(linear(16), 1, 6, 16);
        Block head = net.child(linear(30), 1, 5, 16);
        return net.onAll((call, in) -> {
            NDArray memory = call.run(encoder, call.run(source, in.get(0)));
            NDArray y = call.run(decoder, call.run(target, in.get(1)));
            NDArray scores = y.matMul(call.run(keys, memory).transpose(0, 2, 1)).div(4);
            y = y.add(scores.softmax(-1).matMul(call.run(values, memory)));
            return new NDList(call.run(head, y).logSoftmax(-1));
        });
    }

    private static Block vit(boolean token) {
        var net = new Net();
        Block patches = net.child(conv4(), 1, 3, 16, 16);
        Parameter cls = net.weight("cls", 1, 1, 16);
        Parameter positions = net.weight("positions", 1, token ? 17 : 16, 16);
        Block body = net.child(Transformers.stack(2, Transformers.Mask.NONE), 1, 17, 16);
        Block head = net.child(seq(ln(1), linear(10)), 1, 16);
        return net.on((call, x) -> {
            NDArray y = call.run(patches, x);
            Shape shape = y.getShape();
            y = y.reshape(shape.get(0), shape.get(1), -1).transpose(0, 2, 1);
            if (token) {
                NDArray first = call.value(cls, x).broadcast(shape.get(0), 1, 16);
                y = first.concat(y, 1);
            }
            y = call.run(body, y.add(call.value(positions, x)));
            return call.run(head, token ? y.get(":, 0, :") : y.mean(new int[] {1}));
        });
    }

    private static Block conv4() {
        return kernel(16, 4, 4).optStride(new Shape(4, 4)).build();
    }

    private static NDArray roll(NDArray x, int axis, int by) {
        long size = x.getShape().get(axis);
        NDList parts = x.split(new long[] {by}, axis);
        return size == by ? x : parts.get(1).concat(parts.get(0), axis);
    }

    private static Block swin(int shift) {
        var net = new Net();
        Block norm = net.child(ln(3), 1, 8, 8, 12);
        Block attend = net.child(Transformers.attention(12, 4, Transformers.Mask.NONE), 1, 16, 12);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray y = call.run(norm, x);
            if (shift > 0) {
                y = roll(roll(y, 1, shift), 2, shift);
            }
            y = y.reshape(batch, 2, 4, 2, 4, 12).transpose(0, 1, 3, 2, 4, 5).reshape(-1, 16, 12);
            y = call.run(attend, y);
            y = y.reshape(batch, 2, 2, 4, 4, 12).transpose(0, 1, 3, 2, 4, 5).reshape(batch, 8, 8, 12);
            return shift > 0 ? x.add(roll(roll(y, 1, 8 - shift), 2, 8 - shift)) : x.add(y);
        });
    }

    private static Block merging() {
        var net = new Net();
        Block reduce = net.child(seq(ln(3), linearNoBias(12)), 1, 4, 4, 24);
        return net.on((call, x) -> {
            NDArray a = x.get(":, 0::2, 0::2, :");
            NDArray b = x.get(":, 1::2, 0::2, :");
            NDArray c = x.get(":, 0::2, 1::2, :");
            NDArray d = x.get(":, 1::2, 1::2, :");
            return call.run(reduce, NDArrays.concat(new NDList(a, b, c, d), -1));
        });
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
            NDArray start = q.matMul(w).sub(q.square().sum(new int[] {-1}, true).div(2));
            NDArray fq = start.exp().add(1e-4);
            NDArray inner = k.matMul(w).sub(k.square().sum(new int[] {-1}, true).div(2));
            NDArray fk = inner.exp().add(1e-4);
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
            NDArray start = table.getArray();
            NDArray bias =
                    start.get(distance.flatten().toType(DataType.INT64, false)).reshape(6, 6);
            NDArray inner = q.matMul(k.transpose(0, 2, 1));
            return inner.mul(0.25f).add(bias).softmax(-1).matMul(v);
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

    private static Block multiQuery() {
        var net = new Net();
        Block query = net.child(linear(16), 1, 6, 16);
        Block keyValue = net.child(linear(8), 1, 6, 16);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray q = call.run(query, x).reshape(batch, -1, 4, 4).transpose(0, 2, 1, 3);
            NDList kv = call.run(keyValue, x).expandDims(1).split(2, 3);
            NDArray scores = q.matMul(kv.get(0).swapAxes(2, 3)).div(2);
            return scores.softmax(-1).matMul(kv.get(1)).swapAxes(1, 2).reshape(batch, -1, 16);
        });
    }

    private static Block perceiver() {
        var net = new Net();
        Parameter latents = net.weight("latents", 4, 16);
        Block keys = net.child(linear(16), 1, 10, 16);
        Block values = net.child(linear(16), 1, 10, 16);
        Block self = net.child(Transformers.layer(16, Transformers.Mask.NONE), 1, 4, 16);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray z = call.value(latents, x).expandDims(0).repeat(0, batch);
            NDArray k = call.run(keys, x);
            z = z.add(z.matMul(k.transpose(0, 2, 1)).div(4).softmax(-1).matMul(call.run(values, x)));
            return call.run(self, z).mean(new int[] {1});
        });
    }

    private static Block swiglu() {
        var net = new Net();
        Parameter scale = net.weight("scale", 16);
        Block gate = net.child(linearNoBias(32), 1, 6, 16);
        Block up = net.child(linearNoBias(32), 1, 6, 16);
        Block down = net.child(linearNoBias(16), 1, 6, 32);
        return net.on((call, x) -> {
            NDArray root = x.square().mean(new int[] {-1}, true).add(1e-5).sqrt();
            NDArray y = x.div(root).mul(call.value(scale, x));
            return x.add(call.run(down, Activation.swish(call.run(gate, y), 1f).mul(call.run(up, y))));
        });
    }

    private static Block talking() {
        var net = new Net();
        Parameter mix = net.weight("mix", 4, 4);
        Block query = net.child(linear(16), 1, 6, 16);
        return net.on((call, x) -> {
            long b = x.getShape().get(0);
            NDArray q = call.run(query, x).reshape(b, 6, 4, 4).transpose(0, 2, 1, 3);
            NDArray k = x.reshape(b, 6, 4, 4).transpose(0, 2, 1, 3);
            NDArray scores = q.matMul(k.transpose(0, 1, 3, 2)).transpose(0, 2, 3, 1);
            scores = scores.matMul(call.value(mix, x)).transpose(0, 3, 1, 2);
            return scores.softmax(3).matMul(k).transpose(0, 2, 1, 3).flatten(2, 3);
        });
    }

    private static Block experts() {
        var net = new Net();
        Block gate = net.child(linear(4), 1, 5, 8);
        List<Block> experts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            experts.add(net.child(seq(linear(16), Activation.reluBlock(), linear(8)), 1, 5, 8));
        }
        return net.on((call, x) -> {
            NDArray scores = call.run(gate, x);
            NDArray least = scores.topK(2, -1).get(0).min(new int[] {-1}, true);
            NDArray weights = NDArrays.where(
                            scores.gte(least), scores, scores.zerosLike().sub(1e9))
                    .softmax(-1);
            NDArray sum = x.zerosLike();
            for (int i = 0; i < experts.size(); i++) {
                sum.addi(call.run(experts.get(i), x).mul(weights.get("..., {}:{}", i, i + 1)));
            }
            return sum;
        });
    }

    private static Block sparse() {
        return Transformers.attends(16, (q, k, v) -> {
            NDArray scores = q.batchMatMul(k.swapAxes(1, 2)).mul(0.25);
            NDArray top = scores.topK(3, -1, true, true).get(0);
            NDArray bound = top.get("..., -1:");
            return scores.sub(scores.lt(bound).mul(1e9f)).softmax(-1).batchMatMul(v);
        });
    }
}
