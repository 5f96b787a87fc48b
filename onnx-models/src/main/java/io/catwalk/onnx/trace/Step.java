package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.Dim;
import java.util.List;

/** One step of a program. */
public sealed interface Step {

    /**
     * Takes the input of the network.
     *
     * @param operand what it is
     */
    record Input(Operand operand) implements Step {}

    /**
     * Takes an array that is the same for every input and every batch.
     *
     * @param operand what it is
     * @param hint path of the parameter, or where it was made
     * @param data elements, row-major, little endian
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Constant(Operand operand, String hint, byte[] data) implements Step {}

    /**
     * Takes an array that repeats one slice along an axis that follows the batch.
     *
     * @param operand what it is
     * @param slice the slice, of size 1 along the axes that follow the batch
     */
    record Repeated(Operand operand, Constant slice) implements Step {}

    /**
     * Takes whole numbers that the batch determines.
     *
     * @param operand what it is: a scalar
     * @param number the number as a function of the batch
     */
    record Counted(Operand operand, Dim number) implements Step {}

    /**
     * Takes 0, 1, 2, ... up to a number that follows the batch.
     *
     * @param operand what it is: as many elements as the batch has samples
     */
    record Counting(Operand operand) implements Step {}

    /**
     * Applies a primitive of DJL.
     *
     * @param arguments the primitive and what it is applied to
     * @param results what it makes
     */
    record Call(Arguments arguments, List<Operand> results) implements Step {

        /** Copies the results. */
        public Call {
            results = List.copyOf(results);
        }
    }
}
