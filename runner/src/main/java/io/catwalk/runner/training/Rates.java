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

/** Works out how fast each parameter learns: by the groups of the recipe, and by where its values came from. */
final class Rates {

    private Rates() {}

    /**
     * Returns what the learning rate of the recipe is multiplied by for each parameter of a network.
     *
     * @param groups of which the first that a parameter is of counts
     * @param start which weights the training starts from; null for random ones
     * @param transfer what was taken of them; null for nothing
     * @throws TrainingException if there is a group that no parameter is of
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
                        + ", for which the recipe has a rate, but the network has none that no group before it has: "
                        + String.join(", ", ParameterPaths.of(block).keySet()));
            }
        }
        return parameter -> rates.getOrDefault(parameter.getId(), 1.0);
    }
}
