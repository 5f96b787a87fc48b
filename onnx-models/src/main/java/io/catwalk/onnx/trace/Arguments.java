package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.SizeFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call, for a row of the operator table; argument 0 is the receiver.
 *
 * @param values {@link Operand} for arrays, lists of them, {@link Dim} or lists of it where numbers depend on dynamic
 *     axes, else what the network passed
 */
public record Arguments(String signature, List<@Nullable Object> values, String origin) {

    /** Copies the values, of which some may be null. */
    public Arguments {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** Returns an array. */
    public Operand operand(int index) {
        return optionalOperand(index).orElseThrow(() -> error("needs an array as argument " + index));
    }

    /** Returns an array that may be absent: the array, or empty for null. */
    public Optional<Operand> optionalOperand(int index) {
        return Optional.ofNullable((Operand) values.get(index));
    }

    /** Returns a list of arrays. */
    public List<Operand> operands(int index) {
        List<Operand> operands = new ArrayList<>();
        ((List<?>) value(index)).forEach(operand -> operands.add((Operand) operand));
        return operands;
    }

    /** Returns whole numbers, which may depend on dynamic axes. */
    public List<Dim> dims(int index) {
        Object value = value(index);
        if (value instanceof List<?> list) {
            return list.stream().map(Dim.class::cast).toList();
        }
        return Arrays.stream(longs(value)).mapToObj(Dim::of).toList();
    }

    /** Returns a whole number, which may depend on dynamic axes. */
    public Dim dim(int index) {
        return value(index) instanceof Dim dim ? dim : Dim.of(integer(index));
    }

    /** Returns whole numbers that must not depend on dynamic axes. */
    public long[] numbers(int index) {
        return dims(index).stream().mapToLong(this::fixed).toArray();
    }

    /** Returns a whole number that must not depend on dynamic axes. */
    public int integer(int index) {
        Object value = value(index);
        if (value instanceof SizeFunction function) {
            throw dynamic(function);
        }
        return Math.toIntExact(value instanceof Dim dim ? fixed(dim) : ((Number) value).longValue());
    }

    /** Returns an argument of a given type. */
    public <T> T get(int index, Class<T> type) {
        Object value = value(index);
        if (value instanceof Dim dim) {
            fixed(dim);
        }
        if (value instanceof SizeFunction function) {
            throw dynamic(function);
        }
        return type.cast(value);
    }

    /** Returns an argument of any type. */
    public Object value(int index) {
        Object value = values.get(index);
        if (value == null) {
            throw error("does not allow null as argument " + index);
        }
        return value;
    }

    /** Creates an error that names the call and its place. */
    public ExportException error(String fault) {
        return new ExportException(signature + " " + fault + " (" + origin + ")");
    }

    /** Creates an error that names the call and its place. */
    public ExportException error(String fault, Throwable cause) {
        return new ExportException(signature + " " + fault + " (" + origin + ")", cause);
    }

    private long fixed(Dim dim) {
        if (!dim.isFixed()) {
            throw dynamic(dim);
        }
        return dim.fixed();
    }

    private ExportException dynamic(Object number) {
        return error("takes a number that depends on a dynamic axis (" + number
                + "), which its ONNX form cannot: give the axis"
                + " one size (Axis.of(n), withFixedSize), or a number that does not depend on it");
    }

    static long[] longs(Object value) {
        if (value instanceof Shape shape) {
            return shape.getShape();
        }
        if (value instanceof int[] ints) {
            return Arrays.stream(ints).asLongStream().toArray();
        }
        return (long[]) value;
    }
}
