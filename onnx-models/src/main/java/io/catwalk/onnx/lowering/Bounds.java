package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.util.Optional;

/**
 * Writes the maximum or the minimum of two values. A lower bound combined with an upper bound, as in relu6, becomes one
 * Clip.
 */
final class Bounds {

    private Bounds() {}

    /** Writes max(value, bound). */
    static Value atLeast(Emitter to, Value value, Value bound) {
        return upper(to, value)
                .filter(high -> number(to, bound).isPresent()
                        && number(to, bound).get() <= number(to, high).orElseThrow())
                .map(high -> to.node("Clip", unbounded(to, value), bound, high))
                .orElseGet(() -> to.node("Max", value, bound));
    }

    /** Writes max(value, 0). */
    static Value positive(Emitter to, Value value) {
        // ONNX Runtime 1.29 cannot load a file with a Relu of doubles before a Clip, since it tries to fuse the two.
        boolean fusible = value.type() != TensorType.DOUBLE;
        return fusible && upper(to, value).isEmpty()
                ? to.node("Relu", value)
                : atLeast(to, value, to.scalar(value.type(), 0));
    }

    /** Writes min(value, bound). */
    static Value atMost(Emitter to, Value value, Value bound) {
        return lower(to, value)
                .filter(low -> number(to, bound).isPresent())
                .map(low -> to.node("Clip", unbounded(to, value), low, bound))
                .orElseGet(() -> to.node("Min", value, bound));
    }

    private static Optional<Value> lower(Emitter to, Value value) {
        return to.maker(value)
                .flatMap(node -> node.operator().equals("Relu") && value.type() == TensorType.FLOAT
                        ? Optional.of(to.scalar(value.type(), 0))
                        : second(to, node, "Max"));
    }

    private static Optional<Value> upper(Emitter to, Value value) {
        return to.maker(value).flatMap(node -> second(to, node, "Min"));
    }

    private static Optional<Value> second(Emitter to, Node node, String operator) {
        return Optional.of(node)
                .filter(made -> made.operator().equals(operator))
                .map(made -> made.inputs().get(1))
                .filter(bound -> number(to, bound).isPresent());
    }

    private static Value unbounded(Emitter to, Value bounded) {
        return to.maker(bounded).orElseThrow().inputs().get(0);
    }

    /** Returns the number in a scalar FLOAT constant; empty for any other value. */
    private static Optional<Float> number(Emitter to, Value value) {
        return value.type() == TensorType.FLOAT && value.rank() == 0
                ? to.initializer(value).map(Initializer::floats).map(floats -> floats[0])
                : Optional.empty();
    }
}
