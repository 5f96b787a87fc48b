package io.catwalk.runner.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Provides parameters for one batch: the same values in the same memory, as arrays of the batch's own
 * manager. In DJL a result belongs to the manager of the array that it is computed from. If that array were the
 * parameter itself, the result would stay in memory as long as the weights do.
 */
class ParametersInScope extends ParameterStore {

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
