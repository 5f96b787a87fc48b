package io.catwalk.onnx.graph;

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

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /**
     * Returns the number that stands for this type in a file ({@code TensorProto.DataType}).
     *
     * @return the code
     */
    public int code() {
        return code;
    }

    /**
     * Returns the size of one element.
     *
     * @return size in bytes
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Tells whether this is a floating-point type.
     *
     * @return true for floats of 16, 32 and 64 bits
     */
    public boolean isReal() {
        return this == FLOAT16 || this == FLOAT || this == DOUBLE;
    }
}
