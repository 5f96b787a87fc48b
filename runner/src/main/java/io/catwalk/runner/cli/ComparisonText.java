package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints which classifier is better and how certain that is, in 80 columns: all pairs as a matrix, those of the winner
 * in words.
 */
final class ComparisonText {

    /** This many columns fit beside names of 16 letters. */
    private static final int MOST = 20;

    private ComparisonText() {}

    static void print(Comparison comparison, Console console) {
        console.line("");
        console.item("", comparison.headline());
        List<String> names = comparison.standings().stream()
                .map(Standing::contestant)
                .limit(MOST)
                .toList();
        if (names.size() > 2 && !comparison.verdicts().isEmpty()) {
            matrix(comparison, names, console);
        }
        List<Verdict> winners = comparison.ofTheBest();
        if (!winners.isEmpty()) {
            console.line("");
            winners.forEach(verdict -> console.item("- ", verdict.sentence()));
        }
        CochranQ all = comparison.ofAll();
        if (all != null) {
            console.item("- ", all.verdict());
        }
        console.line("");
        console.item("", comparison.limits());
    }

    private static void matrix(Comparison comparison, List<String> names, Console console) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("row against column"));
        for (int column = 1; column <= names.size(); column++) {
            head.add(Integer.toString(column));
        }
        rows.add(head);
        for (int row = 0; row < names.size(); row++) {
            List<String> cells = new ArrayList<>(List.of((row + 1) + " " + names.get(row)));
            for (String other : names) {
                cells.add(symbol(comparison, names.get(row), other));
            }
            rows.add(cells);
        }
        console.line("");
        console.table(rows);
        console.line("");
        console.line((comparison.verdicts().stream().anyMatch(Verdict::onlyProbable)
                        ? "> better or probably better"
                        : "> better")
                + ", < worse, = practically equivalent, ? no clear difference.");
        if (comparison.standings().size() > names.size()) {
            console.item(
                    "",
                    "The " + (comparison.standings().size() - names.size())
                            + " least accurate are left out here: results.md has all pairs.");
        }
    }

    private static String symbol(Comparison comparison, String row, String column) {
        for (Verdict verdict : comparison.verdicts()) {
            if (verdict.first().equals(row) && verdict.second().equals(column)) {
                return symbol(verdict.outcome(), ">", "<");
            }
            if (verdict.first().equals(column) && verdict.second().equals(row)) {
                return symbol(verdict.outcome(), "<", ">");
            }
        }
        return row.equals(column) ? "." : "";
    }

    private static String symbol(Outcome outcome, String better, String worse) {
        return switch (outcome) {
            case BETTER -> better;
            case WORSE -> worse;
            case EQUIVALENT -> "=";
            case UNDECIDED -> "?";
        };
    }
}
