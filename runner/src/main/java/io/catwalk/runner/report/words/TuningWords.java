package io.catwalk.runner.report.words;

import io.catwalk.api.Criterion;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.experiment.Tuning.Candidate;
import io.catwalk.runner.experiment.Tuning.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Describes a search, and the criterion by which its candidates are ranked.
 *
 * @param tuning outcome of the search
 */
public record TuningWords(Tuning tuning) {

    /** Returns a header and a row for each candidate, the best first: number, choices, a score for each budget. */
    public List<List<String>> table() {
        List<Candidate> candidates = tuning.candidates();
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

    private String cell(Score score) {
        return text(tuning.selectBy(), score.mean())
                + (score.standardDeviation() == null ? "" : " ± " + text(tuning.selectBy(), score.standardDeviation()));
    }

    /** Explains the scores and their limits. */
    public String explanation() {
        return "By " + tuning.strategy() + ": mean " + title(tuning.selectBy())
                + " over the folds of the training images, in "
                + (tuning.selectBy() == Criterion.LOSS ? "nats, where lower is better" : "percent")
                + ", ± standard deviation. The winner's score is optimistically biased: it was selected as the best of"
                + " all. What is best in few epochs need not be best in many, so the winner is trained in full and"
                + " evaluated on the test set.";
    }

    /** Names a criterion. */
    public static String title(Criterion criterion) {
        return criterion.name().toLowerCase(Locale.ROOT).replace('_', ' ').replace("f1", "F1");
    }

    /** Returns the unit in which scores are shown. */
    public static String unit(Criterion criterion) {
        return criterion == Criterion.LOSS ? "nats" : "%";
    }

    /** Converts a share from 0 to 1, or nats, to the unit in which it is shown. */
    public static double shown(Criterion criterion, double score) {
        return criterion == Criterion.LOSS ? score : 100 * score;
    }

    /** Writes a score, or the standard deviation of scores, without its unit. */
    public static String text(Criterion criterion, double score) {
        return String.format(Locale.ROOT, criterion == Criterion.LOSS ? "%.4f" : "%.2f", shown(criterion, score));
    }
}
