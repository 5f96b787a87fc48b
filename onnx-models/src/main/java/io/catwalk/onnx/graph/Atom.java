package io.catwalk.onnx.graph;

import java.util.function.ToLongFunction;

/** One factor of a symbolic dimension. */
public sealed interface Atom {

    /**
     * Computes the value of this factor.
     *
     * @param sizes gives the size of each axis by its name
     */
    long at(ToLongFunction<String> sizes);

    /**
     * The size of an input axis, counted in steps.
     *
     * @param name name of the axis
     * @param step every size of the axis is a multiple of it; at least 1
     */
    record Axis(String name, long step) implements Atom {
        @Override
        public long at(ToLongFunction<String> sizes) {
            return sizes.applyAsLong(name) / step;
        }

        @Override
        public String toString() {
            return step == 1 ? name : name + "/" + step;
        }
    }

    /**
     * A quotient that is rounded down, such as the number of windows with a stride.
     *
     * @param dividend the size that is divided
     * @param divisor at least 2
     */
    record Quotient(Dim dividend, long divisor) implements Atom {
        @Override
        public long at(ToLongFunction<String> sizes) {
            return Math.floorDiv(dividend.at(sizes), divisor);
        }

        @Override
        public String toString() {
            return "floor((" + dividend + ")/" + divisor + ")";
        }
    }
}
