package io.catwalk.onnx.lowering;

import io.catwalk.onnx.runtime.Normalization;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Options for lowering a program to a graph.
 *
 * @param opset version of the default operator set, 13 to 21
 * @param preprocessing converts pixels to the network's input, inside of the graph; empty to leave that to the caller
 */
public record LoweringOptions(int opset, Optional<Normalization> preprocessing, Set<ExportFlag> choices) {

    private static final int OLDEST_OPSET = 13;
    private static final int NEWEST_OPSET = 21;
    private static final int DEFAULT_OPSET = 17;

    /** Checks the operator set and copies the choices. */
    public LoweringOptions {
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            throw new IllegalArgumentException(
                    "expected an opset from " + OLDEST_OPSET + " to " + NEWEST_OPSET + ", found " + opset);
        }
        choices = Set.copyOf(choices);
    }

    /** Returns the default options: opset 17, normalized floats as input, logits as output. */
    public static LoweringOptions withDefaults() {
        return new LoweringOptions(DEFAULT_OPSET, Optional.empty(), Set.of());
    }

    /** Sets the opset. */
    public LoweringOptions withOpset(int version) {
        return new LoweringOptions(version, preprocessing, choices);
    }

    /** Makes the model take pixels instead of normalized floats. */
    public LoweringOptions with(Normalization pixels) {
        return new LoweringOptions(opset, Optional.of(pixels), choices);
    }

    /** Adds a choice. */
    public LoweringOptions with(ExportFlag choice) {
        return new LoweringOptions(
                opset,
                preprocessing,
                Stream.concat(choices.stream(), Stream.of(choice)).collect(Collectors.toSet()));
    }

    /** Names what can be written in another way than by default. */
    public enum ExportFlag {
        /** Writes the softmax of the logits as the last output. */
        PROBABILITIES,
        /** Writes recurrent layers step by step, as {@code MatMul}, {@code Add}, {@code Sigmoid} and {@code Tanh}. */
        UNROLLED_RECURRENCE,
        /** Folds each batch normalization into the convolution right before it. */
        FOLDED_BATCH_NORM,
        /** Stores large weights as FLOAT16 and casts them to FLOAT. */
        FLOAT16_WEIGHTS,
        /** Writes large tensors into a second file beside the model. */
        EXTERNAL_DATA
    }
}
