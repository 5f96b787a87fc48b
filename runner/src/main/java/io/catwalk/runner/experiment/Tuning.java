package io.catwalk.runner.experiment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the outcome of a search, as {@code results.json} shows it.
 *
 * @param classifier that was tuned
 * @param strategy in words, such as {@code successive halving}
 * @param candidates what was tried, the best first
 * @param best number of the best candidate; null while it is not known
 */
public record Tuning(
        String classifier,
        String strategy,
        List<Candidate> candidates,
        @Nullable Integer best) {

    /** Copies the list. */
    public Tuning {
        candidates = List.copyOf(candidates);
    }

    /**
     * Holds one point that was tried.
     *
     * @param number of the candidate, from 1; 1 is what the plugin comes with, if that was tried
     * @param choices hyperparameters and recipe numbers that were searched over, name to value
     * @param scores one for each budget that it was given, the smallest first
     */
    public record Candidate(int number, Map<String, Object> choices, List<Score> scores) {

        /** Copies the list. */
        public Candidate {
            scores = List.copyOf(scores);
        }
    }

    /**
     * Holds the score of a candidate at one budget.
     *
     * @param epochs that each training took
     * @param accuracies one for each fold that is done, 0 to 1
     * @param mean of them
     * @param standardDeviation of them; null for one
     */
    public record Score(
            int epochs,
            List<Double> accuracies,
            double mean,
            @Nullable Double standardDeviation) {}
}
