package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.lowering.Recurrence.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one direction of one recurrent layer step by step, for runtimes without recurrent operators. The equations are
 * those of PyTorch's documentation of {@code torch.nn.RNN}, {@code GRU} and {@code LSTM}.
 */
final class Unrolled {

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
     * @return the outputs, (time, batch, directions x hidden), and the last states, (directions, batch, hidden)
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
            Attributes axis = Attributes.NONE.with("axis", i == 0 ? 2 : 0);
            joined.add(to.node(
                    "Concat", axis, directions.get(0).get(i), directions.get(1).get(i)));
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
        Attributes axis = Attributes.NONE.with("axis", 0);
        results.add(outputs.length == 1 ? outputs[0] : to.node("Concat", axis, outputs));
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
