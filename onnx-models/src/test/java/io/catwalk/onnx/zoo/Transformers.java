package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Layers.words;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Attention and transformers of words, from scratch. */
final class Transformers {
    private Transformers() {}

    static List<Network> networks() {
        return new Family("transformer")
                .add("encoder", () -> stack(2, Mask.NONE), floats(7, 16))
                .add("causal decoder", () -> stack(2, Mask.CAUSAL), floats(7, 16))
                .add("ALiBi", () -> stack(1, Mask.ALIBI), floats(7, 16))
                .add("local window", () -> stack(1, Mask.BAND), floats(9, 16))
                .add("GPT", () -> gpt(y -> y), ids(40, 8))
                .add("GPT last token", () -> gpt(y -> y.get(":, -1, :").softmax(-1)), ids(40, 8))
                .add("BERT from scratch", Transformers::bert, ids(40, 8), ids(2, 8))
                .add("padding mask from ids", Transformers::padding, ids(6, 8))
                .add("encoder and decoder", Transformers::translation, ids(30, 6), ids(30, 5))
                .networks();
    }

    enum Mask {
        NONE,
        CAUSAL,
        ALIBI,
        BAND
    }

    /** Multi-head attention with one projection for queries, keys and values. */
    static Block attention(int size, int heads, Mask mask) {
        var net = new Net();
        Block qkv = net.child(linear(3L * size), 1, 1, size);
        Block out = net.child(linear(size), 1, 1, size);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            long time = x.getShape().get(1);
            NDArray all = call.run(qkv, x)
                    .reshape(batch, time, 3, heads, size / heads)
                    .transpose(2, 0, 3, 1, 4);
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
            case BAND ->
                columns.sub(rows).abs().gt(2).toType(DataType.FLOAT32, false).mul(-1e9f);
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

    private static Block gpt(UnaryOperator<NDArray> head) {
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
            return head.apply(y.matMul(table.transpose()));
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
            NDArray mask = keep.expandDims(1)
                    .logicalNot()
                    .toType(DataType.FLOAT32, false)
                    .mul(-1e4f);
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
}
