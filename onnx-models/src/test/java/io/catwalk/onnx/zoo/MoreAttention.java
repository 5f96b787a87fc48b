package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.linearNoBias;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Attention with fewer heads, latent queries, experts, and few keys. */
final class MoreAttention {
    private MoreAttention() {}

    static List<Network> networks() {
        return new Family("transformer")
                .add("multi query", MoreAttention::multiQuery, floats(6, 16))
                .add("Perceiver", MoreAttention::perceiver, floats(10, 16))
                .add("SwiGLU with RMSNorm", MoreAttention::swiglu, floats(6, 16))
                .add("talking heads", MoreAttention::talking, floats(6, 16))
                .add("mixture of experts", MoreAttention::experts, floats(5, 8))
                .add("top-k attention", MoreAttention::sparse, floats(8, 16))
                .networks();
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
        return AttentionForms.attends(16, (q, k, v) -> {
            NDArray scores = q.batchMatMul(k.swapAxes(1, 2)).mul(0.25);
            NDArray top = scores.topK(3, -1, true, true).get(0);
            NDArray bound = top.get("..., -1:");
            return scores.sub(scores.lt(bound).mul(1e9f)).softmax(-1).batchMatMul(v);
        });
    }
}
