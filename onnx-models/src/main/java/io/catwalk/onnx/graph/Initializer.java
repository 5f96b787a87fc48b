package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * A constant of a graph: a weight, or another number that the graph needs. Elements in a new layout (reordered,
 * transposed) are computed each time they are requested, so that large weights are not held in memory twice.
 *
 * @param value name, type and shape; the shape must be fixed
 * @param source returns the elements, row-major, little endian; always the same, and not to be changed
 */
public record Initializer(Value value, Supplier<byte[]> source) {

    private static final int CHUNK = 1 << 16;

    /** Takes some bytes of an array. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] data, int from, int length) throws IOException;
    }

    /** Creates a constant from its elements. */
    public Initializer(Value value, byte[] data) {
        this(value, () -> data);
        requireFilled(data);
    }

    /** Returns the size of the elements in bytes, without loading them. */
    public long size() {
        return value.shape().size().fixed(value.name()) * value.type().bytes();
    }

    /** {@return all elements, row-major, little endian; not to be changed} */
    public byte[] data() {
        byte[] data = source.get();
        requireFilled(data);
        return data;
    }

    /** Writes the elements in chunks: Java copies what goes into a file, and a chunk stays in the processor's cache. */
    void writeTo(Sink sink) throws IOException {
        byte[] data = data();
        for (int at = 0; at < data.length; at += CHUNK) {
            sink.write(data, at, Math.min(CHUNK, data.length - at));
        }
    }

    private void requireFilled(byte[] data) {
        if (data.length != size()) {
            throw new ExportException(
                    value.name() + " of shape " + value.shape() + " needs " + size() + " bytes, found " + data.length);
        }
    }

    /** Reads the elements as floats. */
    public float[] floats() {
        byte[] data = data();
        float[] floats = new float[data.length / Float.BYTES];
        ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    /** Encodes floats as the data of an initializer, little endian. */
    public static byte[] bytes(float... floats) {
        ByteBuffer buffer = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(floats);
        return buffer.array();
    }

    /** Encodes whole numbers as the data of an initializer, little endian. */
    public static byte[] bytes(long... longs) {
        ByteBuffer buffer = ByteBuffer.allocate(longs.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(longs);
        return buffer.array();
    }
}
