package io.catwalk.onnx.runtime;

import java.util.Arrays;
import java.util.Locale;

/** Names the types of elements that a file declares for its inputs and outputs ({@code TensorProto.DataType}). */
public enum TensorType {
    /** 32-bit floating point. */
    FLOAT(1, 4),
    /** Unsigned 8-bit whole numbers. */
    UINT8(2, 1),
    /** Signed 8-bit whole numbers. */
    INT8(3, 1),
    /** Unsigned 16-bit whole numbers. */
    UINT16(4, 0),
    /** Signed 16-bit whole numbers. */
    INT16(5, 2),
    /** Signed 32-bit whole numbers. */
    INT32(6, 4),
    /** Signed 64-bit whole numbers. */
    INT64(7, 8),
    /** Text. */
    STRING(8, 0),
    /** Truth values. */
    BOOL(9, 1),
    /** 16-bit floating point. */
    FLOAT16(10, 2),
    /** 64-bit floating point. */
    DOUBLE(11, 8),
    /** Unsigned 32-bit whole numbers. */
    UINT32(12, 0),
    /** Unsigned 64-bit whole numbers. */
    UINT64(13, 0),
    /** 16-bit floating point with the exponent of 32-bit. */
    BFLOAT16(16, 2),
    /** Any other: complex numbers, other numbers of 8 or 4 bits, or a value that is not a tensor. */
    OTHER(0, 0);

    private final int code;
    private final int bytes; // of an element in a Tensor; 0 for types that it does not hold

    TensorType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** {@return the number that stands for this type in a file ({@code TensorProto.DataType}); 0 for {@link #OTHER}} */
    public int code() {
        return code;
    }

    /** Tells whether a {@link Tensor} can hold this type. */
    boolean isHeld() {
        return bytes > 0;
    }

    /** {@return the size of an element in bytes; 0 for types that a {@link Tensor} does not hold} */
    public int bytes() {
        return bytes;
    }

    /**
     * Returns the type of a code.
     *
     * @param code a number of {@code TensorProto.DataType}
     * @return the type; {@link #OTHER} if it is none of these
     */
    public static TensorType of(int code) {
        return Arrays.stream(values())
                .filter(type -> type.code == code)
                .findFirst()
                .orElse(OTHER);
    }

    static TensorType named(String name) {
        return Arrays.stream(values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElse(OTHER);
    }

    /** Tells whether the elements are real numbers, which are rounded: not whole numbers, booleans, text and others. */
    public boolean isReal() {
        return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
    }

    /** Returns the name of the type in files and messages, such as {@code int64}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
