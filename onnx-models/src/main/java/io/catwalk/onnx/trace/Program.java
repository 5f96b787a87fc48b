package io.catwalk.onnx.trace;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The traced program of a network, for any size of its dynamic axes.
 *
 * @param names names that forward gave to the inputs and then to the outputs ({@code NDArray.setName})
 */
public record Program(List<Step> steps, List<Operand> outputs, List<Optional<String>> names) {

    public Program {
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
        names = List.copyOf(names);
    }

    /** Fills in the longest form of constants whose length depends on dynamic axes. */
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
