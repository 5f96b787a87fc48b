package io.catwalk.runner.experiment;

import io.catwalk.api.Criterion;
import java.util.ArrayList;
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

    /** Copies the list. */
    public Tuning {
        candidates = List.copyOf(candidates);
    }

    /**
     * Returns what the scores measure.
     *
     * @return the measure of the criterion
     */
    public Measure measure() {
        return new Measure(selectBy);
    }

    /**
     * Returns the table of the candidates.
     *
     * @return a header and a row for each candidate, the best first: its number, its choices, and for each budget its
     *     mean score with standard deviation, in the unit of the measure
     */
    public List<List<String>> table() {
        List<Integer> budgets = candidates.stream()
                .flatMap(candidate -> candidate.scores().stream().map(Score::epochs))
                .distinct()
                .sorted()
                .toList();
        List<String> names = candidates.stream()
                .flatMap(candidate -> candidate.choices().keySet().stream())
                .distinct()
                .toList();
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("candidate"));
        head.addAll(names);
        budgets.forEach(epochs -> head.add(epochs + (epochs == 1 ? " epoch" : " epochs")));
        rows.add(head);
        for (Candidate candidate : candidates) {
            List<String> row = new ArrayList<>(List.of(Integer.toString(candidate.number())));
            names.forEach(name -> row.add(String.valueOf(candidate.choices().getOrDefault(name, ""))));
            budgets.forEach(epochs -> row.add(candidate.scores().stream()
                    .filter(score -> score.epochs() == epochs)
                    .map(this::cell)
                    .findFirst()
                    .orElse("-")));
            rows.add(row);
        }
        return rows;
    }

    /** Explains the scores and their limits. */
    public String explanation() {
        return "By " + strategy + ": mean " + measure().title() + " over the folds of the training images, in "
                + (selectBy == Criterion.LOSS ? "nats, where lower is better" : "percent")
                + ", ± standard deviation. The winner's score is optimistically biased: it was selected as the best of all. What is best in few"
                + " epochs need not be best in many, so the winner is trained in full and evaluated on the test set.";
    }

    private String cell(Score score) {
        return measure().text(score.mean())
                + (score.standardDeviation() == null ? "" : " ± " + measure().text(score.standardDeviation()));
    }

    /**
     * Holds one point of the search space that was tried.
     *
     * @param number of the candidate, from 1; 1 has the defaults of the plugin, if they were tried
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
