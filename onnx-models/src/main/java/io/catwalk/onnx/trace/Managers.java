package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.ExportException;
import java.util.Optional;

/** Opens managers for calls of a network. */
public final class Managers {

    private Managers() {}

    /**
     * Opens a manager on the device of the weights.
     *
     * @param parameters store of its weights; empty to take them from the block
     */
    public static NDManager open(Block block, Optional<ParameterStore> parameters) {
        try {
            return parameters
                    .map(ParameterStore::getManager)
                    .or(() -> block.getParameters().values().stream()
                            .filter(Parameter::isInitialized)
                            .findFirst()
                            .map(weight -> weight.getArray().getManager()))
                    .map(NDManager::newSubManager)
                    .orElseGet(NDManager::newBaseManager);
        } catch (IllegalStateException e) {
            throw new ExportException(
                    "the manager of the weights is closed (" + e.getMessage() + "): export before it is closed", e);
        }
    }
}
