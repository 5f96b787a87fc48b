package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.Dim;
import java.util.List;
import java.util.Optional;

/** One step of a program. */
public sealed interface Step {

    /** Takes the next input of the network. */
    record Input(Operand operand) implements Step {}

    /** Takes an array that does not depend on the input. */
    sealed interface Given extends Step {
        Operand operand();
    }

    /** Takes an array that is the same for every input and every size of its axes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Constant(Operand operand, String hint, byte[] data) implements Given {}

    /**
     * Takes an array that repeats one slice along a dynamic axis.
     *
     * @param slice the slice, of size 1 along the dynamic axes
     */
    record Repeated(Operand operand, Constant slice) implements Given {}

    /**
     * Takes the beginning of an array that is longest at the largest sizes of the dynamic axes.
     *
     * @param longest the whole array; empty until it is known
     */
    record Prefix(Operand operand, String hint, Optional<Constant> longest) implements Given {}

    /** Takes a whole number that depends on the sizes. */
    record Counted(Operand operand, Dim number) implements Given {}

    /** Takes equally spaced whole numbers, such as 0, 1, 2, ...; their count depends on the sizes. */
    record Counting(Operand operand, Dim first, Dim step) implements Given {}

    /**
     * Takes an array that the graph computes from the sizes, as forward does.
     *
     * @param recipe constants and calls whose ids are negative; its output is the array
     */
    record Computed(Operand operand, Program recipe) implements Given {}

    /** Applies a primitive of DJL. */
    record Call(Arguments arguments, List<Operand> results) implements Step {

        public Call {
            results = List.copyOf(results);
        }
    }
}
