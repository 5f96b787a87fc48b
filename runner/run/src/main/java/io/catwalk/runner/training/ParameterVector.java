package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.catwalk.api.ParameterGroup;
import io.catwalk.onnx.ParameterPaths;
import io.catwalk.runner.training.WarmStart.TransferReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all parameters of a network in one vector; each parameter is a view of it.
 *
 * <p>A step of the optimizer, an average, a snapshot or a norm is then a handful of operations on one array, however
 * many layers there are. The vector holds, in this order: weights with decay, other trainable parameters, and what is
 * not trained, such as the running statistics of batch normalization and everything that is frozen. Kernels of
 * convolutions are stored in the layout of the images, and have their usual shape everywhere else. The vector belongs
 * to the manager that it was made with, is on its device, and is freed with it.
 */
final class ParameterVector {

    private final ImageLayout layout;
    private final List<Parameter> parameters;
    private final Map<String, Double> rates;
    private final Map<String, NDArray> views = new LinkedHashMap<>();
    private final List<Segment> segments = new ArrayList<>();
    private final NDArray vector;

    private ParameterVector(
            NDManager owner,
            ImageLayout layout,
            List<Parameter> parameters,
            Map<String, Double> rates,
            NDArray values) {
        this.layout = layout;
        this.parameters = parameters;
        this.rates = rates;
        vector = values;
        vector.attach(owner);
        long offset = 0;
        for (Parameter parameter : parameters) {
            long end = offset + parameter.getShape().size();
            NDArray view = layout.view(vector.get(offset + ":" + end), parameter.getShape());
            view.attach(owner);
            views.put(parameter.getId(), view);
            if (isTrained(parameter)) {
                add(new Segment(offset, end, decays(parameter), rate(rates, parameter)));
            }
            offset = end;
        }
    }

    private void add(Segment next) {
        Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        if (last != null && last.decays == next.decays && last.rate == next.rate) {
            segments.set(segments.size() - 1, new Segment(last.from, next.to, next.decays, next.rate));
        } else {
            segments.add(next);
        }
    }

    /**
     * A range of consecutive values of the vector, without the last index, that are updated alike: with weight decay or
     * not, with a factor of the learning rate above 0.
     */
    record Segment(long from, long to, boolean decays, double rate) {}

    /**
     * Copies the parameters of an initialized network.
     *
     * @param layout in which the network gets its images
     * @param rateOf factor of the learning rate for a parameter; 0 freezes it
     */
    static ParameterVector of(NDManager owner, Block block, ImageLayout layout, ToDoubleFunction<Parameter> rateOf) {
        // A parameter that two layers share counts once.
        Map<String, Parameter> distinct = new LinkedHashMap<>();
        for (Pair<String, Parameter> pair : block.getParameters()) {
            distinct.put(pair.getValue().getId(), pair.getValue());
        }
        Map<String, Double> rates = new HashMap<>();
        distinct.forEach(
                (id, parameter) -> rates.put(id, parameter.requiresGradient() ? rateOf.applyAsDouble(parameter) : 0));
        List<Parameter> sorted = new ArrayList<>(distinct.values());
        sorted.sort(Comparator.<Parameter>comparingInt(
                        parameter -> rate(rates, parameter) == 0 ? 2 : decays(parameter) ? 0 : 1)
                .thenComparingDouble(parameter -> rate(rates, parameter)));
        if (sorted.isEmpty() || rate(rates, sorted.get(0)) == 0) {
            throw new TrainingException("expected a network with trainable parameters, but found none"
                    + (distinct.values().stream().anyMatch(Parameter::requiresGradient) ? ": all are frozen" : ""));
        }
        try (NDManager scratch = owner.newSubManager()) {
            NDList flat = new NDList();
            for (Parameter parameter : sorted) {
                NDArray array = parameter.getArray().stopGradient();
                array.attach(scratch);
                flat.add(layout.memory(array));
            }
            NDArray values = NDArrays.concat(flat).toDevice(owner.getDevice(), false);
            return new ParameterVector(owner, layout, sorted, rates, values);
        }
    }

    /**
     * Returns the factor of the learning rate for each parameter, by the groups of the recipe, of which the first that
     * contains it counts, and by the origin of its values.
     */
    static ToDoubleFunction<Parameter> rates(
            Block block, List<ParameterGroup> groups, @Nullable WarmStart start, @Nullable TransferReport transfer) {
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

    ParameterVector copy(NDManager owner) {
        return new ParameterVector(owner, layout, parameters, rates, vector.duplicate());
    }

    /** Returns all values: weights with decay, other trainable parameters, untrained ones. */
    NDArray vector() {
        return vector;
    }

    /** Returns the segments, from the start of the vector. */
    List<Segment> segments() {
        return segments;
    }

    /** Returns the number of trained values, which are at the start of the vector. */
    long trainable() {
        return segments.get(segments.size() - 1).to;
    }

    /** Provides the values for evaluation, as arrays of {@code scope}. */
    ParameterStore frozen(NDManager scope) {
        return new ParametersInScope(scope, this::view);
    }

    /**
     * Writes the values into the network's own parameters, to save or export them from there. (DJL's
     * copyTo gives an array other memory and so disconnects its views: it is only for arrays without views.)
     */
    void writeInto(Block block) {
        for (Pair<String, Parameter> pair : block.getParameters()) {
            NDArray own = pair.getValue().getArray();
            own.setRequiresGradient(false);
            view(pair.getValue()).toDevice(own.getDevice(), false).copyTo(own);
        }
    }

    private NDArray view(Parameter parameter) {
        return Objects.requireNonNull(views.get(parameter.getId()), "a parameter that the network did not have");
    }

    private boolean isTrained(Parameter parameter) {
        return rate(rates, parameter) > 0;
    }

    private static double rate(Map<String, Double> rates, Parameter parameter) {
        return Objects.requireNonNull(rates.get(parameter.getId()), "a parameter that the network did not have");
    }

    private static boolean decays(Parameter parameter) {
        return parameter.getType() == Parameter.Type.WEIGHT;
    }

    /** The leaves of one step, as arrays of its manager, and, after the backward pass, their gradients. */
    final class Leaves {

        private final NDManager step;
        private final Map<String, NDArray> leaves = new HashMap<>();

        Leaves(NDManager step) {
            this.step = step;
        }

        ParameterStore store() {
            return new ParametersInScope(step, ParameterVector.this::view) {
                @Override
                NDArray inScope(Parameter parameter) {
                    if (!isTrained(parameter)) {
                        return super.inScope(parameter);
                    }
                    return leaves.computeIfAbsent(parameter.getId(), id -> {
                        NDArray leaf = super.inScope(parameter);
                        leaf.setRequiresGradient(true);
                        return leaf;
                    });
                }
            };
        }

        /** Returns the gradients as one vector of {@link #trainable()} values, 0 where a parameter was not used. */
        NDArray gradient() {
            NDList gradients = new NDList();
            for (Parameter parameter : parameters) {
                if (isTrained(parameter)) {
                    NDArray leaf = leaves.get(parameter.getId());
                    NDArray gradient = leaf == null ? step.zeros(parameter.getShape()) : leaf.getGradient();
                    gradient.attach(step);
                    gradients.add(layout.memory(gradient));
                }
            }
            return NDArrays.concat(gradients);
        }
    }

    /**
     * Provides parameters for one batch: the same values in the same memory, as arrays of the batch's own
     * manager. In DJL a result belongs to the manager of the array that it is computed from. If that array were the
     * parameter itself, the result would stay in memory as long as the weights do.
     */
    static class ParametersInScope extends ParameterStore {

        private final NDManager scope;
        private final Function<Parameter, NDArray> values;

        /** Creates a store with the values of parameters, for a scope that is closed after the batch. */
        ParametersInScope(NDManager scope, Function<Parameter, NDArray> values) {
            super(scope, false);
            this.scope = scope;
            this.values = values;
        }

        @Override
        public final @Nullable NDArray getValue(@Nullable Parameter parameter, Device device, boolean training) {
            return parameter == null ? null : inScope(parameter);
        }

        NDArray inScope(Parameter parameter) {
            NDArray array = values.apply(parameter).stopGradient();
            array.attach(scope);
            return array;
        }
    }
}
