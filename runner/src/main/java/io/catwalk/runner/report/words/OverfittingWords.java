package io.catwalk.runner.report.words;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.evaluation.Overfitting.Verdict;
import io.catwalk.runner.experiment.GeneralizationGap;
import io.catwalk.runner.trial.TrialMetrics;

/** Says how strong the overfitting of a classifier is. */
public final class OverfittingWords {

    private OverfittingWords() {}

    /** Describes a gap with its verdict, its interval in percentage points and both losses, without a period. */
    public static String gap(GeneralizationGap gap) {
        return words(gap.trials(), gap.mean(), new Interval(gap.low(), gap.high()))
                + "; training loss " + Numbers.fixed(gap.trainingLoss(), 3)
                + ", validation loss " + Numbers.fixed(gap.validationLoss(), 3);
    }

    /** Describes the gap of one network with its verdict and its interval. */
    public static String trial(TrialMetrics metrics) {
        Metrics training = metrics.train();
        Metrics validation = metrics.validation();
        return words(1, training.accuracy() - validation.accuracy(), Overfitting.gap(training, validation));
    }

    private static String words(int trials, double gap, Interval interval) {
        Verdict verdict = Verdict.of(interval);
        String where = switch (verdict) {
            case NONE -> interval.high() < 0 ? "is below 0" : "includes 0";
            case MILD -> "begins between 0 and 5";
            case STRONG -> "begins above 5";
        };
        return (verdict == Verdict.NONE ? "no measurable" : verdict.toString())
                + " overfitting: training accuracy minus validation accuracy is "
                + Numbers.plainPoints(gap) + " points"
                + (trials == 1 ? "" : " over " + trials + " trials")
                + ", 95 % interval " + Numbers.plainPoints(interval.low()) + " to "
                + Numbers.plainPoints(interval.high()) + ", which " + where;
    }
}
