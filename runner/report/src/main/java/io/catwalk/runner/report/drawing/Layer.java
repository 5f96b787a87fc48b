package io.catwalk.runner.report.drawing;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a network at inference, together with the normalization and the activation that follow it.
 *
 * @param name such as {@code convolution 3×3}
 * @param detail such as {@code 32 filters, stride 2, ReLU}; may be empty
 * @param output sizes of its output for one sample, without the batch
 * @param parameters number of its trained parameters; running means of a batch norm do not count
 * @param multiplyAccumulates MACs for one sample
 * @param inputs indices of the layers that it reads, in its {@link ArchitectureDrawing}
 * @param recurrence how it processes a sequence; null for all but recurrent layers
 */
record Layer(
        Kind kind,
        String name,
        String detail,
        List<Long> output,
        long parameters,
        long multiplyAccumulates,
        List<Integer> inputs,
        @Nullable Recurrence recurrence) {

    /** Kinds of layers; each has its color in a drawing. */
    public enum Kind {
        INPUT("#7F7F7F"),
        CONVOLUTION("#0072B2"),
        /** Pooling layers and means over an axis. */
        POOL("#009E73"),
        /** Dense layers and matrix products. */
        DENSE("#D55E00"),
        RECURRENT("#CC79A7"),
        /** A normalization that is not part of the layer before it. */
        NORMALIZATION("#E69F00"),
        /** An activation that is not part of the layer before it. */
        ACTIVATION("#E69F00"),
        /** Where branches meet. */
        MERGE("#56B4E9"),
        /** A change of the axes, or a part of the numbers. */
        SHAPE("#7F7F7F"),
        OTHER("#56B4E9"),
        OUTPUT("#7F7F7F");

        private final String color;

        Kind(String color) {
            this.color = color;
        }

        String color() {
            return color;
        }
    }

    public record Recurrence(String cell, long steps, long hidden, Way way, Answers answers) {}

    public enum Way {
        FORWARD,
        REVERSE,
        /** In both directions, by two cells. */
        BIDIRECTIONAL
    }

    /** The states of a recurrent layer that are its output. */
    public enum Answers {
        ALL,
        LAST
    }

    /** Returns the layer with other properties than its kind, its name and its way to process a sequence. */
    Layer with(String newDetail, List<Long> newOutput, long newParameters, long newWork, List<Integer> newInputs) {
        return new Layer(kind, name, newDetail, newOutput, newParameters, newWork, newInputs, recurrence);
    }

    /** Writes the sizes of the output, such as {@code 32 × 14 × 14}. */
    public String outputShape() {
        return output.isEmpty() ? "1" : output.stream().map(Object::toString).collect(Collectors.joining(" × "));
    }
}
