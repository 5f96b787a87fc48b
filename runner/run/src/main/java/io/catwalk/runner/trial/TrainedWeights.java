package io.catwalk.runner.trial;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.training.Epoch;
import java.util.List;

/**
 * How the weights of a trial were made, and what that cost. It is written once the weights are on the disk, so that all
 * later steps can be repeated without training again.
 *
 * @param key identifies what made them
 * @param history of the training, one record per epoch
 */
record TrainedWeights(
        String key,
        TrialFile.Digest weights,
        Efficiency efficiency,
        Timing timing,
        Normalization normalization,
        Provenance provenance,
        List<Epoch> history) {}
