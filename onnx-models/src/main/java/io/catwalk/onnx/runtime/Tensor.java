package io.catwalk.onnx.runtime;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Array of numbers or booleans of one type, with any number of axes. Immutable; uses no native memory. */
public final class Tensor {

    private final TensorType type;
    private final long[] shape;
    private final ByteBuffer data; // from 0 to its limit, in native order

    private Tensor(TensorType type, long[] shape, ByteBuffer data) {
        this.type = type;
        this.shape = shape;
        this.data = data;
    }

    /**
     * Creates an array from the bytes of its elements.
     *
     * @param type type of the elements; text and types that Java cannot hold are not supported
     * @param data the elements from the buffer's position to its limit, row-major, in the byte order of this machine;
     *     copied
     * @param shape sizes of the axes, 0 or above; none for a single number
     * @throws IllegalArgumentException if the type is not supported, a size is negative, or the buffer holds another
     *     number of elements
     */
    public static Tensor of(TensorType type, ByteBuffer data, long... shape) {
        if (!type.isHeld()) {
            throw new IllegalArgumentException("expected elements of one of the types "
                    + Arrays.stream(TensorType.values())
                            .filter(TensorType::isHeld)
                            .toList() + ", found " + type);
        }
        if (Arrays.stream(shape).anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException("expected sizes of 0 or above, found " + type + " " + written(shape));
        }
        double bytes = Arrays.stream(shape).asDoubleStream().reduce(type.bytes(), (a, b) -> a * b); // cannot overflow
        if (data.remaining() != bytes) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "expected %.0f bytes for %s %s, found %d",
                    bytes,
                    type,
                    written(shape),
                    data.remaining()));
        }
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).order(ByteOrder.nativeOrder());
        copy.put(data.duplicate()).flip();
        return new Tensor(type, shape.clone(), copy);
    }

    /**
     * Creates an array of 32-bit floating point numbers.
     *
     * @param numbers row-major
     * @param shape sizes of the axes; none for a single number
     * @throws IllegalArgumentException if the sizes do not fit the numbers
     */
    public static Tensor of(float[] numbers, long... shape) {
        ByteBuffer data = room(numbers.length, Float.BYTES);
        data.asFloatBuffer().put(numbers);
        return of(TensorType.FLOAT, data, shape);
    }

    /**
     * Creates an array of 64-bit whole numbers.
     *
     * @param numbers row-major
     * @param shape sizes of the axes; none for a single number
     * @throws IllegalArgumentException if the sizes do not fit the numbers
     */
    public static Tensor of(long[] numbers, long... shape) {
        ByteBuffer data = room(numbers.length, Long.BYTES);
        data.asLongBuffer().put(numbers);
        return of(TensorType.INT64, data, shape);
    }

    /** {@return the type of the elements} */
    public TensorType type() {
        return type;
    }

    /** {@return the sizes of the axes, 0 or above; none for a single number} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return the bytes of the elements, row-major, in the byte order of this machine; read-only} */
    public ByteBuffer buffer() {
        return data.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** {@return the number of elements: the product of the sizes, 1 for a single number} */
    public int size() {
        return data.limit() / type.bytes();
    }

    /**
     * {@return all elements as doubles, which rounds whole numbers beyond 2^53; row-major, 1 and 0 for true and false}
     */
    public double[] toDoubles() {
        double[] numbers = new double[size()];
        Arrays.setAll(numbers, this::number);
        return numbers;
    }

    private double number(int index) {
        return switch (type) {
            case FLOAT -> data.getFloat(index * Float.BYTES);
            case DOUBLE -> data.getDouble(index * Double.BYTES);
            case FLOAT16 -> Fp16Conversions.fp16ToFloat(data.getShort(index * Short.BYTES));
            case BFLOAT16 -> Fp16Conversions.bf16ToFloat(data.getShort(index * Short.BYTES));
            case INT16 -> data.getShort(index * Short.BYTES);
            case INT32 -> data.getInt(index * Integer.BYTES);
            case INT64 -> data.getLong(index * Long.BYTES);
            case UINT8 -> Byte.toUnsignedLong(data.get(index));
            default -> data.get(index);
        };
    }

    /**
     * Returns some of the rows along the first axis.
     *
     * @param from index of the first row
     * @param to index after the last row
     * @return an array of {@code to - from} rows
     * @throws IllegalArgumentException if there are no such rows
     */
    public Tensor rows(long from, long to) {
        return part(0, from, to);
    }

    /**
     * Returns a part of the array along one axis.
     *
     * @param axis 0 or above, less than the number of axes
     * @param from first index on the axis
     * @param to index after the last
     * @return an array whose axis has the size {@code to - from}
     * @throws IllegalArgumentException if there is no such axis, or it has no such indices
     */
    public Tensor part(int axis, long from, long to) {
        if (axis < 0 || axis >= shape.length || from < 0 || to < from || to > shape[axis]) {
            throw new IllegalArgumentException("expected " + (axis == 0 ? "rows" : "indices of axis " + axis)
                    + " within " + written(shape) + ", found " + from + " to " + to);
        }
        long[] cut = shape.clone();
        cut[axis] = to - from;
        int row = type.bytes(); // bytes of one index on the axis
        for (int i = axis + 1; i < shape.length; i++) {
            row *= (int) shape[i];
        }
        int length = (int) (to - from) * row;
        int step = (int) shape[axis] * row;
        ByteBuffer part = ByteBuffer.allocate(step == 0 ? 0 : data.limit() / step * length)
                .order(ByteOrder.nativeOrder());
        for (int start = (int) from * row; start < data.limit() && part.hasRemaining(); start += step) {
            part.put(data.slice(start, length));
        }
        return new Tensor(type, cut, part.flip());
    }

    private static ByteBuffer room(int elements, int bytes) {
        return ByteBuffer.allocate(Math.multiplyExact(elements, bytes)).order(ByteOrder.nativeOrder());
    }

    private static String written(long[] shape) {
        return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    /** Returns type and shape, such as {@code int64 (2, 128)}. */
    @Override
    public String toString() {
        return type + " " + written(shape);
    }
}
