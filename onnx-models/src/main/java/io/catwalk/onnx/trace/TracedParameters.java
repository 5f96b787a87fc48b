package io.catwalk.onnx.trace;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.ParameterPaths;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Returns parameters as constants of the trace, named by their path in the block. */
final class TracedParameters extends ParameterStore {

    private final Tracer tracer;
    private final ParameterStore source;
    private final Map<String, String> paths;
    private final IdentityHashMap<Parameter, TracedArray> known = new IdentityHashMap<>();

    /**
     * Begins a call.
     *
     * @param paths paths of the parameters by their ids
     */
    TracedParameters(Tracer tracer, Map<String, String> paths, ParameterStore source) {
        super(tracer.realManager(), false);
        this.tracer = tracer;
        this.source = source;
        this.paths = paths;
    }

    /** Lists the paths of the parameters of a network by their ids; of a shared one, the first. */
    static Map<String, String> paths(Block root) {
        Map<String, String> paths = new HashMap<>();
        ParameterPaths.of(root).forEach((path, parameter) -> paths.putIfAbsent(parameter.getId(), path));
        return paths;
    }

    @Override
    @SuppressWarnings("NullAway") // DJL asks for parameters that a layer does without, such as a bias
    public @Nullable NDArray getValue(@Nullable Parameter parameter, Device device, boolean training) {
        if (parameter == null) {
            return null;
        }
        return known.computeIfAbsent(
                        parameter,
                        wanted -> tracer.constant(
                                        paths.getOrDefault(wanted.getId(), wanted.getName()),
                                        source.getValue(wanted, device, false))
                                .frozen(wanted.getId()))
                .proxy();
    }

    @Override
    public NDManager getManager() {
        return tracer.manager();
    }
}
