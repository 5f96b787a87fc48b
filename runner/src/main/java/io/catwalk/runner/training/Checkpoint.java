package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Holds the whole state of a training between two epochs.
 *
 * @param history of the epochs that are over
 * @param bestEpoch number of the best of them
 * @param step number of steps that were made
 * @param order of the training images, as the last epoch has left it
 * @param shuffle state of the generator that shuffles them
 * @param vectors the weights, those of the best epoch, their average if there is one, and the optimizer's state
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once, never compared
record Checkpoint(List<Epoch> history, int bestEpoch, long step, int[] order, long shuffle, List<NDArray> vectors) {}
