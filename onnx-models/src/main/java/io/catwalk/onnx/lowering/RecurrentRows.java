package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.lowering.Recurrence.Cell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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

    private static List<Value> emit(Site site, Recurrence net) {
        Emitter to = site.to();
        if (net.input().type() == ElementType.DOUBLE) {
            throw site.error("is exported for FLOAT32 and FLOAT16: ONNX Runtime has no recurrent layers for "
                    + net.input().type() + ". Convert the network to FLOAT32");
        }
        Value sequence = net.batchFirst() ? to.transpose(net.input(), 1, 0, 2) : net.input();
        List<List<Value>> last = new ArrayList<>();
        for (int state = 0; state < net.cell().states(); state++) {
            last.add(new ArrayList<>());
        }
        for (int layer = 0; layer < net.layers(); layer++) {
            List<Value> made = site.options().choices().contains(Choice.UNROLLED_RECURRENCE)
                    ? Unrolled.layer(to, net, layer, sequence)
                    : operator(to, net, layer, sequence);
            sequence = made.get(0);
            for (int state = 0; state < last.size(); state++) {
                last.get(state).add(made.get(state + 1));
            }
        }
        List<Value> results = new ArrayList<>();
        results.add(net.batchFirst() ? to.transpose(sequence, 1, 0, 2) : sequence);
        last.forEach(states -> results.add(stacked(to, states)));
        return results;
    }

    private static Value stacked(Emitter to, List<Value> states) {
        return states.size() == 1
                ? states.get(0)
                : to.node("Concat", Attributes.NONE.with("axis", 0), states.toArray(Value[]::new));
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
        List<Value> parts = new ArrayList<>();
        for (int direction = 0; direction < net.directions(); direction++) {
            parts.add(net.weight(layer, direction, which));
        }
        TensorShape shape = parts.get(0).shape();
        return Weights.ordered(
                to,
                parts,
                net.cell().gates(),
                TensorShape.of(
                        net.directions(),
                        shape.get(0).fixed("gates"),
                        shape.get(1).fixed("inputs")));
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
}
