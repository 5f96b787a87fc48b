package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Holds the complete state of a training between two epochs.
 *
 * @param history of the epochs so far
 * @param bestEpoch number of the best of them
 * @param step number of steps so far
 * @param order of the training images after the last epoch
 * @param shuffle state of the generator that shuffles them
 * @param vectors the weights, those of the best epoch, their average if there is one, and the optimizer's state
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once, never compared
record Checkpoint(List<Epoch> history, int bestEpoch, long step, int[] order, long shuffle, List<NDArray> vectors) {}
