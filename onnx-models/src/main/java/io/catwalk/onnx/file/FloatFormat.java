package io.catwalk.onnx.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Formats of floating point numbers in a file. Finds NaN by its bits: all bits of the exponent are set, and at least one
 * after it. Infinite numbers are numbers: attention masks use them.
 */
public enum FloatFormat {
    /** 16 bits, 5 of them for the exponent. */
    FLOAT16(Short.BYTES, 0x7c00),
    /** 16 bits, 8 of them for the exponent. */
    BFLOAT16(Short.BYTES, 0x7f80),
    /** 32 bits. */
    FLOAT32(Float.BYTES, 0x7f80_0000),
    /** 64 bits. */
    FLOAT64(Double.BYTES, 0x7ff0_0000_0000_0000L);

    private final int bytes;
    private final long infinity;

    FloatFormat(int bytes, long infinity) {
        this.bytes = bytes;
        this.infinity = infinity;
    }

    /**
     * Tells whether a number is NaN.
     *
     * @param bits of the number, of either sign; higher bits are ignored
     */
    public boolean isNan(long bits) {
        return (bits & (-1L >>> (Long.SIZE + 1 - Byte.SIZE * bytes))) > infinity;
    }

    /**
     * Looks for NaN among numbers.
     *
     * @param numbers little-endian, from the buffer's position to its limit, which stay as they are; bytes behind the
     *     last whole number are ignored
     */
    public boolean isNanIn(ByteBuffer numbers) {
        ByteBuffer data = numbers.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        boolean found = false;
        while (data.remaining() >= bytes) {
            found |= isNan(
                    switch (bytes) {
                        case Short.BYTES -> data.getShort();
                        case Float.BYTES -> data.getInt();
                        default -> data.getLong();
                    });
        }
        return found;
    }
}
