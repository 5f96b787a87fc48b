package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;

/** Computations in sequence layers that have no parameters. */
final class SequenceMath {

    private SequenceMath() {}

    /**
     * Averages the values of all steps, weighted by how well the query of a step matches their keys.
     *
     * @param projected (batch, time, 3 x features): queries, keys and values
     * @return (batch, time, features)
     */
    static NDArray attend(NDArray projected, int heads) {
        Shape shape = projected.getShape();
        long features = shape.get(2) / 3;
        long size = features / heads;
        NDArray perHead =
                projected.reshape(shape.get(0), shape.get(1), 3L * heads, size).transpose(0, 2, 1, 3);
        NDList parts = perHead.split(3, 1);
        NDArray fit =
                parts.get(0).div(Math.sqrt((double) size)).matMul(parts.get(1).transpose(0, 1, 3, 2));
        return fit.softmax(-1).matMul(parts.get(2)).transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(1), features);
    }

    /**
     * Computes the gate of each step and runs the recurrence.
     *
     * @param projected (batch, time, 2 x units): gates before their sigmoid, and candidates
     * @return (batch, time, units): the states
     */
    static NDArray minGru(NDArray projected) {
        NDList parts = projected.split(2, 2);
        NDArray gates = Activation.sigmoid(parts.get(0));
        return scan(gates.neg().add(1), gates.mul(parts.get(1)));
    }

    /**
     * Solves h(t) = keep(t) h(t - 1) + add(t) from h = 0 for all steps together (Hillis and Steele, "Data Parallel
     * Algorithms", 1986): each round combines every step with an earlier one, and doubles the distance between the two.
     *
     * @param keep (batch, time, units)
     * @param add (batch, time, units)
     * @return (batch, time, units)
     */
    static NDArray scan(NDArray keep, NDArray add) {
        long time = add.getShape().get(1);
        for (long reach = 1; reach < time; reach *= 2) {
            add = add.add(keep.mul(later(add, reach)));
            keep = keep.mul(later(keep, reach));
        }
        return add;
    }

    /** Shifts a sequence to later steps; the first ones become 0, as needed for states that start at 0. */
    private static NDArray later(NDArray sequence, long steps) {
        long time = sequence.getShape().get(1);
        return sequence.split(new long[] {time - steps}, 1).get(0).pad(new Shape(0, 0, steps, 0), 0);
    }
}
