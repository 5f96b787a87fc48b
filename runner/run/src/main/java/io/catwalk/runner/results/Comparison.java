package io.catwalk.runner.results;

import io.catwalk.api.Criterion;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.trial.TrialSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the classifiers of an experiment, with the uncertainty of the comparison.
 *
 * @param regionPoints largest difference in accuracy that does not matter, in percentage points
 * @param baselines accuracies without a network, with folds those of the first fold; empty if they are not known
 * @param cochranQ whether all models have the same accuracy; null for architectures, or if nothing is paired
 * @param standings of all classifiers with a trained network, the most accurate first
 * @param pairs every two of them, in the order of the standings
 * @param withoutPairs why there are no pairs; null if there are
 * @param withoutPredictions labels of the classifiers that are in no pair, because there are no predictions of them
 * @param withoutNetwork labels of the classifiers without a trained network, which have no standing
 * @param incomplete which trials the numbers are from, if trials are missing; null if none is
 * @param selectedBy criteria that selected the epochs of the networks; empty if all were selected by accuracy
 */
public record Comparison(
        Scope scope,
        double regionPoints,
        List<Baseline> baselines,
        @Nullable CochranQ cochranQ,
        List<Standing> standings,
        List<PairedComparison> pairs,
        @Nullable NoPairs withoutPairs,
        List<String> withoutPredictions,
        List<String> withoutNetwork,
        @Nullable Incomplete incomplete,
        List<Criterion> selectedBy) {

    /** Returns how the most accurate classifier compares with each other one that it is compared with. */
    public List<PairedComparison> ofTheBest() {
        String best = standings.get(0).classifier();
        return pairs.stream().filter(pair -> pair.first().equals(best)).toList();
    }

    /** Returns the first compared with the second; null if they are not compared. */
    public @Nullable PairedComparison pair(String first, String second) {
        for (PairedComparison pair : pairs) {
            if (pair.first().equals(first) && pair.second().equals(second)) {
                return pair;
            }
            if (pair.first().equals(second) && pair.second().equals(first)) {
                return pair.reversed();
            }
        }
        return null;
    }

    /** Returns the standing of a classifier; null if it has no trained network. */
    public @Nullable Standing standing(String classifier) {
        return standings.stream()
                .filter(one -> one.classifier().equals(classifier))
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns the test of all models together. Of two, it would be a cruder test than that of their pair, which is
     * exact, and could contradict it.
     *
     * @return null for fewer than three models, for architectures, or if nothing is paired
     */
    public @Nullable CochranQ ofAll() {
        return cochranQ == null || cochranQ.degreesOfFreedom() < 2 ? null : cochranQ;
    }

    /** Tells whether the numbers of its classifier include a trial: not if another lacks its counterpart. */
    public boolean counts(TrialSpec trial) {
        return incomplete == null
                || incomplete.counted().isEmpty()
                || incomplete.counted().contains(Round.of(trial));
    }

    /**
     * What corresponding trials of the classifiers have in common.
     *
     * @param fold that was left out, 0 without folds
     */
    public record Round(long seed, int fold) {

        public static Round of(TrialSpec trial) {
            return new Round(trial.seed(), trial.fold());
        }
    }

    /**
     * Says which trials all numbers are from, since others are missing.
     *
     * @param done number of those with a trained network
     * @param counted seeds and folds that all classifiers with a trained network have finished, and that alone count;
     *     empty if they have none in common, so that all trials count that are done
     */
    public record Incomplete(int planned, int done, List<Round> counted) {}

    /**
     * An accuracy that is reached without a network.
     *
     * @param images number of test images that it was asked about
     * @param trainImages number of training images that it learned from; null for the largest class, counted over all
     * @param accuracy share of them that it is right for
     * @param accuracyLow lower bound of the 95 % interval: Wilson's
     * @param accuracyHigh upper bound
     * @param best the most accurate classifier compared with it, on the same images; null over seeds and folds, and
     *     without predictions
     */
    public record Baseline(
            Name name,
            int images,
            @Nullable Integer trainImages,
            double accuracy,
            double accuracyLow,
            double accuracyHigh,
            @Nullable PairedComparison best) {

        /** What predicts without a network. */
        public enum Name {
            /** The class with the most training images, always. */
            LARGEST_CLASS,
            /** The class of the training image with the nearest histograms of gradients and colors. */
            NEAREST_NEIGHBOR,
            /** A radial support vector machine on the same histograms. */
            SUPPORT_VECTOR_MACHINE
        }
    }

    /** Why no two classifiers are compared. */
    public enum NoPairs {
        /** Only one has a trained network. */
        ONE_CLASSIFIER,
        /** Not all have finished the same seed or, with folds, the same two folds. */
        DIFFERENT_TRIALS,
        /** There are fewer than {@link PairedComparison#FEWEST_SEEDS}. */
        TOO_FEW_SEEDS,
        /** There are predictions of fewer than two networks. */
        NO_PREDICTIONS
    }

    /** What is compared. */
    public enum Scope {
        /** Trained networks, on the same test images. */
        MODELS,
        /** Architectures with their recipes, over seeds on one split. */
        SEEDS,
        /** Architectures with their recipes, over the same folds. */
        CLASSIFIERS
    }

    /**
     * Holds the accuracy of a classifier.
     *
     * @param classifier its label, such as {@code lstm} or {@code lstm@wide}
     * @param trials number of its trials that the numbers are computed from: one for each seed and fold
     * @param accuracy mean over the trials, 0 to 1
     * @param standardDeviation of the accuracies; null for a single trial
     * @param accuracyLow lower bound of the 95 % interval: Wilson's for one trial, Student's for several seeds,
     *     and with folds Student's, corrected for shared training images; 0 or more
     * @param accuracyHigh upper bound, at most 1
     * @param balancedAccuracy mean recall of the classes, mean over the trials, 0 to 1
     * @param macroF1 mean over the trials, 0 to 1
     * @param macroF1Low lower bound of its 95 % interval: by the bootstrap for one trial, null if it has no
     *     predictions; for several as for the accuracy
     * @param macroF1High upper bound
     * @param onFront whether no other classifier is at least as good in accuracy and in the latency of one image on
     *     {@link RunResults#latencyEngine()}, and better in one; null if that latency is unknown or from a busy machine
     * @param gap by how much training accuracy is above validation accuracy, over the same trials; null for a given model
     * @param trainingSeconds of the same trials; null for a given model
     * @param steps fewest steps of the optimizer in one of the trials; null if they were not counted
     */
    public record Standing(
            String classifier,
            int trials,
            double accuracy,
            @Nullable Double standardDeviation,
            double accuracyLow,
            double accuracyHigh,
            double balancedAccuracy,
            double macroF1,
            @Nullable Double macroF1Low,
            @Nullable Double macroF1High,
            @Nullable Boolean onFront,
            @Nullable GeneralizationGap gap,
            @Nullable Seconds trainingSeconds,
            @Nullable Long steps) {

        /** Training times of several trials, in seconds. */
        public record Seconds(double mean, double lowest, double highest) {}
    }
}
