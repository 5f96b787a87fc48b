package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.zoo.Network.Feed;
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
    static Values drawn(Feed feed, Shape shape, long seed) {
        boolean whole = !feed.type().isFloating();
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

    NDArray array(NDManager manager) {
        return manager.create(numbers, shape).toType(type, false);
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
