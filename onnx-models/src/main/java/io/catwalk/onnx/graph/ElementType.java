package io.catwalk.onnx.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Names the element types that exported graphs use, with their codes in {@code onnx.proto}. */
public enum ElementType {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2),
    DOUBLE(11, 8);

    /** Halfway between the largest number of FLOAT16, 65,504, and what would be the next. */
    private static final float HALF_TO_INFINITY = 65_520;

    private static final float SMALLEST_NORMAL_HALF = 0x1p-14f;

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** Returns the number that stands for this type in a file ({@code TensorProto.DataType}). */
    public int code() {
        return code;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Tells whether this is a floating-point type: true for floats of 16, 32 and 64 bits. */
    public boolean isReal() {
        return this == FLOAT16 || this == FLOAT || this == DOUBLE;
    }

    /** Returns the bytes of one number, little endian; a whole number keeps all its digits. */
    public byte[] encoded(Number number) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        put(buffer, number);
        return buffer.array();
    }

    /** Appends a number. */
    public void put(ByteBuffer buffer, Number number) {
        switch (this) {
            case FLOAT16 -> buffer.putShort(half(number.floatValue()));
            case FLOAT -> buffer.putFloat(number.floatValue());
            case DOUBLE -> buffer.putDouble(number.doubleValue());
            case INT64 -> buffer.putLong(number.longValue());
            case INT32 -> buffer.putInt(number.intValue());
            case UINT8, INT8 -> buffer.put((byte) number.longValue());
            case BOOL -> buffer.put((byte) (number.doubleValue() == 0 ? 0 : 1));
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
