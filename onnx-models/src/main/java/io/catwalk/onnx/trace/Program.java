package io.catwalk.onnx.trace;

import java.util.List;

/**
 * Holds what a network does, for any batch size.
 *
 * @param steps in the order in which they were done
 * @param outputs what the network returns
 */
public record Program(List<Step> steps, List<Operand> outputs) {

    /** Copies the lists. */
    public Program {
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
    }
}
