package io.catwalk.onnx.lowering;

import ai.djl.nn.recurrent.RNN;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.trace.Operand;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Describes one call of a recurrent network of PyTorch.
 *
 * @param input (batch, time, features), or (time, batch, features)
 * @param states initial states, each (layers x directions, batch, hidden); empty where all are zero
 * @param weights per layer and direction: input weight, hidden weight, then both biases if there are any
 * @param directions 1, or 2 for bidirectional
 * @param batchFirst whether the batch is the first axis of the input
 */
record Recurrence(
        Cell cell,
        Value input,
        List<Value> states,
        List<Value> weights,
        boolean biased,
        int layers,
        int directions,
        boolean batchFirst) {

    /** Kinds of cells, with the order of their gates. */
    enum Cell {
        TANH("RNN"),
        RELU("RNN"),
        GRU("GRU"),
        LSTM("LSTM");

        private final String operator;

        Cell(String operator) {
            this.operator = operator;
        }

        String operator() {
            return operator;
        }

        /** Returns, for each gate of ONNX, which gate of PyTorch it is. */
        List<Integer> gates() {
            return switch (this) {
                case TANH, RELU -> List.of(0);
                // PyTorch: reset, update, new. ONNX: update, reset, hidden.
                case GRU -> List.of(1, 0, 2);
                // PyTorch: input, forget, cell, output. ONNX: input, output, forget, cell.
                case LSTM -> List.of(0, 3, 1, 2);
            };
        }

        int states() {
            return this == LSTM ? 2 : 1;
        }
    }

    /** Reads the arguments of {@code NDArrayEx.rnn}, {@code gru} or {@code lstm}. */
    static Recurrence of(CallContext site, String kind) {
        // Only rnn takes its activation as an argument.
        int shift = kind.equals("rnn") ? 1 : 0;
        boolean training = site.get(7 + shift, Boolean.class);
        boolean bidirectional = site.get(8 + shift, Boolean.class);
        boolean biased = site.get(4, Boolean.class);
        if (training) {
            throw site.error("runs in training mode: export needs what forward does with training = false");
        }
        List<Operand> given = kind.equals("lstm")
                ? site.call().operands(2)
                : List.of(site.call().operand(2));
        boolean zero = given.stream().allMatch(state -> site.zeros().contains(state.id()));
        Recurrence recurrence = new Recurrence(
                cell(site, kind),
                site.value(1),
                zero ? List.of() : given.stream().map(site::value).toList(),
                site.list(3),
                biased,
                site.integer(5),
                bidirectional ? 2 : 1,
                site.get(9 + shift, Boolean.class));
        if (!recurrence.isInOrder()) {
            throw site.error("gets biases in place of weights, and computes nonsense because the shapes happen to fit:"
                    + " DJL mixes them up in a block with both directions and biases. Use optHasBiases(false), or two"
                    + " recurrent blocks, one on a flipped sequence, and concatenate");
        }
        return recurrence;
    }

    /** Tells whether each layer and direction has its matrices first, then its biases, as PyTorch reads them. */
    private boolean isInOrder() {
        int each = biased ? 4 : 2;
        return IntStream.range(0, weights.size())
                .allMatch(place -> weights.get(place).rank() == (place % each < 2 ? 2 : 1));
    }

    private static Cell cell(CallContext site, String kind) {
        return switch (kind) {
            case "lstm" -> Cell.LSTM;
            case "gru" -> Cell.GRU;
            default -> site.get(6, RNN.Activation.class) == RNN.Activation.RELU ? Cell.RELU : Cell.TANH;
        };
    }

    long hidden() {
        return weights.get(1).shape().get(1).fixed("the hidden size");
    }

    /** Returns a weight of one layer and direction: 0 for the input, 1 for the hidden state, 2 and 3 their biases. */
    Value weight(int layer, int direction, int which) {
        int each = biased ? 4 : 2;
        return weights.get((layer * directions + direction) * each + which);
    }
}
