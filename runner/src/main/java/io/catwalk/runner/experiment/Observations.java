package io.catwalk.runner.experiment;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.statistics.CorrectedTTest;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.TrialSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Says what several trials of one contestant are worth as a sample: each seed is an observation, or each fold where there are
 * folds, whose training images overlap.
 *
 * @param folds whether it is a cross-validation
 * @param testShare images of one fold's test part by images of its training part; only read with folds
 */
record Observations(boolean folds, double testShare) {

    private static final double CONFIDENCE = 0.95;

    Observations(boolean folds, Results.Dataset images) {
        this(folds, (double) images.test() / images.train());
    }

    /** Returns one number a seed or, with folds, one a fold, as a mean over the seeds, since these share its images. */
    double[] each(List<TrialSpec> trials, ToDoubleFunction<TrialSpec> score) {
        return trials.stream()
                .collect(Collectors.groupingBy(
                        trial -> folds ? trial.fold() : trial.seed(),
                        LinkedHashMap::new,
                        Collectors.averagingDouble(score)))
                .values()
                .stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** Bounds a mean, 95 %; over folds as a difference from 0 between classifiers. At least two trials are needed. */
    Interval interval(List<TrialSpec> trials, ToDoubleFunction<TrialSpec> score) {
        double[] scores = each(trials, score);
        return folds && scores.length > 1
                ? CorrectedTTest.of(scores, new double[scores.length], testShare)
                        .interval(CONFIDENCE)
                : Spread.of(trials.stream().mapToDouble(score).toArray()).interval();
    }
}
