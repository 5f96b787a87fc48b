package io.catwalk.onnx.trace;

import ai.djl.util.Float16Utils;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Merges the constant of several traces: it is the same in all, repeated along a dynamic axis, counted from its size,
 * or the beginning of what it is at the longest size of the axis.
 */
record Constants(TapeMerge merge) {

    /** Stands for -0.0 and for a number that is not whole: no arithmetic may be done with it. */
    private static final long NOT_WHOLE = Long.MIN_VALUE;

    /** Advice for numbers that the network computes in Java. */
    private static final String WAY =
            ". Numbers that follow a size or positions: compute them with operations of arrays,"
                    + " from manager.arange(size) or manager.create(size)";

    Step merge(List<Entry.Constant> column, Operand operand) {
        Entry.Constant one = column.get(0);
        if (operand.shape().isFixed()) {
            try {
                return fixed(column, operand);
            } catch (ExportException e) {
                return merge.computed(column, operand).orElseThrow(() -> new ExportException(e.getMessage() + WAY, e));
            }
        }
        Optional<Step> counting = counting(column, operand);
        if (counting.isPresent()) {
            return counting.get();
        }
        try {
            return repeated(column, operand);
        } catch (ExportException e) {
            Optional<Step> computed = merge.computed(column, operand);
            if (computed.isPresent()) {
                return computed.get();
            }
            List<String> unbounded = merge.unbounded(operand.shape());
            if (!unbounded.isEmpty()) {
                throw new ExportException(
                        e.getMessage() + ". The array also follows the " + String.join(" and the ", unbounded)
                                + ", which has no largest size: make it of size 1 there, which the next operation"
                                + " repeats by itself",
                        e);
            }
            if (!merge.isBounded(operand.shape())) {
                throw new ExportException(e.getMessage() + WAY, e);
            }
            return new Step.Prefix(operand, one.hint(), Optional.empty());
        }
    }

    private Step fixed(List<Entry.Constant> column, Operand operand) {
        Entry.Constant one = column.get(0);
        int other = TapeMerge.odd(
                column.stream().map(each -> ByteBuffer.wrap(each.data())).toList());
        if (other == 0) {
            return new Step.Constant(operand, one.hint(), one.data());
        }
        long[] numbers = operand.shape().size().equals(Dim.of(1))
                ? column.stream()
                        .mapToLong(constant -> element(constant.data(), operand.type(), 0))
                        .toArray()
                : new long[0];
        boolean whole = LongStream.of(numbers).noneMatch(number -> number == NOT_WHOLE);
        boolean counted =
                !operand.type().isReal() || (whole && merge.formula(numbers).isPresent());
        if (numbers.length > 0 && counted) {
            return new Step.Counted(operand, merge.dim(numbers, "the constant " + one.hint() + " in " + one.origin()));
        }
        throw merge.flow(
                other,
                "the constant " + one.hint() + operand.shape() + " in " + one.origin() + " is computed from the "
                        + merge.axes(other) + " size");
    }

    private Step repeated(List<Entry.Constant> column, Operand operand) {
        Entry.Constant one = column.get(0);
        List<ByteBuffer> slices = column.stream()
                .map(each -> ByteBuffer.wrap(slice(each, operand.shape())))
                .toList();
        int other = TapeMerge.odd(slices);
        if (other > 0) {
            throw merge.flow(
                    other,
                    "the constant " + one.hint() + operand.shape() + " in " + one.origin()
                            + " holds different numbers for different " + merge.axes(other) + " sizes");
        }
        return new Step.Repeated(
                operand,
                new Step.Constant(
                        new Operand(operand.id(), operand.type(), sliceShape(operand.shape())),
                        one.hint(),
                        slices.get(0).array()));
    }

    /**
     * Finds numbers that are equally spaced in every call. A single number is assumed to be spaced as in the other
     * calls.
     */
    private Optional<Step> counting(List<Entry.Constant> column, Operand operand) {
        long[] lengths = column.stream()
                .mapToLong(constant -> constant.slot().shape().size())
                .toArray();
        if (LongStream.of(lengths).anyMatch(length -> length < 1)) {
            return Optional.empty();
        }
        long[] firsts = new long[lengths.length];
        long[] steps = new long[lengths.length];
        long usual = 1;
        for (int i = lengths.length - 1; i >= 0; i--) {
            byte[] data = column.get(i).data();
            firsts[i] = element(data, operand.type(), 0);
            usual = lengths[i] < 2 ? usual : element(data, operand.type(), 1) - firsts[i];
            steps[i] = usual;
            for (int at = 0; at < lengths[i]; at++) {
                long number = element(data, operand.type(), at);
                if (usual == 0 || number == NOT_WHOLE || number != firsts[i] + at * usual) {
                    return Optional.empty();
                }
            }
        }
        Optional<Dim> step = merge.formula(steps);
        return merge.formula(firsts).flatMap(first -> step.map(by -> new Step.Counting(operand, first, by)));
    }

    private static long element(byte[] data, TensorType type, int index) {
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        int at = index * type.bytes();
        return switch (type) {
            case INT64 -> buffer.getLong(at);
            case INT32 -> buffer.getInt(at);
            case UINT8 -> buffer.get(at) & 0xff;
            case INT8, BOOL -> buffer.get(at);
            case FLOAT16 -> whole(Float16Utils.halfToFloat(buffer.getShort(at)));
            case FLOAT -> whole(buffer.getFloat(at));
            case DOUBLE -> whole(buffer.getDouble(at));
            default -> throw new IllegalArgumentException("expected a type that is exported, found " + type);
        };
    }

    private static long whole(double number) {
        boolean isNegativeZero = number == 0 && 1 / number < 0;
        return number == Math.rint(number) && !isNegativeZero ? (long) number : NOT_WHOLE;
    }

    private static TensorShape sliceShape(TensorShape shape) {
        return new TensorShape(shape.dims().stream()
                .map(dim -> dim.isFixed() ? dim : Dim.of(1))
                .toList());
    }

    /** Takes the first slice along the axes that are dynamic; all others must equal it. */
    private byte[] slice(Entry.Constant constant, TensorShape shape) {
        long[] sizes = constant.slot().shape().getShape();
        int bytes =
                TapeMerge.elementType(constant.slot().type(), constant.hint()).bytes();
        byte[] data = constant.data();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (!shape.get(axis).isFixed()) {
                data = firstAlong(
                        axis, sizes, data, bytes, constant, shape.get(axis).axes());
                sizes = sizes.clone();
                sizes[axis] = 1;
            }
        }
        return data;
    }

    private byte[] firstAlong(
            int axis, long[] sizes, byte[] data, int bytes, Entry.Constant constant, Set<String> axes) {
        int inner = bytes;
        for (int i = axis + 1; i < sizes.length; i++) {
            inner *= (int) sizes[i];
        }
        int size = (int) sizes[axis];
        int outer = inner == 0 || size == 0 ? 0 : data.length / inner / size;
        byte[] first = new byte[outer * inner];
        for (int i = 0; i < outer; i++) {
            int start = i * size * inner;
            for (int j = 0; j < size; j++) {
                int at = start + j * inner;
                if (!Arrays.equals(data, start, start + inner, data, at, at + inner)) {
                    throw new ExportException(ReplayErrors.sizeDependent(
                            axes,
                            "the constant " + constant.hint() + " in " + constant.origin()
                                    + " holds different numbers for different "
                                    + (axes.contains(Axis.BATCH.name()) ? "samples" : "places along the axis")));
                }
            }
            System.arraycopy(data, start, first, i * inner, inner);
        }
        return first;
    }
}
