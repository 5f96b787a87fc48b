package io.catwalk.runner.results;

import io.catwalk.api.Criterion;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the outcome of a search, as {@code results.json} shows it.
 *
 * @param classifier that was tuned
 * @param strategy as text, such as {@code successive halving}
 * @param selectBy what candidates are ranked by: the criterion of the recipe
 * @param candidates what was tried, the best first
 * @param best number of the best candidate; null until it is known
 */
public record Tuning(
        String classifier,
        String strategy,
        Criterion selectBy,
        List<Candidate> candidates,
        @Nullable Integer best) {

    /**
     * Holds one point of the search space that was tried.
     *
     * @param number of the candidate, from 1; 1 has the defaults of the plugin, if they were tried
     * @param choices hyperparameters and recipe numbers that were searched over, name to value
     * @param scores one for each budget that it was given, the smallest first
     */
    public record Candidate(int number, Map<String, Object> choices, List<Score> scores) {}

    /**
     * Holds the score of a candidate at one budget.
     *
     * @param epochs of each training
     * @param folds one score for each fold that is done: a share from 0 to 1, or nats
     * @param mean of the folds
     * @param standardDeviation of the folds; null for one fold
     */
    public record Score(
            int epochs,
            List<Double> folds,
            double mean,
            @Nullable Double standardDeviation) {}
}
