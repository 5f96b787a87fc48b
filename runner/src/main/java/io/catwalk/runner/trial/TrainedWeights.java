package io.catwalk.runner.trial;

import io.catwalk.runner.data.Normalization;

/**
 * Describes how the weights of a trial were made. It is written once the weights are on the disk, so that all later
 * steps can be repeated without training again.
 *
 * @param key identifies what made them
 * @param weights the file that holds them
 * @param efficiency what the training cost
 * @param timing when the training was and how long it took
 * @param normalization of the pixels that the network expects
 * @param provenance everything else that made them
 */
record TrainedWeights(
        String key,
        FileDigest weights,
        Efficiency efficiency,
        Timing timing,
        Normalization normalization,
        Provenance provenance) {}
