package io.catwalk.onnx.trace;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hands parameters out as constants of the trace, named by their path in the block. */
final class TracedParameters extends ParameterStore {

    private final Tracer tracer;
    private final ParameterStore source;
    private final Map<String, String> paths = new HashMap<>();
    private final IdentityHashMap<Parameter, TracedArray> known = new IdentityHashMap<>();

    TracedParameters(Tracer tracer, Block root, ParameterStore source) {
        super(tracer.realManager(), false);
        this.tracer = tracer;
        this.source = source;
        walk(root, "");
    }

    private void walk(Block block, String prefix) {
        block.getDirectParameters()
                .forEach(pair -> paths.putIfAbsent(pair.getValue().getId(), prefix + pair.getKey()));
        block.getChildren().forEach(child -> walk(child.getValue(), prefix + child.getKey() + "."));
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
                                .frozen())
                .proxy();
    }

    @Override
    public NDManager getManager() {
        return tracer.manager();
    }
}
