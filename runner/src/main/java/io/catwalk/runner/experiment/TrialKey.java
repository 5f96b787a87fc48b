package io.catwalk.runner.experiment;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.TrialOrder;
import java.util.List;

/**
 * Identifies what made a trial: with another key it would have another outcome.
 *
 * @param digest SHA-256, in hexadecimal, of the plugin with its jar, the data set, the split, and the trial
 *     with its hyperparameters, recipe, seed, fold and threads
 */
record TrialKey(String digest) {

    /** Computes the key of a trial that such a plugin makes of such data. */
    static TrialKey of(
            TrialOrder order, String pluginId, String pluginVersion, String pluginSha256, String datasetSha256) {
        List<Object> parts = List.of(
                pluginId,
                pluginVersion,
                pluginSha256,
                datasetSha256,
                order.dataset().imageSize() == null ? "" : order.dataset().imageSize(),
                order.dataset().limitTrain(),
                order.dataset().limitTest(),
                order.split(),
                order.spec());
        return new TrialKey(
                new Sha256().add(Json.LINE.writeValueAsString(parts)).hex());
    }

    /** Computes the key of a trial that has been run. */
    static TrialKey of(TrialOrder order, Provenance provenance) {
        return of(
                order,
                provenance.pluginId(),
                provenance.pluginVersion(),
                provenance.pluginSha256(),
                provenance.datasetSha256());
    }
}
