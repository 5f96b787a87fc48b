package io.catwalk.runner.report.drawing;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes one layer of a network at inference: what computes, together with the normalization and the
 * activation that follow it.
 *
 * @param kind what sort of layer it is
 * @param name such as {@code convolution 3×3}
 * @param detail such as {@code 32 filters, stride 2, ReLU}; may be empty
 * @param output sizes of what it gives for one sample, without the batch
 * @param parameters that were learned; running means of a batch norm are not
 * @param multiplyAccumulates for one sample
 * @param inputs indices of the layers that it reads, among those of its {@link ArchitectureGraph}
 * @param recurrence how it walks over a sequence; null for all but recurrent layers
 */
public record Layer(
        Kind kind,
        String name,
        String detail,
        List<Long> output,
        long parameters,
        long multiplyAccumulates,
        List<Integer> inputs,
        @Nullable Recurrence recurrence) {

    /** Copies the lists. */
    public Layer {
        output = List.copyOf(output);
        inputs = List.copyOf(inputs);
    }

    /** Sorts layers by what they do; each has its color in a drawing. */
    public enum Kind {
        /** The images. */
        INPUT("#7F7F7F"),
        /** Convolutions. */
        CONVOLUTION("#0072B2"),
        /** Pools and means over an axis. */
        POOL("#009E73"),
        /** Dense layers and matrix products. */
        DENSE("#D55E00"),
        /** LSTM, GRU and simple recurrent nets. */
        RECURRENT("#CC79A7"),
        /** A normalization that is not part of the layer before it. */
        NORMALIZATION("#E69F00"),
        /** An activation that is not part of the layer before it. */
        ACTIVATION("#E69F00"),
        /** Where branches meet. */
        MERGE("#56B4E9"),
        /** Other axes for the same numbers, or a part of them. */
        SHAPE("#7F7F7F"),
        /** Any other operator. */
        OTHER("#56B4E9"),
        /** What the network answers. */
        OUTPUT("#7F7F7F");

        private final String color;

        Kind(String color) {
            this.color = color;
        }

        String color() {
            return color;
        }
    }

    /**
     * Says how a recurrent layer walks over a sequence.
     *
     * @param cell such as {@code LSTM}
     * @param steps length of the sequence
     * @param hidden size of the state
     * @param way in which the sequence is read
     * @param answers which of the states are given on
     */
    public record Recurrence(String cell, long steps, long hidden, Way way, Answers answers) {}

    /** Says in which way a sequence is read. */
    public enum Way {
        /** From its start. */
        FORWARD,
        /** From its end. */
        REVERSE,
        /** Both ways, by two cells. */
        BIDIRECTIONAL
    }

    /** Says which states of a recurrent layer are given on. */
    public enum Answers {
        /** That of every step. */
        ALL,
        /** Only the last. */
        LAST
    }

    /**
     * Writes the sizes of the output.
     *
     * @return such as {@code 32 × 14 × 14}; {@code 1} for a single number
     */
    public String outputShape() {
        return output.isEmpty() ? "1" : output.stream().map(Object::toString).collect(Collectors.joining(" × "));
    }
}
