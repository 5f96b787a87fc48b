package io.catwalk.onnx.trace;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what a network does, for any size of its dynamic axes.
 *
 * @param steps in the order in which they were done
 * @param outputs what the network returns
 * @param names what forward called the inputs and then the outputs ({@code NDArray.setName})
 */
public record Program(List<Step> steps, List<Operand> outputs, List<Optional<String>> names) {

    /** Copies the lists. */
    public Program {
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
        names = List.copyOf(names);
    }

    /** Fills in the constants that are longest where the dynamic axes are. */
    Program completed(Map<Integer, Step.Constant> longest) {
        List<Step> whole = steps.stream()
                .map(step -> step instanceof Step.Prefix prefix
                        ? new Step.Prefix(
                                prefix.operand(),
                                prefix.hint(),
                                Optional.ofNullable(longest.get(prefix.operand().id())))
                        : step)
                .toList();
        return new Program(whole, outputs, names);
    }
}
