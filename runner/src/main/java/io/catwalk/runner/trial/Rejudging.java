package io.catwalk.runner.trial;

import io.catwalk.runner.evaluation.Evaluation;

/**
 * Tells what the saved weights of a trial answer now.
 *
 * @param result of the trial, as it was
 * @param evaluation of what the weights answer now
 * @param changedLabels number of images that get another label than in the stored predictions; -1 if
 *     other images were judged
 */
public record Rejudging(TrialOutcome.Done result, Evaluation evaluation, int changedLabels) {}
