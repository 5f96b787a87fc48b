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
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

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

    static Values of(OnnxTensor tensor) throws OrtException {
        long[] shape = tensor.getInfo().getShape();
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        return switch (tensor.getInfo().type) {
            case FLOAT, FLOAT16 -> {
                FloatBuffer buffer = tensor.getFloatBuffer();
                DataType type = tensor.getInfo().type == OnnxJavaType.FLOAT ? DataType.FLOAT32 : DataType.FLOAT16;
                yield of(type, shape, size, buffer::get);
            }
            case DOUBLE -> of(DataType.FLOAT64, shape, size, tensor.getDoubleBuffer()::get);
            case INT64 -> of(DataType.INT64, shape, size, tensor.getLongBuffer()::get);
            case INT32 -> of(DataType.INT32, shape, size, tensor.getIntBuffer()::get);
            case INT8 -> of(DataType.INT8, shape, size, tensor.getByteBuffer()::get);
            case UINT8 -> {
                ByteBuffer buffer = tensor.getByteBuffer();
                yield of(DataType.UINT8, shape, size, i -> buffer.get(i) & 0xff);
            }
            case BOOL -> of(DataType.BOOLEAN, shape, size, tensor.getByteBuffer()::get);
            default -> throw new IllegalStateException("an output of type " + tensor.getInfo().type);
        };
    }

    private static Values of(DataType type, long[] shape, int size, IntToDoubleFunction element) {
        double[] numbers = IntStream.range(0, size).mapToDouble(element).toArray();
        return new Values(type, new Shape(shape), numbers);
    }

    NDArray array(NDManager manager) {
        return manager.create(numbers, shape).toType(type, false);
    }

    OnnxTensor tensor(OrtEnvironment environment) throws OrtException {
        long[] axes = shape.getShape();
        int size = numbers.length;
        switch (type) {
            case FLOAT32 -> {
                FloatBuffer buffer = FloatBuffer.allocate(size);
                Arrays.stream(numbers).forEach(value -> buffer.put((float) value));
                return OnnxTensor.createTensor(environment, buffer.flip(), axes);
            }
            case FLOAT64 -> {
                return OnnxTensor.createTensor(environment, DoubleBuffer.wrap(numbers), axes);
            }
            case INT64 -> {
                return OnnxTensor.createTensor(
                        environment,
                        LongBuffer.wrap(Arrays.stream(numbers)
                                .mapToLong(value -> (long) value)
                                .toArray()),
                        axes);
            }
            case INT32 -> {
                return OnnxTensor.createTensor(
                        environment,
                        IntBuffer.wrap(Arrays.stream(numbers)
                                .mapToInt(value -> (int) value)
                                .toArray()),
                        axes);
            }
            case UINT8, BOOLEAN -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(size);
                Arrays.stream(numbers).forEach(value -> buffer.put((byte) value));
                OnnxJavaType as = type == DataType.UINT8 ? OnnxJavaType.UINT8 : OnnxJavaType.BOOL;
                return OnnxTensor.createTensor(environment, buffer.flip(), axes, as);
            }
            default -> throw new IllegalArgumentException("no input is of type " + type);
        }
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
