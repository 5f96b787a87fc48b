package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.gru;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.lstm;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Layers.words;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import java.util.List;

/** DJL's recurrent layers, and cells written by hand. */
final class Recurrent {
    private Recurrent() {}

    static List<Network> networks() {
        return new Family("sequence")
                .add("LSTM", () -> last(lstm(6, 1)), floats(7, 5))
                .add("LSTM both ways", () -> last(lstm(6, 1).optBidirectional(true)), floats(7, 5))
                .add(
                        "LSTM both ways deep",
                        () -> last(lstm(6, 2).optBidirectional(true).optHasBiases(false)),
                        floats(7, 5))
                .add("LSTM without biases", () -> last(lstm(6, 1).optHasBiases(false)), floats(7, 5))
                .add("LSTM states", () -> lstm(6, 2).optReturnState(true).build(), floats(7, 5))
                .add("LSTM time first", () -> timeFirst(LSTM.builder()), floats(7, 5))
                .add("GRU", () -> last(gru(6, 1)), floats(7, 5))
                .add("GRU both ways", () -> last(gru(6, 1).optBidirectional(true)), floats(7, 5))
                .add(
                        "GRU both ways deep",
                        () -> last(gru(6, 2).optBidirectional(true).optHasBiases(false)),
                        floats(7, 5))
                .add("LSTM both ways square", () -> last(lstm(6, 1).optBidirectional(true)), floats(7, 6))
                .add("GRU without biases", () -> last(gru(6, 1).optHasBiases(false)), floats(7, 5))
                .add("GRU states", () -> gru(6, 1).optReturnState(true).build(), floats(7, 5))
                .add("GRU time first", () -> timeFirst(GRU.builder()), floats(7, 5))
                .add("RNN tanh", () -> last(rnn(RNN.Activation.TANH, 1)), floats(7, 5))
                .add("RNN relu", () -> last(rnn(RNN.Activation.RELU, 2)), floats(7, 5))
                .add(
                        "RNN both ways",
                        () -> last(rnn(RNN.Activation.TANH, 1)
                                .optBidirectional(true)
                                .optHasBiases(false)),
                        floats(7, 5))
                .add(
                        "RNN states",
                        () -> rnn(RNN.Activation.RELU, 1).optReturnState(true).build(),
                        floats(7, 5))
                .add("sentiment", Recurrent::sentiment, ids(50, 9))
                .add("tagger", Recurrent::tagger, ids(50, 9))
                .add("character model", Recurrent::characters, ids(26, 10))
                .add("LSTM cell by hand", Recurrent::cell, floats(6, 4))
                .add("GRU cell by hand", Recurrent::gruCell, floats(6, 4))
                .add("minimal gated unit", Recurrent::minimal, floats(6, 4))
                .add("initial state", Recurrent::initialState, floats(6, 4))
                .networks();
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

    private static Block tagger() {
        return seq(words(50, 8), gru(6, 1).build(), linear(7), lambda(x -> x.argMax(2)));
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
}
