package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.conv1d;
import static io.catwalk.onnx.zoo.Layers.gru;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.lstm;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Layers.words;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

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
import java.util.List;

/** Convolutions over time, and decoders in a loop. */
final class Sequences {
    private Sequences() {}

    static List<Network> networks() {
        return new Family("sequence")
                .add("seq2seq with attention", Sequences::seq2seq, ids(20, 6))
                .add("TCN", Sequences::tcn, floats(4, 16))
                .add("WaveNet", Sequences::wavenet, floats(1, 32))
                .add("text CNN", Sequences::textCnn, ids(50, 12))
                .add("CTC head", Sequences::ctc, floats(12, 8))
                .add("greedy CTC", Sequences::greedy, floats(12, 8))
                .networks();
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
}
