package io.catwalk.onnx.lowering;

import ai.djl.nn.recurrent.RNN;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.lowering.LoweringOptions.ExportFlag;
import io.catwalk.onnx.lowering.RecurrentRows.Recurrence.Cell;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Operand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes recurrent networks, layer by layer. Time is the first axis inside ({@code layout=0}): ONNX Runtime does not
 * support {@code layout=1} on the CPU.
 */
final class RecurrentRows {

    private RecurrentRows() {}

    static List<Row> rows() {
        return List.of(
                row("rnn", "NDArray, NDArray, NDList, boolean, int, Activation", "RNN, Transpose, Squeeze"),
                row("gru", "NDArray, NDArray, NDList, boolean, int", "GRU, Transpose, Squeeze"),
                row("lstm", "NDArray, NDList, NDList, boolean, int", "LSTM, Transpose, Squeeze"));
    }

    private static Row row(String kind, String arguments, String operators) {
        String signature = "NDArrayEx." + kind + "(" + arguments + ", double, boolean, boolean, boolean)";
        String either = operators + "; unrolled: MatMul, Add, Sigmoid, Tanh, ...";
        return new Row(signature, either, site -> emit(site, Recurrence.of(site, kind)));
    }

    private static List<Value> emit(CallContext site, Recurrence net) {
        Emitter to = site.to();
        if (net.input().type() == TensorType.DOUBLE) {
            throw site.error("is exported for FLOAT32 and FLOAT16: ONNX Runtime has no recurrent layers for "
                    + net.input().type() + ". Convert the network to FLOAT32");
        }
        Value sequence = net.batchFirst() ? to.transpose(net.input(), 1, 0, 2) : net.input();
        List<List<Value>> last = new ArrayList<>();
        for (int state = 0; state < net.cell().states(); state++) {
            last.add(new ArrayList<>());
        }
        for (int layer = 0; layer < net.layers(); layer++) {
            List<Value> made = site.options().choices().contains(ExportFlag.UNROLLED_RECURRENCE)
                    ? Unrolled.layer(to, net, layer, sequence)
                    : operator(to, net, layer, sequence);
            sequence = made.get(0);
            for (int state = 0; state < last.size(); state++) {
                last.get(state).add(made.get(state + 1));
            }
        }
        List<Value> results = new ArrayList<>();
        results.add(net.batchFirst() ? to.transpose(sequence, 1, 0, 2) : sequence);
        last.forEach(states -> results.add(to.concat(0, states)));
        return results;
    }

    /**
     * Returns the outputs of one layer, (time, batch, directions x hidden), and its states, (directions, batch,
     * hidden).
     */
    private static List<Value> operator(Emitter to, Recurrence net, int layer, Value sequence) {
        Cell cell = net.cell();
        List<Value> inputs = new ArrayList<>();
        inputs.add(sequence);
        inputs.add(weights(to, net, layer, 0));
        inputs.add(weights(to, net, layer, 1));
        if (net.biased()) {
            inputs.add(biases(to, net, layer));
        }
        if (!net.states().isEmpty()) {
            while (inputs.size() < 5) {
                inputs.add(Value.OMITTED);
            }
            net.states().forEach(state -> inputs.add(initial(to, net, layer, state)));
        }
        List<Value> made = to.nodes(cell.operator(), attributes(net), cell.states() + 1, inputs.toArray(Value[]::new));
        List<Value> results = new ArrayList<>(made);
        results.set(0, joined(to, net, made.get(0)));
        return results;
    }

    private static Attributes attributes(Recurrence net) {
        Attributes attributes = Attributes.NONE.with("hidden_size", net.hidden());
        if (net.directions() == 2) {
            attributes = attributes.with("direction", "bidirectional");
        }
        return switch (net.cell()) {
            case GRU -> attributes.with("linear_before_reset", 1);
            case RELU -> attributes.with("activations", Collections.nCopies(net.directions(), "Relu"));
            case TANH, LSTM -> attributes;
        };
    }

    private static Value initial(Emitter to, Recurrence net, int layer, Value state) {
        return net.layers() == 1
                ? state
                : to.slice(state, 0, (long) layer * net.directions(), (layer + 1L) * net.directions());
    }

    private static Value joined(Emitter to, Recurrence net, Value output) {
        if (net.directions() == 1) {
            return to.squeeze(output, 1);
        }
        TensorShape shape = output.shape();
        Value turned = to.transpose(output, 0, 2, 1, 3);
        return to.reshape(turned, List.of(shape.get(0), shape.get(2), Dim.of(net.hidden() * net.directions())));
    }

    /** Puts the matrices of both directions into one tensor, (directions, gates x hidden, inputs). */
    private static Value weights(Emitter to, Recurrence net, int layer, int which) {
        List<Value> parts = IntStream.range(0, net.directions())
                .mapToObj(direction -> net.weight(layer, direction, which))
                .toList();
        long[] sizes = parts.get(0).shape().fixed("gates and inputs");
        TensorShape shape = TensorShape.of(net.directions(), sizes[0], sizes[1]);
        return Weights.ordered(to, parts, net.cell().gates(), shape);
    }

    private static Value biases(Emitter to, Recurrence net, int layer) {
        List<Value> parts = new ArrayList<>();
        for (int direction = 0; direction < net.directions(); direction++) {
            parts.add(net.weight(layer, direction, 2));
            parts.add(net.weight(layer, direction, 3));
        }
        TensorShape shape =
                TensorShape.of(net.directions(), 2 * parts.get(0).shape().get(0).fixed("gates"));
        return Weights.ordered(to, parts, net.cell().gates(), shape);
    }

    /**
     * Writes one direction of one recurrent layer step by step, for runtimes without recurrent operators. The equations are
     * those of PyTorch's documentation of {@code torch.nn.RNN}, {@code GRU} and {@code LSTM}.
     */
    private static final class Unrolled {

        private final Emitter to;
        private final Cell cell;
        private final long hidden;
        private final Value recurrent;
        private final Optional<Value> recurrentBias;

        private Unrolled(Emitter to, Recurrence net, int layer, int direction) {
            this.to = to;
            this.cell = net.cell();
            this.hidden = net.hidden();
            this.recurrent = Weights.transposed(to, net.weight(layer, direction, 1));
            this.recurrentBias = net.biased() ? Optional.of(net.weight(layer, direction, 3)) : Optional.empty();
        }

        /**
         * Writes one layer.
         *
         * @param sequence (time, batch, features); the time must be fixed
         */
        static List<Value> layer(Emitter to, Recurrence net, int layer, Value sequence) {
            List<List<Value>> directions = new ArrayList<>();
            for (int direction = 0; direction < net.directions(); direction++) {
                directions.add(new Unrolled(to, net, layer, direction).run(net, layer, direction, sequence));
            }
            if (net.directions() == 1) {
                return directions.get(0);
            }
            List<Value> joined = new ArrayList<>();
            for (int i = 0; i < directions.get(0).size(); i++) {
                List<Value> both =
                        List.of(directions.get(0).get(i), directions.get(1).get(i));
                joined.add(to.concat(i == 0 ? 2 : 0, both));
            }
            return joined;
        }

        private List<Value> run(Recurrence net, int layer, int direction, Value sequence) {
            long time = sequence.shape().get(0).fixed("the length of an unrolled sequence");
            Value projected = to.node("MatMul", sequence, Weights.transposed(to, net.weight(layer, direction, 0)));
            if (net.biased()) {
                projected = to.node("Add", projected, net.weight(layer, direction, 2));
            }
            List<Value> states = new ArrayList<>();
            for (Value state : net.states()) {
                long place = (long) layer * net.directions() + direction;
                states.add(to.squeeze(to.slice(state, 0, place, place + 1), 0));
            }
            Value[] outputs = new Value[(int) time];
            for (int step = 0; step < time; step++) {
                int moment = direction == 0 ? step : (int) time - 1 - step;
                Value now = to.squeeze(to.slice(projected, 0, moment, moment + 1), 0);
                states = step(now, states);
                outputs[moment] = to.unsqueeze(states.get(0), 0);
            }
            List<Value> results = new ArrayList<>();
            results.add(to.concat(0, List.of(outputs)));
            states.forEach(state -> results.add(to.unsqueeze(state, 0)));
            return results;
        }

        /**
         * Computes the next states from projected inputs, (batch, gates x hidden); an empty list of states stands for
         * zeros.
         */
        private List<Value> step(Value input, List<Value> states) {
            Value past = states.isEmpty() ? null : states.get(0);
            Value fromPast = fromPast(past);
            return switch (cell) {
                case TANH -> List.of(to.node("Tanh", sum(input, fromPast)));
                case RELU -> List.of(to.node("Relu", sum(input, fromPast)));
                case GRU -> List.of(gru(input, fromPast, past));
                case LSTM -> lstm(sum(input, fromPast), states.isEmpty() ? null : states.get(1));
            };
        }

        private @Nullable Value fromPast(@Nullable Value past) {
            if (past == null) {
                return recurrentBias.map(bias -> Weights.row(to, bias)).orElse(null);
            }
            return recurrentBias
                    .map(bias -> to.node("Gemm", past, recurrent, bias))
                    .orElseGet(() -> to.node("MatMul", past, recurrent));
        }

        private Value sum(Value input, @Nullable Value fromPast) {
            return fromPast == null ? input : to.node("Add", input, fromPast);
        }

        private Value gate(Value gates, int index) {
            return to.slice(gates, gates.rank() - 1L, index * hidden, (index + 1) * hidden);
        }

        private @Nullable Value gateOrNull(@Nullable Value gates, int index) {
            return gates == null ? null : gate(gates, index);
        }

        private Value gru(Value input, @Nullable Value fromPast, @Nullable Value past) {
            Value reset = to.node("Sigmoid", sum(gate(input, 0), gateOrNull(fromPast, 0)));
            Value update = to.node("Sigmoid", sum(gate(input, 1), gateOrNull(fromPast, 1)));
            Value remembered = gateOrNull(fromPast, 2);
            Value candidate =
                    to.node("Tanh", sum(gate(input, 2), remembered == null ? null : to.node("Mul", reset, remembered)));
            Value one = to.scalar(update.type(), 1);
            Value fresh = to.node("Mul", to.node("Sub", one, update), candidate);
            return past == null ? fresh : to.node("Add", fresh, to.node("Mul", update, past));
        }

        private List<Value> lstm(Value gates, @Nullable Value memory) {
            Value in = to.node("Sigmoid", gate(gates, 0));
            Value candidate = to.node("Mul", in, to.node("Tanh", gate(gates, 2)));
            Value next = memory == null
                    ? candidate
                    : to.node("Add", candidate, to.node("Mul", to.node("Sigmoid", gate(gates, 1)), memory));
            Value out = to.node("Sigmoid", gate(gates, 3));
            return List.of(to.node("Mul", out, to.node("Tanh", next)), next);
        }
    }

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
            boolean bidirectional = site.get(8 + shift, Boolean.class);
            boolean biased = site.get(4, Boolean.class);
            site.requireInference(7 + shift);
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
                throw site.error(
                        "gets biases in place of weights, and computes nonsense because the shapes happen to fit:"
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
}
