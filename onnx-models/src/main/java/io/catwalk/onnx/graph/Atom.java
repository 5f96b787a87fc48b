package io.catwalk.onnx.graph;

import java.util.function.ToLongFunction;

/** What sizes are made of beside numbers. */
public sealed interface Atom {

    /**
     * Computes the number that this stands for.
     *
     * @param sizes gives the size of each axis by its name
     * @return the number
     */
    long at(ToLongFunction<String> sizes);

    /**
     * Counts the steps that an axis of the input is long.
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
     * Divides and rounds down, as windows with a stride do.
     *
     * @param dividend what is divided
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
