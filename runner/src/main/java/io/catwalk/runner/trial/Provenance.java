package io.catwalk.runner.trial;

import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.training.TransferReport;
import org.jspecify.annotations.Nullable;

/**
 * Records everything that made a result, besides its recipe, hyperparameters and seed.
 *
 * @param pluginId id of the plugin
 * @param pluginVersion its version
 * @param pluginSha256 digest of its jar, in hexadecimal
 * @param datasetSha256 digest of the data set, in hexadecimal
 * @param splitSha256 digest of the training and validation indices, in hexadecimal
 * @param threads of the engine
 * @param card name of the graphics card that it was trained on; null for the processor
 * @param transfer which weights it started from; null for random ones
 * @param software versions
 * @param machine that it ran on
 */
public record Provenance(
        String pluginId,
        String pluginVersion,
        String pluginSha256,
        String datasetSha256,
        String splitSha256,
        int threads,
        @Nullable String card,
        @Nullable TransferReport transfer,
        Software software,
        Machine machine) {

    /** Returns the plugin, the data set and the versions that the trial was made from. */
    public TrialOrder.Inputs inputs() {
        return new TrialOrder.Inputs(pluginId, pluginVersion, pluginSha256, datasetSha256, software);
    }
}
