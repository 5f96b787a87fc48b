package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.catwalk.onnx.zoo.Network.Feed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/**
 * The numbers of an array, whoever holds it.
 *
 * @param type as DJL calls it
 * @param shape size of each axis
 * @param numbers row by row; a boolean is 0 or 1
 */
@SuppressWarnings("ArrayRecordComponent") // compared by distance only
record Values(DataType type, Shape shape, double[] numbers) {

    /** Draws what an input takes; the same seed gives the same numbers. */
    static Values drawn(Feed feed, long batch, long seed) {
        boolean whole = !feed.type().isFloating();
        Shape shape = feed.shape(batch);
        double[] numbers = new Random(seed)
                .doubles(shape.size(), feed.low(), feed.high())
                .map(value -> whole ? Math.floor(value) : (float) value)
                .toArray();
        return new Values(feed.type(), shape, numbers);
    }

    static Values of(NDArray array) {
        double[] numbers = array.toType(DataType.FLOAT64, true).toDoubleArray();
        return new Values(array.getDataType(), array.getShape(), numbers);
    }

    static Values of(OnnxTensor tensor, NDManager manager) {
        OnnxJavaType found = tensor.getInfo().type;
        DataType type = Arrays.stream(DataType.values())
                .filter(candidate -> name(candidate).equals(found.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("an output of type " + found));
        Shape shape = new Shape(tensor.getInfo().getShape());
        try (NDArray array = manager.create(direct(tensor.getByteBuffer()), shape, type)) {
            return of(array);
        }
    }

    /** What ONNX Runtime calls a type. */
    private static String name(DataType type) {
        return switch (type) {
            case FLOAT32 -> "FLOAT";
            case FLOAT64 -> "DOUBLE";
            case BOOLEAN -> "BOOL";
            default -> type.name();
        };
    }

    NDArray array(NDManager manager) {
        return manager.create(numbers, shape).toType(type, false);
    }

    OnnxTensor tensor(OrtEnvironment environment, NDManager manager) throws OrtException {
        try (NDArray array = array(manager)) {
            ByteBuffer bytes = direct(array.toByteBuffer());
            return OnnxTensor.createTensor(environment, bytes, shape.getShape(), OnnxJavaType.valueOf(name(type)));
        }
    }

    /** Both engines take the bytes of any type if they lie outside of the heap. */
    private static ByteBuffer direct(ByteBuffer bytes) {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder());
        return direct.put(bytes).flip();
    }

    /** How far these are from the expected ones, relative to the largest of those; 1 at least if they are of another kind. */
    double distanceTo(Values expected) {
        if (type != expected.type || !shape.equals(expected.shape)) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double scale = 0;
        for (int i = 0; i < numbers.length; i++) {
            double found = numbers[i];
            double right = expected.numbers[i];
            if (Double.isFinite(right)) {
                scale = Math.max(scale, Math.abs(right));
            }
            if (Double.compare(found, right) != 0 && found != right) {
                double difference = Math.abs(found - right);
                largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
            }
        }
        return largest == 0 ? 0 : largest / Math.max(scale, Float.MIN_NORMAL);
    }

    @Override
    public String toString() {
        return type + " " + shape;
    }
}
