package io.catwalk.runner.trial;

import io.catwalk.runner.evaluation.Evaluation;

/**
 * Holds a new evaluation of the saved weights of a trial.
 *
 * @param result of the trial, as it was
 * @param evaluation of the current predictions of the weights
 * @param changedLabels number of images that get another label than in the stored predictions; -1 if
 *     other images were evaluated
 */
public record Reevaluation(TrialOutcome.Done result, Evaluation evaluation, int changedLabels) {}
