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
 * Hands out the weights of a network that is not trained any more, taken out of the gradient graph once for many
 * calls: one at a time, that is a third of the time that a small network takes. What a network computes from its
 * weights alone stays as long as they do (see {@link ParametersInScope}), so that they are taken out anew from time to
 * time. Kernels of convolutions are brought into the layout of the images then.
 */
final class DetachedWeights implements Function<NDManager, ParameterStore> {

    private static final int MOST_CALLS = 1000;

    /** What a network may leave behind, if it computes something of the size of all its weights in each call. */
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

    /** Returns the weights for a call whose manager is {@code call}; they belong to its parent. */
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
