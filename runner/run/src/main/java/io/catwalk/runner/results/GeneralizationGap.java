package io.catwalk.runner.results;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.statistics.PairedValues;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Measures how much of a classifier's accuracy does not generalize to other images: its training accuracy minus its
 * validation accuracy, as a mean over its trials, with an interval. Both come from the same weights in evaluation mode,
 * without augmentation. The epoch was selected on the validation images, so the gap to other images tends to be larger.
 *
 * @param trials number of its trials; at least 1
 * @param mean gap, -1 to 1; above 0 if the training images are predicted better
 * @param low lower bound of its 95 % interval: Student's over seeds, corrected over folds for shared training images;
 *     Newcombe's of the first if there is no spread, as with one, since training and validation images are different
 * @param trainingLoss mean cross entropy on training images, in nats
 * @param validationLoss mean cross entropy on validation images, in nats; it can also be higher because a network is
 *     overconfident, without being wrong more often
 */
public record GeneralizationGap(
        int trials, double mean, double low, double high, double trainingLoss, double validationLoss) {

    /** Measures the gap of one classifier by its trials that are done, at least one. */
    public static GeneralizationGap of(List<Done> trials, RunResults.Dataset images) {
        if (trials.isEmpty()) {
            throw new IllegalArgumentException("expected at least 1 trial that is done, but found none");
        }
        Observations observations =
                new Observations(trials.stream().anyMatch(done -> done.trial().fold() > 0), images);
        var gaps = trials.stream().mapToDouble(GeneralizationGap::gap).summaryStatistics();
        Interval interval = PairedValues.order(gaps.getMin(), gaps.getMax()) == 0
                ? Overfitting.gap(
                        trials.get(0).metrics().learned(),
                        trials.get(0).metrics().held())
                : observations.interval(trials, GeneralizationGap::gap);
        return new GeneralizationGap(
                trials.size(),
                Arrays.stream(observations.each(trials, GeneralizationGap::gap))
                        .average()
                        .orElseThrow(),
                interval.low(),
                interval.high(),
                loss(trials, TrialMetrics::learned),
                loss(trials, TrialMetrics::held));
    }

    private static double gap(Done done) {
        return done.metrics().learned().accuracy() - done.metrics().held().accuracy();
    }

    private static double loss(List<Done> trials, Function<TrialMetrics, Metrics> part) {
        return trials.stream()
                .mapToDouble(trial ->
                        Objects.requireNonNull(part.apply(trial.metrics()).logLoss()))
                .average()
                .orElseThrow();
    }

    /** Returns whether the gap clearly differs from 0: whether its interval excludes 0. */
    public boolean toldApart() {
        return low > 0 || high < 0;
    }

    /** Returns how strong the overfitting is, by the interval. */
    public Overfitting.Verdict verdict() {
        return Overfitting.Verdict.of(new Interval(low, high));
    }
}
