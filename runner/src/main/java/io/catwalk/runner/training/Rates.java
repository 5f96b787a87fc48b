package io.catwalk.runner.training;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.catwalk.api.ParameterGroup;
import io.catwalk.onnx.ParameterPaths;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Computes the learning rate of each parameter, by the groups of the recipe and by the origin of its values. */
final class Rates {

    private Rates() {}

    /**
     * Returns the factor of the recipe's learning rate for each parameter of a network.
     *
     * @param groups of parameters; for each parameter the first group that contains it counts
     * @param start which weights the training starts from; null for random ones
     * @param transfer which of them were taken; null for none
     * @throws TrainingException if a group contains no parameter
     */
    static ToDoubleFunction<Parameter> of(
            Block block, List<ParameterGroup> groups, @Nullable Start start, @Nullable Transfer transfer) {
        Map<String, Double> rates = new HashMap<>();
        Set<ParameterGroup> found = new HashSet<>();
        ParameterPaths.of(block).forEach((name, parameter) -> {
            Optional<ParameterGroup> group =
                    groups.stream().filter(one -> one.contains(name)).findFirst();
            group.ifPresent(found::add);
            boolean taken = transfer != null && transfer.taken().contains(name);
            double ofStart = start != null && taken ? start.weights().rate() : 1;
            rates.put(parameter.getId(), group.map(ParameterGroup::rate).orElse(1.0) * ofStart);
        });
        for (ParameterGroup group : groups) {
            if (!found.contains(group)) {
                throw new TrainingException("expected parameters named " + group.names()
                        + ", for which the recipe sets a rate, but found none outside earlier groups: try one of "
                        + String.join(", ", ParameterPaths.of(block).keySet()));
            }
        }
        return parameter -> rates.getOrDefault(parameter.getId(), 1.0);
    }
}
