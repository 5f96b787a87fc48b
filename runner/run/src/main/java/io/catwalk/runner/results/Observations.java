package io.catwalk.runner.results;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.statistics.CorrectedTTest;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Treats the trials of one classifier as a sample: each seed is one observation or, with folds, each fold; the training
 * images of folds overlap.
 *
 * @param folds whether it is a cross-validation
 */
public record Observations(boolean folds, RunResults.Dataset images) {

    private static final double CONFIDENCE = 0.95;

    /** Returns the images of one fold's test part divided by those of its training part; only used with folds. */
    public double testShare() {
        return (double) images.test() / images.train();
    }

    /** Returns one number per seed or, with folds, per fold: the mean over its seeds, which share its images. */
    public double[] each(List<Done> trials, ToDoubleFunction<Done> score) {
        return trials.stream()
                .collect(Collectors.groupingBy(
                        done -> folds ? done.trial().fold() : done.trial().seed(),
                        LinkedHashMap::new,
                        Collectors.averagingDouble(score)))
                .values()
                .stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** Returns the 95 % interval of a mean; over folds, that of a difference from 0. At least two trials are needed. */
    public Interval interval(List<Done> trials, ToDoubleFunction<Done> score) {
        double[] scores = each(trials, score);
        return folds && scores.length > 1
                ? CorrectedTTest.of(scores, new double[scores.length], testShare())
                        .interval(CONFIDENCE)
                : Spread.of(trials.stream().mapToDouble(score).toArray()).interval();
    }
}
