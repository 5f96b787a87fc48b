package io.catwalk.runner.evaluation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * Holds the metrics of an {@link Evaluation} that are one number each, as results show them.
 *
 * @param images number of images
 * @param accuracy share of images predicted correctly, 0 to 1
 * @param accuracyLow lower bound of its 95 % Wilson interval
 * @param accuracyHigh upper bound
 * @param macro averages that give each class the same weight
 * @param micro averages over all images at once
 * @param weighted averages that weight each class by its images
 * @param balancedAccuracy mean recall of the classes that have images, 0 to 1
 * @param matthews Matthews correlation of all classes, -1 to 1
 * @param kappa Cohen's kappa, -1 to 1
 * @param logLoss mean cross entropy in nats, 0 or more
 * @param top2Accuracy share of images whose truth is among the two best classes, 0 to 1
 * @param rocAucMacro mean over the classes' ROC AUC, 0 to 1; null where no class has one
 * @param ece expected calibration error, equal-mass bins, 0 to 1
 */
public record Metrics(
        int images,
        double accuracy,
        double accuracyLow,
        double accuracyHigh,
        @JsonUnwrapped(suffix = "_macro") Averages macro,
        @JsonUnwrapped(suffix = "_micro") Averages micro,
        @JsonUnwrapped(suffix = "_weighted") Averages weighted,
        double balancedAccuracy,
        double matthews,
        double kappa,
        double logLoss,
        double top2Accuracy,
        @Nullable Double rocAucMacro,
        double ece) {}
