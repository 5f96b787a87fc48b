package io.catwalk.onnx.graph;

import java.util.function.ToLongFunction;

/**
 * A number that Java computes from sizes and that need not be whole: {@code factor * kind(over / under)}.
 *
 * @param factor not 0
 */
public record SizeFunction(double factor, Kind kind, Dim over, Dim under) {

    /** What is done with a quotient of two sizes. */
    public enum Kind {
        PLAIN,
        ROOT,
        LOG
    }

    /** Computes the number from the sizes of the axes by their names. */
    public double at(ToLongFunction<String> sizes) {
        double quotient = (double) over.at(sizes) / under.at(sizes);
        return factor
                * switch (kind) {
                    case PLAIN -> quotient;
                    case ROOT -> Math.sqrt(quotient);
                    case LOG -> Math.log(quotient);
                };
    }

    @Override
    public String toString() {
        return factor + " * " + kind + "(" + over + " / " + under + ")";
    }
}
