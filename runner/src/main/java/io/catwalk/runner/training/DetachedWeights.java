package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Provides the weights of a network that is not trained any more. They are detached from the gradient graph once for
 * many calls: detaching them one at a time takes a third of the time of a small network. What a network computes from
 * its weights alone stays in memory as long as they do (see {@link ParametersInScope}), so they are detached again from
 * time to time. Kernels of convolutions are then brought into the layout of the images.
 */
final class DetachedWeights implements Function<NDManager, ParameterStore> {

    private static final int MOST_CALLS = 1000;

    /** Memory that a network may leave behind, if each call computes something of the size of all its weights. */
    private static final long MOST_BYTES = 64L << 20;

    private final ImageLayout layout;
    private final int calls;
    private final Map<String, NDArray> arrays = new HashMap<>();
    private @Nullable NDManager scope;
    private int left;

    /**
     * Creates a store for one predictor.
     *
     * @param layout in which the network gets its images
     * @param bytes size of all weights
     */
    DetachedWeights(ImageLayout layout, long bytes) {
        this.layout = layout;
        calls = (int) Math.max(1, Math.min(MOST_CALLS, MOST_BYTES / Math.max(1, bytes)));
    }

    /** Returns the weights for a call whose manager is {@code call}; they belong to the parent of that manager. */
    @Override
    public ParameterStore apply(NDManager call) {
        if (scope == null || left == 0) {
            if (scope != null) {
                scope.close();
            }
            arrays.clear();
            scope = call.getParentManager().newSubManager();
            left = calls;
        }
        left--;
        return new ParametersInScope(scope, Parameter::getArray) {
            @Override
            NDArray inScope(Parameter parameter) {
                return arrays.computeIfAbsent(parameter.getId(), id -> {
                    NDArray array = super.inScope(parameter);
                    return layout.view(layout.memory(array), array.getShape());
                });
            }
        };
    }
}
