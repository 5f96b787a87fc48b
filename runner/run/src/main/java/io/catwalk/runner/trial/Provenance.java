package io.catwalk.runner.trial;

import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.training.WarmStart.TransferReport;
import org.jspecify.annotations.Nullable;

/**
 * Records everything that made a result, besides its recipe, hyperparameters and seed; digests are hexadecimal.
 *
 * @param splitSha256 digest of the training and validation indices
 * @param card name of the graphics card that it was trained on; null for the processor
 * @param transfer which weights it started from; null for random ones
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
