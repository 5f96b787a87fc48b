package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import java.util.List;

/**
 * Compares two classifiers over the same folds of a cross-validation.
 *
 * @param first name of the first classifier
 * @param second name of the second
 * @param test corrected t-test of their accuracies
 * @param posterior probabilities that the first is worse, equivalent, better
 * @param region which differences do not matter
 */
public record ClassifierPair(
        String first, String second, CorrectedTTest test, BayesianTTest posterior, EquivalenceRegion region) {

    /** The limits of a cross-validation, for readers of its verdicts. */
    public static final String LIMITS = "The folds compare these architectures with these recipes at this length on"
            + " this data set: with another recipe, more epochs or other images the ranking may change.";

    /**
     * Compares each classifier with each that follows it.
     *
     * @param names the classifiers' names
     * @param accuracies for each classifier its accuracy in each fold, 0 to 1, the folds in the same order
     * @param testShare images of one fold's test part divided by images of its training part, above 0
     * @param region which differences do not matter
     * @return all pairs
     * @throws IllegalArgumentException if names and classifiers differ in number, the classifiers have
     *     different folds, or fewer than 2
     */
    public static List<ClassifierPair> all(
            List<String> names, List<double[]> accuracies, double testShare, EquivalenceRegion region) {
        Paired.sameLength(names.size(), accuracies.size(), "names as classifiers");
        return Paired.pairs(names.size()).stream()
                .map(pair -> {
                    var test = CorrectedTTest.of(accuracies.get(pair[0]), accuracies.get(pair[1]), testShare);
                    return new ClassifierPair(
                            names.get(pair[0]), names.get(pair[1]), test, BayesianTTest.of(test, region), region);
                })
                .toList();
    }

    /**
     * Returns the 95 % interval of the difference, by the corrected t-test.
     *
     * @return bounds of the first classifier's mean accuracy minus the second's
     */
    public Interval interval() {
        return test.interval(0.95);
    }

    /** Returns the outcome whose probability is at least 0.95; undecided if there is none. */
    public Outcome outcome() {
        return Outcome.of(posterior.worse(), posterior.equivalent(), posterior.better());
    }

    /** Writes the outcome in words, with its numbers in percentage points. */
    public String verdict() {
        // The probability is one-sided and above 0.95 where the two-sided interval may still include 0.
        String how = interval().contains(0) ? "probably " : "";
        String relation = switch (outcome()) {
            case BETTER -> first + " is " + how + "better than " + second;
            case WORSE -> first + " is " + how + "worse than " + second;
            case EQUIVALENT -> first + " and " + second + " are practically equivalent";
            case UNDECIDED -> first + " and " + second + ": the folds show no clear difference";
        };
        return relation + ": " + Paired.points(test.difference(), "", interval()) + "; " + odds();
    }

    /** Writes the probability of the outcome, or all three where none is probable enough. */
    public String odds() {
        return Odds.words(outcome(), posterior.worse(), posterior.equivalent(), posterior.better(), region);
    }
}
