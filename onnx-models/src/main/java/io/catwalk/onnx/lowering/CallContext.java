package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.SizeFunction;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Arguments;
import io.catwalk.onnx.trace.Operand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Gives a row of the operator table one call: its arguments, the results that it must have, and where its nodes go.
 *
 * @param results results of the engine, whose types and shapes the row must match
 * @param values ONNX values of the arrays so far, by id
 * @param zeros ids of arrays that hold nothing but zeros
 */
record CallContext(
        Emitter to,
        Arguments call,
        List<Operand> results,
        Map<Integer, Value> values,
        Set<Integer> zeros,
        LoweringOptions options) {

    /** Returns the receiver. */
    Value receiver() {
        return value(0);
    }

    /** Returns the same call with a vector of one element in place of a scalar receiver. */
    CallContext ofVector() {
        Map<Integer, Value> changed = new HashMap<>(values);
        changed.put(call.operand(0).id(), to.reshape(receiver(), List.of(Dim.of(1))));
        return new CallContext(to, call, results, changed, zeros, options);
    }

    /** Returns an array argument. */
    Value value(int index) {
        return value(call.operand(index));
    }

    Optional<Value> optional(int index) {
        return call.optionalOperand(index).map(this::value);
    }

    List<Value> list(int index) {
        return call.operands(index).stream().map(this::value).toList();
    }

    Value value(Operand operand) {
        return valueOf(values, operand);
    }

    static Value valueOf(Map<Integer, Value> values, Operand operand) {
        return Objects.requireNonNull(values.get(operand.id()), "an array without a value");
    }

    /** Returns a whole number that must not depend on dynamic axes. */
    int integer(int index) {
        return call.integer(index);
    }

    /** Returns whole numbers that must not depend on dynamic axes. */
    long[] numbers(int index) {
        return call.numbers(index);
    }

    /** Returns another argument of a given type. */
    <T> T get(int index, Class<T> type) {
        return call.get(index, type);
    }

    TensorType resultType() {
        return results.get(0).type();
    }

    TensorShape resultShape() {
        return results.get(0).shape();
    }

    /** Returns an argument that is an array or a number as a value of the given type. */
    Value as(int index, TensorType type) {
        Object argument = call.value(index);
        if (argument instanceof Operand operand) {
            return to.cast(value(operand), type);
        }
        if (argument instanceof SizeFunction function) {
            return to.number(function, type);
        }
        return argument instanceof Dim dim ? to.number(dim, type) : to.scalar(type, (Number) argument);
    }

    /** Returns the receiver as a value of the given type. */
    Value receiverAs(TensorType type) {
        return to.cast(receiver(), type);
    }

    ExportException error(String fault) {
        return call.error(fault);
    }

    /** Refuses a call in training mode, as an argument says. */
    void requireInference(int argument) {
        if (get(argument, Boolean.class)) {
            throw error("runs in training mode: export needs what forward does with training = false");
        }
    }
}
