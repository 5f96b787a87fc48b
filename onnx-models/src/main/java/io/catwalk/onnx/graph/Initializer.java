package io.catwalk.onnx.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * Fixes a value: a weight, or a number that the graph needs. What is laid out anew for the file (reordered,
 * transposed) is laid out whenever it is asked for, so that large weights are not held twice.
 *
 * @param value name, type and shape; the shape must be fixed
 * @param source gives the elements, row-major, little endian, always the same; not to be changed
 */
public record Initializer(Value value, Supplier<byte[]> source) {

    private static final int CHUNK = 1 << 16;

    /** Takes some bytes of an array. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] data, int from, int length) throws IOException;
    }

    /**
     * Fixes a value to elements that are held.
     *
     * @param value name, type and shape; the shape must be fixed
     * @param data the elements, row-major, little endian; not to be changed
     * @throws ExportException if the data does not fill the shape
     */
    public Initializer(Value value, byte[] data) {
        this(value, () -> data);
        requireFilled(data);
    }

    /**
     * Counts the bytes without asking for them.
     *
     * @return size of the elements in bytes
     */
    public long size() {
        return value.shape().size().fixed(value.name()) * value.type().bytes();
    }

    /**
     * Returns the elements.
     *
     * @return all elements, row-major, little endian; not to be changed
     * @throws ExportException if they do not fill the shape
     */
    public byte[] data() {
        byte[] data = source.get();
        requireFilled(data);
        return data;
    }

    /** Writes the elements. Java copies what goes into a file: a little at a time, which stays in the processor's cache. */
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

    /**
     * Reads the elements as floats.
     *
     * @return all elements, row-major
     */
    public float[] floats() {
        byte[] data = data();
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
