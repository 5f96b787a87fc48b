package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands out parameters for one batch: the same values in the same memory, as arrays of the batch's own
 * manager. DJL gives a result the manager of the array that was asked for it; asked of a parameter
 * itself, it would stay for as long as the weights do.
 */
class ParametersInScope extends ParameterStore {

    private final NDManager scope;
    private final Function<Parameter, NDArray> values;

    /**
     * Creates a store.
     *
     * @param scope closed after the batch
     * @param values where the values of a parameter are
     */
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
