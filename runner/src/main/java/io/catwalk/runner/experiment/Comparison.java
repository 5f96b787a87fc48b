package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.trial.TrialSpec;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares the contestants of an experiment, with the uncertainty of the comparison.
 *
 * @param scope what is compared
 * @param headline the answer to "which one", in a sentence
 * @param limits the limits of the comparison, in a sentence
 * @param regionPoints largest difference in accuracy that does not matter, in percentage points
 * @param baselines accuracies without a network, with folds those of the first fold; null if they are not known
 * @param cochranQ whether all models have the same accuracy; null for architectures, or if nothing is paired
 * @param standings of all contestants with a trained network, the most accurate first
 * @param verdicts of every pair of them, in the order of the standings
 * @param incomplete which trials the numbers are from, if trials are missing; null if none is
 */
public record Comparison(
        Scope scope,
        String headline,
        String limits,
        double regionPoints,
        @Nullable Baselines baselines,
        @Nullable CochranQ cochranQ,
        List<Standing> standings,
        List<Verdict> verdicts,
        @Nullable Incomplete incomplete) {

    /** Copies the lists. */
    public Comparison {
        standings = List.copyOf(standings);
        verdicts = List.copyOf(verdicts);
    }

    /**
     * Compares the contestants of an experiment by the trials that all of them have finished.
     *
     * @param planned all trials, in the order of the request
     * @param finished outcomes so far
     * @param predictions of a trial that is done, on its test images; null if there are none
     * @param images numbers of training and test images of a trial
     * @param region which differences between classifiers do not matter
     * @param baselines accuracies without a network; null if they are not known
     * @return how they stand; null if there is no trained network
     */
    public static @Nullable Comparison of(
            List<TrialSpec> planned,
            Outcomes finished,
            Function<TrialSpec, @Nullable PredictedClasses> predictions,
            Results.Dataset images,
            EquivalenceRegion region,
            @Nullable Baselines baselines) {
        Contest contest = Contest.of(planned, finished);
        return contest.trials().isEmpty()
                ? null
                : new Judgement(contest, predictions, images, region, baselines).comparison();
    }

    /**
     * Lists how the most accurate contestant compares with each other one: the difference, with interval and outcome.
     *
     * @return in the order of the standings; without those that it is not compared with
     */
    public List<Verdict> ofTheBest() {
        String best = standings.get(0).contestant();
        return verdicts.stream().filter(verdict -> verdict.first().equals(best)).toList();
    }

    /**
     * Returns the test of all models together. Of two, it would be a cruder test than that of their verdict, which is
     * exact, and could contradict it.
     *
     * @return null for fewer than three models, for architectures, or if nothing is paired
     */
    public @Nullable CochranQ ofAll() {
        return cochranQ == null || cochranQ.degreesOfFreedom() < 2 ? null : cochranQ;
    }

    /**
     * Tells whether the numbers of its contestant include a trial that is done.
     *
     * @param trial one of the run
     * @return true unless another contestant has no counterpart of it
     */
    public boolean counts(TrialSpec trial) {
        return incomplete == null
                || incomplete.counted().isEmpty()
                || incomplete.counted().contains(Round.of(trial));
    }

    /**
     * What corresponding trials of the contestants have in common.
     *
     * @param seed of the training
     * @param fold that was left out, 0 without folds
     */
    public record Round(long seed, int fold) {

        static Round of(TrialSpec trial) {
            return new Round(trial.seed(), trial.fold());
        }
    }

    /**
     * Says which trials all numbers are from, since others are missing.
     *
     * @param sentence what is missing and what counts, to be read first
     * @param counted seeds and folds that all contestants with a trained network have finished, and that alone count;
     *     empty if they have none in common, so that all trials count that are done
     */
    public record Incomplete(String sentence, List<Round> counted) {

        /** Copies the list. */
        public Incomplete {
            counted = List.copyOf(counted);
        }
    }

    /** What is compared. */
    public enum Scope {
        /** Trained networks, on the same test images. */
        @JsonProperty("models")
        MODELS,
        /** Architectures with their recipes, over seeds on one split. */
        @JsonProperty("seeds")
        SEEDS,
        /** Architectures with their recipes, over the same folds. */
        @JsonProperty("classifiers")
        CLASSIFIERS
    }

    /**
     * Holds the accuracy of a contestant.
     *
     * @param contestant its label, such as {@code lstm} or {@code lstm@wide}
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
     * @param onFront whether no other contestant is at least as good in accuracy and in the latency of one image on
     *     {@link Results#latencyEngine()}, and better in one; null if that latency is unknown or from a busy machine
     */
    public record Standing(
            String contestant,
            int trials,
            double accuracy,
            @Nullable Double standardDeviation,
            double accuracyLow,
            double accuracyHigh,
            double balancedAccuracy,
            double macroF1,
            @Nullable Double macroF1Low,
            @Nullable Double macroF1High,
            @Nullable Boolean onFront) {}

    /**
     * Compares two contestants.
     *
     * @param first label of the first contestant
     * @param second label of the second
     * @param difference accuracy of the first minus that of the second, -1 to 1
     * @param low lower bound of its 95 % interval, which is for this pair alone: Tango's for models, Welch's over
     *     seeds, that of the corrected t-test over folds; null if neither varies over its seeds, and in results that
     *     were written before models had an interval
     * @param high upper bound
     * @param p probability of such a difference if both are equal: exact McNemar with Holm for models, Welch's t-test
     *     with Holm over seeds (1 if neither varies), corrected t-test over folds, for this pair alone
     * @param worse probability that the first is worse by more than the region; only over folds, otherwise null
     * @param equivalent probability that they differ by no more
     * @param better probability that the first is better by more
     * @param outcome of the comparison
     * @param sentence the same in words
     */
    public record Verdict(
            String first,
            String second,
            double difference,
            @Nullable Double low,
            @Nullable Double high,
            double p,
            @Nullable Double worse,
            @Nullable Double equivalent,
            @Nullable Double better,
            Outcome outcome,
            String sentence) {

        /**
         * Tells whether one is better by the probability, but not by the interval, which includes 0: the probability
         * is one-sided.
         *
         * @return false where there is no probability, or neither is better
         */
        public boolean onlyProbable() {
            return better != null
                    && (outcome == Outcome.BETTER || outcome == Outcome.WORSE)
                    && low != null
                    && high != null
                    && low <= 0
                    && high >= 0;
        }

        /**
         * Tells whether the interval excludes 0 although the verdict is undecided. The sentence explains why: the test
         * corrects for all pairs or is exact, or over folds the difference may be within the region.
         *
         * @return false also if there is no interval
         */
        public boolean stricterThanInterval() {
            return outcome == Outcome.UNDECIDED && low != null && high != null && (low > 0 || high < 0);
        }
    }
}
