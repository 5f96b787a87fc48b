package io.catwalk.runner.trial;

import io.catwalk.runner.data.Normalization;

/**
 * Tells how the weights of a trial came about: all that a training leaves beside them, written once they are
 * on the disk, so that whatever comes after can be made up for without training again.
 *
 * @param key identifies what made them
 * @param weights the file that holds them
 * @param efficiency what the training cost
 * @param timing when it was and how long it took
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
