package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import java.util.function.Function;

/** Recurrent networks, in all their forms. */
final class RecurrentSamples extends OperatorSamples {

    RecurrentSamples() {
        for (boolean batchFirst : new boolean[] {true, false}) {
            for (boolean biased : new boolean[] {true, false}) {
                for (boolean given : new boolean[] {false, true}) {
                    recurrent(new Form(batchFirst, biased, given, 1, false));
                    recurrent(new Form(batchFirst, biased, given, 2, true));
                }
            }
        }
    }

    private record Form(boolean batchFirst, boolean biased, boolean given, int layers, boolean both) {

        NDArray turned(NDArray x) {
            return batchFirst ? x : x.transpose(1, 0, 2);
        }

        long directions() {
            return both ? 2 : 1;
        }

        NDArray state(NDArray x) {
            long count = layers * directions();
            NDArray zeros = x.getManager().zeros(new Shape(count, x.getShape().get(0), 5));
            NDArray sums = x.sum(new int[] {1, 2}).reshape(1, -1, 1);
            return given ? zeros.add(sums).add(fixed(x, count, 1, 5)) : zeros;
        }

        NDList weights(NDArray x, int gates) {
            NDList weights = new NDList();
            for (int layer = 0; layer < layers; layer++) {
                for (int direction = 0; direction < directions(); direction++) {
                    long inputs = layer == 0 ? 4 : 5 * directions();
                    weights.add(fixed(x, gates * 5L, inputs).add(0.01f * direction));
                    weights.add(fixed(x, gates * 5L, 5).add(0.02f * layer));
                    if (biased) {
                        weights.add(fixed(x, gates * 5L));
                        weights.add(fixed(x, gates * 5L).add(0.3f));
                    }
                }
            }
            return weights;
        }
    }

    private interface Layer {
        NDList of(NDArrayEx internal, NDArray x, NDArray state, NDList weights);
    }

    private void recurrent(Form f) {
        boolean biased = f.biased;
        boolean first = f.batchFirst;
        for (RNN.Activation kind : RNN.Activation.values()) {
            Layer rnn = (in, x, state, weights) ->
                    in.rnn(x, state, weights, biased, f.layers, kind, 0, false, f.both, first);
            add(f, 1, rnn, "rnn(NDArray, NDArray, NDList, boolean, int, Activation, double", "RNN");
        }
        Layer gru = (in, x, state, weights) -> in.gru(x, state, weights, biased, f.layers, 0, false, f.both, first);
        add(f, 3, gru, "gru(NDArray, NDArray, NDList, boolean, int, double", "GRU");
        Layer lstm = (in, x, state, weights) ->
                in.lstm(x, new NDList(state, state), weights, biased, f.layers, 0, false, f.both, first);
        add(f, 4, lstm, "lstm(NDArray, NDList, NDList, boolean, int, double", "LSTM");
    }

    private void add(Form form, int gates, Layer layer, String signature, String operator) {
        Function<NDArray, ?> body =
                x -> layer.of(x.getNDArrayInternal(), form.turned(x), form.state(x), form.weights(x, gates));
        close(MATRIX, body, "NDArrayEx." + signature + ", boolean, boolean, boolean)", operator);
    }
}
