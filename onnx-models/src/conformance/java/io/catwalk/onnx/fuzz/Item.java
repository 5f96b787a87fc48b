package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * An array of a fuzzed program; its first axis is the batch.
 *
 * @param array the numbers
 * @param exact whether every engine that computes in IEEE arithmetic gets the same bits, so that comparing and
 *     rounding cannot tip over
 */
record Item(NDArray array, boolean exact) {

    Item with(NDArray made) {
        return new Item(made, exact);
    }

    Item inexact(NDArray made) {
        return new Item(made, !made.getDataType().isFloating());
    }

    boolean isReal() {
        return array.getDataType() == DataType.FLOAT32;
    }

    boolean isBoolean() {
        return array.getDataType() == DataType.BOOLEAN;
    }

    int rank() {
        return array.getShape().dimension();
    }

    long size(int axis) {
        return array.getShape().get(axis);
    }

    Shape sample() {
        return array.getShape().slice(1);
    }

    /** How many a sample has. */
    long elements() {
        return sample().size();
    }

    NDManager manager() {
        return array.getManager();
    }

    long batch() {
        return array.getShape().get(0);
    }
}
