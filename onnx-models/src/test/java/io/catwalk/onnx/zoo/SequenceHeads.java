package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.conv1d;
import static io.catwalk.onnx.zoo.Layers.gru;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.linearNoBias;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/** What people put behind and around layers of time. */
final class SequenceHeads {
    private SequenceHeads() {}

    static List<Network> networks() {
        return new Family("sequence")
                .add("attention pooling", SequenceHeads::pooling, floats(7, 5))
                .add("bag of words", SequenceHeads::bag, ids(50, 9))
                .add("SRU", SequenceHeads::sru, floats(6, 8))
                .add("QRNN", SequenceHeads::qrnn, floats(8, 6))
                .add("pointer", SequenceHeads::pointer, floats(6, 5))
                .add("memory network", Sequences::memory, floats(6, 5))
                .add("reversed", SequenceHeads::reversed, floats(6, 5))
                .add("state space", SequenceHeads::stateSpace, floats(10, 3))
                .add("conv LSTM", SequenceHeads::convLstm, floats(4, 2, 6, 6))
                .networks();
    }

    private static Block pooling() {
        var net = new Net();
        Block body = net.child(gru(6, 1).build(), 1, 7, 5);
        Block score = net.child(seq(linear(4), Activation.tanhBlock(), linearNoBias(1)), 1, 7, 6);
        return net.on((call, x) -> {
            NDArray y = call.run(body, x);
            return call.run(score, y).softmax(1).mul(y).sum(new int[] {1});
        });
    }

    private static Block bag() {
        return seq(
                lambda(x -> x.oneHot(50).sum(new int[] {1}).minimum(1)),
                linear(16),
                Activation.eluBlock(1f),
                linear(2));
    }

    private static Block sru() {
        var net = new Net();
        Block all = net.child(linear(24), 1, 6, 8);
        return net.on((call, x) -> {
            NDArray y = call.run(all, x);
            NDArray u = y.get(":, :, 0:8");
            NDArray f = Activation.sigmoid(y.get(":, :, 8:16"));
            NDArray r = Activation.sigmoid(y.get(":, :, 16:"));
            NDArray c = u.get(":, 0").mul(0);
            NDArray result = x.zerosLike();
            for (int t = 0; t < 6; t++) {
                NDArray ft = f.get(":, {}", t);
                c = ft.mul(c).add(ft.mul(-1).add(1).mul(u.get(":, {}", t)));
                NDArray rt = r.get(":, {}", t);
                NDArray h = rt.mul(c.tanh()).add(rt.mul(-1).add(1).mul(x.get(":, {}", t)));
                result.set(new ai.djl.ndarray.index.NDIndex(":, {}", t), h);
            }
            return result;
        });
    }

    private static Block qrnn() {
        var net = new Net();
        Block z = net.child(conv1d(5, 3), 1, 6, 8);
        Block f = net.child(conv1d(5, 3), 1, 6, 8);
        return net.on((call, x) -> {
            NDArray steps = x.swapAxes(1, 2);
            NDArray update = call.run(z, steps).tanh();
            NDArray forget = Activation.sigmoid(call.run(f, steps));
            NDArray h = update.get(":, :, 0");
            for (int t = 1; t < update.getShape().get(2); t++) {
                NDArray keep = forget.get(":, :, {}", t);
                h = h.mul(keep)
                        .add(update.get(":, :, {}", t)
                                .mul(keep.getNDArrayInternal().rsub(1)));
            }
            return h;
        });
    }

    private static Block pointer() {
        var net = new Net();
        Block query = net.child(linear(5), 1, 5);
        return net.on((call, x) -> {
            NDArray used = x.get(":, :, 0").zerosLike();
            NDArray now = x.mean(new int[] {1});
            NDList picks = new NDList();
            for (int i = 0; i < 3; i++) {
                NDArray scores = x.matMul(call.run(query, now).expandDims(-1))
                        .squeeze(-1)
                        .sub(used.mul(1e6f));
                NDArray best = scores.argMax(1);
                picks.add(best);
                NDArray hot = best.oneHot(6);
                used = used.add(hot);
                now = hot.expandDims(1).matMul(x).squeeze(1);
            }
            return NDArrays.stack(picks, 1);
        });
    }

    private static Block reversed() {
        var net = new Net();
        Block there = net.child(gru(6, 1).build(), 1, 6, 5);
        Block back = net.child(gru(6, 1).build(), 1, 6, 5);
        return net.on((call, x) -> {
            NDArray y = call.run(back, x.flip(1)).flip(1);
            return call.run(there, x).concat(y, 2);
        });
    }

    private static Block stateSpace() {
        var net = new Net();
        Parameter a = net.weight("a", 3);
        Parameter b = net.weight("b", 3);
        return net.on((call, x) -> {
            NDArray decay = Activation.sigmoid(call.value(a, x));
            NDArray steps = x.getManager().arange(9f, -1f, -1f).reshape(1, 10, 1);
            NDArray kernel = decay.reshape(1, 1, 3).pow(steps).mul(call.value(b, x));
            return x.mul(kernel).cumSum(1);
        });
    }

    private static Block convLstm() {
        var net = new Net();
        Block gates = net.child(Layers.conv(12, 3), 1, 5, 6, 6);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray h = x.getManager().zeros(new Shape(batch, 3, 6, 6));
            NDArray c = h;
            for (NDArray frame : x.split(4, 1)) {
                NDArray all = call.run(gates, frame.squeeze(1).concat(h, 1));
                c = Activation.sigmoid(all.get(":, 0:3")).mul(c);
                c = c.add(Activation.sigmoid(all.get(":, 3:6"))
                        .mul(all.get(":, 6:9").tanh()));
                h = Activation.sigmoid(all.get(":, 9:12")).mul(c.tanh());
            }
            return h;
        });
    }
}
