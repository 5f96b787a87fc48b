package io.catwalk.onnx.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Fixes a value: a weight, or a number that the graph needs.
 *
 * @param value name, type and shape; the shape must be fixed
 * @param data the elements, row-major, little endian; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // weights are large: they are shared, never copied or compared
public record Initializer(Value value, byte[] data) {

    /** Checks that the data fills the shape. */
    public Initializer {
        long expected = value.shape().size().fixed(value.name()) * value.type().bytes();
        if (data.length != expected) {
            throw new ExportException(value.name() + " of shape " + value.shape() + " needs " + expected
                    + " bytes, found " + data.length);
        }
    }

    /**
     * Reads the elements as floats.
     *
     * @return all elements, row-major
     */
    public float[] floats() {
        float[] floats = new float[data.length / Float.BYTES];
        ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    /**
     * Lays floats out as the data of an initializer.
     *
     * @param floats all elements, row-major
     * @return little endian bytes
     */
    public static byte[] bytes(float... floats) {
        ByteBuffer buffer = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(floats);
        return buffer.array();
    }

    /**
     * Lays whole numbers out as the data of an initializer.
     *
     * @param longs all elements, row-major
     * @return little endian bytes
     */
    public static byte[] bytes(long... longs) {
        ByteBuffer buffer = ByteBuffer.allocate(longs.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(longs);
        return buffer.array();
    }
}
