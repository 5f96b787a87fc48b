package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import java.util.function.Function;

/** Recurrent networks, in all their forms. */
final class RecurrentSamples extends OperatorSamples {

    RecurrentSamples() {
        recurrent();
    }

    private void recurrent() {
        for (boolean batchFirst : new boolean[] {true, false}) {
            for (boolean biased : new boolean[] {true, false}) {
                for (boolean given : new boolean[] {false, true}) {
                    recurrent(batchFirst, biased, given, 1, false);
                    recurrent(batchFirst, biased, given, 2, true);
                }
            }
        }
    }

    private void recurrent(boolean batchFirst, boolean biased, boolean given, int layers, boolean both) {
        Function<NDArray, NDArray> turned = x -> batchFirst ? x : x.transpose(1, 0, 2);
        long directions = both ? 2 : 1;
        Function<NDArray, NDArray> state = x -> {
            NDArray zeros = x.getManager()
                    .zeros(new Shape(layers * directions, x.getShape().get(0), 5));
            return given
                    ? zeros.add(x.sum(new int[] {1, 2}).reshape(1, -1, 1)).add(fixed(x, layers * directions, 1, 5))
                    : zeros;
        };
        for (RNN.Activation activation : RNN.Activation.values()) {
            addAll(
                    "NDArrayEx.rnn(NDArray, NDArray, NDList, boolean, int, Activation, double, boolean, boolean, boolean)",
                    MATRIX,
                    CLOSE,
                    "RNN",
                    x -> x.getNDArrayInternal()
                            .rnn(
                                    turned.apply(x),
                                    state.apply(x),
                                    weights(x, 1, layers, directions, biased),
                                    biased,
                                    layers,
                                    activation,
                                    0,
                                    false,
                                    both,
                                    batchFirst));
        }
        addAll(
                "NDArrayEx.gru(NDArray, NDArray, NDList, boolean, int, double, boolean, boolean, boolean)",
                MATRIX,
                CLOSE,
                "GRU",
                x -> x.getNDArrayInternal()
                        .gru(
                                turned.apply(x),
                                state.apply(x),
                                weights(x, 3, layers, directions, biased),
                                biased,
                                layers,
                                0,
                                false,
                                both,
                                batchFirst));
        addAll(
                "NDArrayEx.lstm(NDArray, NDList, NDList, boolean, int, double, boolean, boolean, boolean)",
                MATRIX,
                CLOSE,
                "LSTM",
                x -> x.getNDArrayInternal()
                        .lstm(
                                turned.apply(x),
                                new NDList(state.apply(x), state.apply(x)),
                                weights(x, 4, layers, directions, biased),
                                biased,
                                layers,
                                0,
                                false,
                                both,
                                batchFirst));
    }

    private static NDList weights(NDArray x, int gates, int layers, long directions, boolean biased) {
        NDList weights = new NDList();
        for (int layer = 0; layer < layers; layer++) {
            for (int direction = 0; direction < directions; direction++) {
                long inputs = layer == 0 ? 4 : 5L * directions;
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
