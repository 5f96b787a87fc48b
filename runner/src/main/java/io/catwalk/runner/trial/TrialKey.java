package io.catwalk.runner.trial;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import java.util.List;
import tools.jackson.databind.SerializationFeature;

/**
 * Identifies what made a trial: with another key, the outcome may differ.
 *
 * @param digest SHA-256, in hexadecimal, of the plugin with its jar, the data set, the split, the versions of
 *     Catwalk, DJL and PyTorch, and the trial with its hyperparameters, recipe, seed, fold, threads and device
 */
public record TrialKey(String digest) {

    /** Computes the key of a trial. */
    public static TrialKey of(TrialOrder order) {
        TrialInputs inputs = order.inputs();
        List<Object> parts = List.of(
                inputs.pluginId(),
                inputs.pluginVersion(),
                inputs.pluginSha256(),
                inputs.datasetSha256(),
                inputs.software().catwalk(),
                inputs.software().djl(),
                inputs.software().pytorch(),
                order.dataset().imageSize() == null ? "" : order.dataset().imageSize(),
                order.dataset().limitTrain(),
                order.dataset().limitTest(),
                order.split(),
                order.spec());
        // The order in which hyperparameters were written does not change the network.
        String text =
                Json.LINE.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).writeValueAsString(parts);
        return new TrialKey(new Sha256().add(text).hex());
    }
}
