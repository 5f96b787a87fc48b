package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;

/** DJL's recurrent layers, cells written by hand, and what else reads sequences. */
final class Sequences extends Family {
    Sequences() {
        super("sequence");
        add("LSTM", () -> last(lstm(6, 1)), floats(7, 5));
        add("LSTM both ways", () -> last(lstm(6, 1).optBidirectional(true)), floats(7, 5));
        add("LSTM both ways deep", () -> last(lstm(6, 2).optBidirectional(true).optHasBiases(false)), floats(7, 5));
        add("LSTM without biases", () -> last(lstm(6, 1).optHasBiases(false)), floats(7, 5));
        add("LSTM states", () -> lstm(6, 2).optReturnState(true).build(), floats(7, 5));
        add("LSTM time first", () -> timeFirst(LSTM.builder()), floats(7, 5));
        add("GRU", () -> last(gru(6, 1)), floats(7, 5));
        add("GRU both ways", () -> last(gru(6, 1).optBidirectional(true)), floats(7, 5));
        add("GRU both ways deep", () -> last(gru(6, 2).optBidirectional(true).optHasBiases(false)), floats(7, 5));
        add("LSTM both ways square", () -> last(lstm(6, 1).optBidirectional(true)), floats(7, 6));
        add("GRU without biases", () -> last(gru(6, 1).optHasBiases(false)), floats(7, 5));
        add("GRU states", () -> gru(6, 1).optReturnState(true).build(), floats(7, 5));
        add("GRU time first", () -> timeFirst(GRU.builder()), floats(7, 5));
        add("RNN tanh", () -> last(rnn(RNN.Activation.TANH, 1)), floats(7, 5));
        add("RNN relu", () -> last(rnn(RNN.Activation.RELU, 2)), floats(7, 5));
        add(
                "RNN both ways",
                () -> last(rnn(RNN.Activation.TANH, 1).optBidirectional(true).optHasBiases(false)),
                floats(7, 5));
        add("RNN states", () -> rnn(RNN.Activation.RELU, 1).optReturnState(true).build(), floats(7, 5));
        add("sentiment", Sequences::sentiment, ids(50, 9));
        add("tagger", () -> seq(words(50, 8), gru(6, 1).build(), linear(7), lambda(x -> x.argMax(2))), ids(50, 9));
        add("character model", Sequences::characters, ids(26, 10));
        add("LSTM cell by hand", Sequences::cell, floats(6, 4));
        add("GRU cell by hand", Sequences::gruCell, floats(6, 4));
        add("minimal gated unit", Sequences::minimal, floats(6, 4));
        add("initial state", Sequences::initialState, floats(6, 4));
        add("seq2seq with attention", Sequences::seq2seq, ids(20, 6));
        add("TCN", Sequences::tcn, floats(4, 16));
        add("WaveNet", Sequences::wavenet, floats(1, 32));
        add("text CNN", Sequences::textCnn, ids(50, 12));
        add("CTC head", Sequences::ctc, floats(12, 8));
        add("greedy CTC", Sequences::greedy, floats(12, 8));
        add("attention pooling", Sequences::pooling, floats(7, 5));
        add("bag of words", Sequences::bag, ids(50, 9));
        add("SRU", Sequences::sru, floats(6, 8));
        add("QRNN", Sequences::qrnn, floats(8, 6));
        add("pointer", Sequences::pointer, floats(6, 5));
        add("memory network", Sequences::memory, floats(6, 5));
        add("reversed", Sequences::reversed, floats(6, 5));
        add("state space", Sequences::stateSpace, floats(10, 3));
        add("conv LSTM", Sequences::convLstm, floats(4, 2, 6, 6));
    }

    private static RNN.Builder rnn(RNN.Activation activation, int layers) {
        return RNN.builder()
                .setStateSize(6)
                .setNumLayers(layers)
                .setActivation(activation)
                .optBatchFirst(true);
    }

    static RecurrentBlock build(RecurrentBlock.BaseBuilder<?> builder) {
        if (builder instanceof LSTM.Builder lstm) {
            return lstm.build();
        }
        return builder instanceof GRU.Builder gru ? gru.build() : ((RNN.Builder) builder).build();
    }

    /** The usual classifier: the output of the last step into a dense layer. */
    private static Block last(RecurrentBlock.BaseBuilder<?> builder) {
        return seq(build(builder), lambda(x -> x.get(":, -1, :")), linear(3));
    }

    private static Block timeFirst(RecurrentBlock.BaseBuilder<?> builder) {
        builder.setStateSize(6);
        builder.setNumLayers(1);
        builder.optBatchFirst(false);
        return seq(
                lambda(x -> x.transpose(1, 0, 2)),
                build(builder),
                lambda(x -> x.transpose(1, 0, 2).mean(new int[] {1})));
    }

    private static Block sentiment() {
        return seq(
                words(50, 8),
                lstm(6, 1).optBidirectional(true).optHasBiases(false).build(),
                lambda(x -> x.max(new int[] {1})),
                Dropout.builder().optRate(0.5f).build(),
                linear(2));
    }

    private static Block characters() {
        return seq(
                lambda(x -> x.oneHot(26)), rnn(RNN.Activation.TANH, 1).build(), linear(26), lambda(x -> x.softmax(-1)));
    }

    private static Block cell() {
        var net = new Net();
        Block gates = net.child(linear(20), 1, 9);
        return net.on((call, x) -> {
            long batch = x.getShape().get(0);
            NDArray h = x.getManager().zeros(new Shape(batch, 5));
            NDArray c = x.getManager().zeros(new Shape(batch, 5));
            for (int t = 0; t < x.getShape().get(1); t++) {
                NDArray all = call.run(gates, x.get(":, {}", t).concat(h, 1));
                NDList parts = all.split(4, 1);
                NDArray keep = Activation.sigmoid(parts.get(0)).mul(c);
                c = keep.add(Activation.sigmoid(parts.get(1)).mul(parts.get(2).tanh()));
                h = Activation.sigmoid(parts.get(3)).mul(c.tanh());
            }
            return h;
        });
    }

    private static Block gruCell() {
        var net = new Net();
        Block gates = net.child(linear(10), 1, 9);
        Block candidate = net.child(linear(5), 1, 9);
        return net.on((call, x) -> {
            NDArray h = x.get(":, 0, 0:1").zerosLike().repeat(1, 5);
            NDList outputs = new NDList();
            NDList steps = x.split(x.getShape().get(1), 1);
            for (NDArray step : steps) {
                NDArray now = step.squeeze(1);
                NDArray all = Activation.sigmoid(call.run(gates, NDArrays.concat(new NDList(now, h), 1)));
                NDArray z = all.get(":, :5");
                NDArray r = all.get(":, 5:");
                NDArray n = call.run(candidate, now.concat(h.mul(r), 1)).tanh();
                h = z.mul(h).add(z.neg().add(1).mul(n));
                outputs.add(h);
            }
            return NDArrays.stack(outputs, 1);
        });
    }

    private static Block minimal() {
        var net = new Net();
        Parameter forget = net.weight("forget", 9, 5);
        Parameter hidden = net.weight("hidden", 9, 5);
        return net.on((call, x) -> {
            NDArray h = x.getManager().zeros(new Shape(x.getShape().get(0), 5), x.getDataType());
            for (long t = x.size(1) - 1; t >= 0; t--) {
                NDArray now = x.get(":,{},:", t);
                NDArray f = Activation.sigmoid(now.concat(h, -1).dot(call.value(forget, x)));
                NDArray n = now.concat(f.mul(h), -1).dot(call.value(hidden, x)).tanh();
                h.muli(f.neg().add(1)).addi(f.mul(n));
            }
            return h;
        });
    }

    private static Block initialState() {
        var net = new Net();
        Block start = net.child(linear(6), 1, 4);
        Block body = net.child(gru(6, 1).build(), 1, 6, 4);
        Block head = net.child(linear(2), 1, 6);
        return net.on((call, x) -> {
            NDArray state = call.run(start, x.mean(new int[] {1})).expandDims(0);
            NDArray y = call.run(body, x, state);
            return call.run(head, y.get(":, -1"));
        });
    }

    private static Block seq2seq() {
        var net = new Net();
        Block embed = net.child(words(20, 8), 1, 6);
        Block encoder = net.child(gru(6, 1).build(), 1, 6, 8);
        Block step = net.child(linear(6), 1, 12);
        Block head = net.child(linear(20), 1, 6);
        return net.on((call, ids) -> {
            NDArray memory = call.run(encoder, call.run(embed, ids));
            NDArray h = memory.get(":, -1, :");
            NDList logits = new NDList();
            for (int i = 0; i < 4; i++) {
                NDArray scores = memory.matMul(h.expandDims(2)).squeeze(2).softmax(1);
                NDArray context = scores.expandDims(1).matMul(memory).squeeze(1);
                h = call.run(step, context.concat(h, 1)).tanh();
                logits.add(call.run(head, h));
            }
            return NDArrays.stack(logits, 1);
        });
    }

    private static Block causal(int filters, int dilation) {
        Block conv = Conv1d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(2))
                .optDilation(new Shape(dilation))
                .build();
        return seq(lambda(x -> x.pad(new Shape(dilation, 0), 0)), conv);
    }

    private static Block tcn() {
        var net = new Net();
        Block first = net.child(seq(causal(8, 1), relu(), causal(8, 2), relu()), 1, 4, 16);
        Block shortcut = net.child(conv1d(8, 1), 1, 4, 16);
        Block second = net.child(seq(causal(8, 4), relu(), causal(8, 8), relu()), 1, 8, 16);
        return net.on((call, x) -> {
            NDArray y = Activation.relu(call.run(first, x).add(call.run(shortcut, x)));
            y = Activation.relu(y.add(call.run(second, y)));
            return y.get(":, :, -1");
        });
    }

    private static Block wavenet() {
        var net = new Net();
        Block in = net.child(conv1d(8, 1), 1, 1, 32);
        Block[] filters = new Block[4];
        Block[] gates = new Block[4];
        Block[] skips = new Block[4];
        Block out = net.child(seq(relu(), conv1d(16, 1)), 1, 8, 32);
        for (int i = 0; i < 4; i++) {
            filters[i] = net.child(causal(8, 1 << i), 1, 8, 32);
            gates[i] = net.child(causal(8, 1 << i), 1, 8, 32);
            skips[i] = net.child(conv1d(8, 1), 1, 8, 32);
        }
        return net.on((call, x) -> {
            NDArray y = call.run(in, x);
            NDArray skip = null;
            for (int i = 0; i < 4; i++) {
                NDArray z = call.run(filters[i], y).tanh().mul(Activation.sigmoid(call.run(gates[i], y)));
                NDArray s = call.run(skips[i], z);
                skip = skip == null ? s : skip.add(s);
                y = y.add(z);
            }
            return call.run(out, skip);
        });
    }

    private static Block textCnn() {
        var net = new Net();
        Block embed = net.child(words(50, 8), 1, 12);
        Block three = net.child(conv1d(4, 3), 1, 8, 12);
        Block five = net.child(conv1d(4, 5), 1, 8, 12);
        Block head = net.child(linear(2), 1, 8);
        return net.on((call, ids) -> {
            NDArray x = call.run(embed, ids).transpose(0, 2, 1);
            NDArray a = Activation.relu(call.run(three, x)).max(new int[] {2});
            NDArray b = Activation.relu(call.run(five, x)).max(new int[] {2});
            return call.run(head, NDArrays.concat(new NDList(a, b), 1));
        });
    }

    private static Block ctc() {
        return seq(
                lstm(6, 1).optBidirectional(true).optHasBiases(false).build(),
                linear(11),
                lambda(x -> x.logSoftmax(-1)));
    }

    private static Block greedy() {
        return seq(gru(6, 1).build(), linear(11), new LambdaBlock(list -> {
            NDArray best = list.singletonOrThrow().argMax(2);
            NDArray previous = best.get(":, :-1");
            NDArray differs = best.get(":, 1:").neq(previous);
            NDArray first = best.get(":, 0:1").neq(0);
            NDArray keep = first.concat(differs.logicalAnd(best.get(":, 1:").neq(0)), 1);
            return new NDList(
                    best.mul(keep.toType(DataType.INT64, false)),
                    keep.toType(DataType.INT32, false).sum(new int[] {1}));
        }));
    }

    static Block memory() {
        var net = new Net();
        Parameter keys = net.weight("keys", 8, 5);
        Parameter values = net.weight("values", 8, 5);
        return net.on((call, x) -> {
            NDArray u = x.sum(new int[] {1});
            for (int hop = 0; hop < 3; hop++) {
                NDArray p = u.matMul(call.value(keys, x).transpose()).softmax(1);
                u = u.add(p.matMul(call.value(values, x)));
            }
            return u;
        });
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
                NDArray start = x.matMul(call.run(query, now).expandDims(-1));
                NDArray scores = start.squeeze(-1).sub(used.mul(1e6f));
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
