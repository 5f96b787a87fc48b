package io.catwalk.onnx.graph;

import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Writes the elements of tensors in exported graphs. */
public final class Elements {

    /** Types that exported graphs use. */
    public static final Set<TensorType> TYPES = Collections.unmodifiableSet(EnumSet.of(
            TensorType.FLOAT,
            TensorType.UINT8,
            TensorType.INT8,
            TensorType.INT32,
            TensorType.INT64,
            TensorType.BOOL,
            TensorType.FLOAT16,
            TensorType.DOUBLE));

    /** Halfway between the largest number of FLOAT16, 65,504, and what would be the next. */
    private static final float HALF_TO_INFINITY = 65_520;

    private static final float SMALLEST_NORMAL_HALF = 0x1p-14f;

    private Elements() {}

    /** Finds a type by the number that stands for it in a file; empty if exported graphs do not use it. */
    static Optional<TensorType> type(long code) {
        return TYPES.stream().filter(type -> type.code() == code).findFirst();
    }

    /** Returns the bytes of one number, little endian; a whole number keeps all its digits. */
    public static byte[] encoded(TensorType type, Number number) {
        ByteBuffer buffer = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        put(buffer, type, number);
        return buffer.array();
    }

    /** Appends a number. */
    public static void put(ByteBuffer buffer, TensorType type, Number number) {
        switch (type) {
            case FLOAT16 -> buffer.putShort(half(number.floatValue()));
            case FLOAT -> buffer.putFloat(number.floatValue());
            case DOUBLE -> buffer.putDouble(number.doubleValue());
            case INT64 -> buffer.putLong(number.longValue());
            case INT32 -> buffer.putInt(number.intValue());
            case UINT8, INT8 -> buffer.put((byte) number.longValue());
            case BOOL -> buffer.put((byte) (number.doubleValue() == 0 ? 0 : 1));
            default -> throw new IllegalArgumentException("expected a type of " + TYPES + ", found " + type);
        }
    }

    /**
     * Rounds to FLOAT16 (IEEE 754, binary16), to nearest with ties to even. Uses neither ONNX Runtime, which an export
     * does not need, nor DJL's {@code Float16Utils}, which rounds ties away from zero.
     */
    public static short half(float number) {
        int bits = Float.floatToIntBits(number);
        int sign = (bits >>> 16) & 0x8000;
        float size = Math.abs(number);
        if (Float.isNaN(number)) {
            return (short) (sign | 0x7E00);
        }
        if (size >= HALF_TO_INFINITY) {
            return (short) (sign | 0x7C00);
        }
        if (size < SMALLEST_NORMAL_HALF) {
            // The last bit of 0.5 is 2^-24, the smallest step of FLOAT16: the sum is rounded to it.
            return (short) (sign | (Float.floatToIntBits(size + 0.5f) - Float.floatToIntBits(0.5f)));
        }
        // 10 of the 23 fraction bits remain. To round, half of the last of them is added, or a bit less if it is even.
        int magnitude = Float.floatToIntBits(size) - ((127 - 15) << 23);
        return (short) (sign | ((magnitude + 0xFFF + ((magnitude >>> 13) & 1)) >>> 13));
    }
}
