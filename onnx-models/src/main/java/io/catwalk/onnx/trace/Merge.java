package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.TensorShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lays two tapes of one network side by side: numbers that differ must follow the batch. */
final class Merge {

    private final long first;
    private final long second;

    Merge(long firstBatch, long secondBatch) {
        this.first = firstBatch;
        this.second = secondBatch;
    }

    Program program(Calls.Recording small, Calls.Recording large) {
        List<Entry> left = small.entries();
        List<Entry> right = large.entries();
        List<Slot> leftOutputs = small.outputs();
        List<Slot> rightOutputs = large.outputs();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            steps.add(step(left.get(i), right.get(i)));
        }
        if (left.size() != right.size() || leftOutputs.size() != rightOutputs.size()) {
            List<Entry> longer = left.size() > right.size() ? left : right;
            throw flow("the network does " + left.size() + " steps for a batch of " + first + ", but "
                    + right.size() + " for " + second
                    + place(longer.get(Math.min(Math.min(left.size(), right.size()), longer.size() - 1))));
        }
        List<Operand> outputs = new ArrayList<>();
        for (int i = 0; i < leftOutputs.size(); i++) {
            outputs.add(operand(leftOutputs.get(i), rightOutputs.get(i), "output " + i));
        }
        return new Program(steps, outputs);
    }

    private Step step(Entry left, Entry right) {
        if (left instanceof Entry.Operation one && right instanceof Entry.Operation two) {
            return call(one, two);
        }
        if (left instanceof Entry.Constant one && right instanceof Entry.Constant two) {
            return new Constants(this).merge(one, two, operand(one.slot(), two.slot(), one.hint()));
        }
        if (left instanceof Entry.Input one && right instanceof Entry.Input two) {
            return new Step.Input(operand(one.slot(), two.slot(), "input"));
        }
        throw flow("the network does different things for a batch of " + first + " and of " + second + place(left));
    }

    private Step.Call call(Entry.Operation one, Entry.Operation two) {
        if (!one.signature().equals(two.signature())
                || one.arguments().size() != two.arguments().size()
                || one.results().size() != two.results().size()) {
            throw flow("the network calls " + one.signature() + " for a batch of " + first + ", but " + two.signature()
                    + " for " + second + place(one));
        }
        String where = one.signature() + " in " + one.origin();
        List<@Nullable Object> merged = new ArrayList<>();
        for (int i = 0; i < one.arguments().size(); i++) {
            merged.add(argument(one.arguments().get(i), two.arguments().get(i), where));
        }
        List<Operand> results = new ArrayList<>();
        for (int i = 0; i < one.results().size(); i++) {
            results.add(operand(one.results().get(i), two.results().get(i), where));
        }
        return new Step.Call(new Arguments(one.signature(), merged, one.origin()), results);
    }

    private @Nullable Object argument(@Nullable Object one, @Nullable Object two, String where) {
        if (one instanceof Slot left && two instanceof Slot right) {
            return operand(left, right, where);
        }
        if (one instanceof List<?> left && two instanceof List<?> right && left.size() == right.size()) {
            return IntStream.range(0, left.size())
                    .mapToObj(i -> operand((Slot) left.get(i), (Slot) right.get(i), where))
                    .toList();
        }
        if (isWhole(one)
                && isWhole(two)
                && one instanceof Number left
                && two instanceof Number right
                && !left.equals(right)) {
            return dim(left.longValue(), right.longValue(), where);
        }
        if (isNumbers(one) && isNumbers(two)) {
            return dims(
                    Arguments.longs(Objects.requireNonNull(one)), Arguments.longs(Objects.requireNonNull(two)), where);
        }
        if (!Objects.equals(one, two)) {
            throw flow(where + " gets " + one + " for a batch of " + first + ", but " + two + " for " + second);
        }
        return one;
    }

    private static boolean isWhole(@Nullable Object value) {
        return value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
    }

    private static boolean isNumbers(@Nullable Object value) {
        return value instanceof Shape || value instanceof long[] || value instanceof int[];
    }

    private Operand operand(Slot one, Slot two, String where) {
        if (one.id() != two.id() || one.type() != two.type()) {
            throw flow(where + " uses different arrays for a batch of " + first + " and of " + second);
        }
        List<Dim> dims = dims(one.shape().getShape(), two.shape().getShape(), where);
        return new Operand(one.id(), elementType(one.type(), where), new TensorShape(dims));
    }

    private List<Dim> dims(long[] one, long[] two, String where) {
        if (one.length != two.length) {
            throw flow(where + " has " + one.length + " axes for a batch of " + first + ", but " + two.length + " for "
                    + second);
        }
        return IntStream.range(0, one.length)
                .mapToObj(i -> dim(one[i], two[i], where))
                .toList();
    }

    /** Draws the line through two numbers. Only multiples of the batch, and the batch plus a number, are believed. */
    Dim dim(long one, long two, String where) {
        if (one == two) {
            return Dim.of(one);
        }
        long perSample = (two - one) / (second - first);
        Dim dim = new Dim(perSample, one - perSample * first);
        boolean believed = dim.at(second) == two && (dim.fixed() == 0 || perSample == 1);
        if (!believed) {
            throw flow(where + " has the number " + one + " for a batch of " + first + ", but " + two + " for " + second
                    + ", which is no multiple of the batch");
        }
        return dim;
    }

    static ElementType elementType(DataType type, String where) {
        return switch (type) {
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT64 -> ElementType.DOUBLE;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
            case BOOLEAN -> ElementType.BOOL;
            default ->
                throw new ExportException(where + " makes " + type
                        + ", a type that is not exported: use FLOAT32, FLOAT64, INT64, INT32, INT8, UINT8 or BOOLEAN");
        };
    }

    private static String place(Entry entry) {
        if (entry instanceof Entry.Constant constant) {
            return ", at the constant " + constant.hint() + " in " + constant.origin();
        }
        return entry instanceof Entry.Operation operation
                ? ", at " + operation.signature() + " in " + operation.origin()
                : "";
    }

    ExportException flow(String fault) {
        return new ExportException(Faults.batchDependent(fault));
    }
}
