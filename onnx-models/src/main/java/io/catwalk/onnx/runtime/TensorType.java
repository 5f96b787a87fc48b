package io.catwalk.onnx.runtime;

import java.util.Arrays;
import java.util.Locale;

/** Names the types of elements that a file declares for its inputs and outputs ({@code TensorProto.DataType}). */
public enum TensorType {
    /** 32-bit floating point. */
    FLOAT(1),
    /** Unsigned 8-bit whole numbers. */
    UINT8(2),
    /** Signed 8-bit whole numbers. */
    INT8(3),
    /** Unsigned 16-bit whole numbers. */
    UINT16(4),
    /** Signed 16-bit whole numbers. */
    INT16(5),
    /** Signed 32-bit whole numbers. */
    INT32(6),
    /** Signed 64-bit whole numbers. */
    INT64(7),
    /** Text. */
    STRING(8),
    /** Truth values. */
    BOOL(9),
    /** 16-bit floating point. */
    FLOAT16(10),
    /** 64-bit floating point. */
    DOUBLE(11),
    /** Unsigned 32-bit whole numbers. */
    UINT32(12),
    /** Unsigned 64-bit whole numbers. */
    UINT64(13),
    /** 16-bit floating point with the exponent of 32-bit. */
    BFLOAT16(16),
    /** Any other: complex numbers, those of 8 or 4 bits, or what is no tensor. */
    OTHER(0);

    private final int code;

    TensorType(int code) {
        this.code = code;
    }

    static TensorType of(int code) {
        return Arrays.stream(values())
                .filter(type -> type.code == code)
                .findFirst()
                .orElse(OTHER);
    }

    /** Writes the type as files and messages name it: {@code int64}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
