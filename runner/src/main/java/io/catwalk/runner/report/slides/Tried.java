package io.catwalk.runner.report.slides;

import io.catwalk.runner.experiment.Tuning;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells what a search tried, and what came out best. */
final class Tried {

    private static final int ROWS = 12;
    private static final int CHARTED = 10;

    private Tried() {}

    static void tell(Story story, Deck deck) {
        Tuning tuning = story.results().tuning();
        if (tuning == null) {
            return;
        }
        List<Tuning.Candidate> candidates = tuning.candidates();
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Tuning.Candidate candidate : candidates) {
            Tuning.Score score = last(candidate);
            boolean best = Objects.equals(candidate.number(), tuning.best());
            rows.add(List.of(
                    best ? Table.Cell.bold(candidate.number() + " best") : Table.Cell.of("" + candidate.number()),
                    Table.Cell.of(Setup.settings(candidate.choices())),
                    Table.Cell.of(score == null ? Words.NONE : Words.count(score.epochs())),
                    Table.Cell.of(
                            score == null
                                    ? Words.NONE
                                    : Words.count(score.folds().size())),
                    best
                            ? Table.Cell.bold(text(tuning, score == null ? null : score.mean()))
                            : Table.Cell.of(text(tuning, score == null ? null : score.mean())),
                    Table.Cell.of(text(tuning, score == null ? null : score.standardDeviation()))));
        }
        Tuning.Candidate best = candidates.stream()
                .filter(candidate -> Objects.equals(candidate.number(), tuning.best()))
                .findFirst()
                .orElse(null);
        Tuning.Score score = best == null ? null : last(best);
        String title = score == null
                ? Words.count(
                        candidates.size(),
                        "candidate was tried; the best is not known yet",
                        "candidates were tried; the best is not known yet")
                : "Of " + Words.count(candidates.size(), "candidate", "candidates") + ", number " + tuning.best()
                        + " is the best, with a mean " + tuning.measure().title() + " of "
                        + text(tuning, score.mean()) + " " + tuning.measure().unit();
        Table table = Table.of(
                List.of(
                        Table.Column.text("Candidate", 0.8),
                        Table.Column.text("What it sets", 4),
                        Table.Column.number("Epochs", 0.6),
                        Table.Column.number("Folds", 0.6),
                        Table.Column.number(capital(axis(tuning)), 0.9),
                        Table.Column.number("± (SD)", 0.6)),
                rows);
        String alternative = "Table of the candidates that were tried, the best first.";
        for (Page page : deck.pages("Tuning", title, table, ROWS, alternative)) {
            page.notes(
                    "Searched by " + tuning.strategy() + ". The "
                            + tuning.measure().title()
                            + " is that of the largest budget a candidate got;"
                            + " candidates with fewer epochs were given up earlier.",
                    "Source: results.json, key tuning.candidates[].choices and scores[], tuning.best.");
        }
        chart(tuning, deck, title);
    }

    private static void chart(Tuning tuning, Deck deck, String title) {
        List<Tuning.Candidate> scored = tuning.candidates().stream()
                .filter(Tried::isScored)
                .limit(CHARTED)
                .toList();
        if (scored.isEmpty()) {
            return;
        }
        Page page = deck.page("Tuning", title);
        List<@Nullable Double> values = new ArrayList<>();
        List<Color> colors = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Tuning.Candidate candidate : scored) {
            Tuning.Score score = Objects.requireNonNull(last(candidate));
            names.add("number " + candidate.number() + ", " + Words.count(score.epochs(), "epoch", "epochs"));
            values.add(tuning.measure().shown(score.mean()));
            colors.add(Objects.equals(candidate.number(), tuning.best()) ? Look.ACCENT : new Color(0xA9B4BF));
        }
        page.text(
                Area.BODY.top(20),
                Style.HEADING,
                "Mean " + tuning.measure().title() + " at the largest budget, "
                        + tuning.measure().unit());
        page.chart(
                Area.BODY.below(22).top(320),
                new BarChart(names, List.of(new Chart.Series(axis(tuning), values, colors)), "0.00"),
                "Bar chart of the candidates by " + axis(tuning) + ": " + listed(names, values) + ".");
        page.text(
                Area.BODY.below(350),
                Style.NOTE,
                "Searched by " + tuning.strategy() + "."
                        + (scored.size() < tuning.candidates().size()
                                ? " Shown are the first " + scored.size() + " of "
                                        + tuning.candidates().size() + "."
                                : ""));
        page.notes("Source: results.json, key tuning.candidates[].scores[].mean.");
    }

    private static String text(Tuning tuning, @Nullable Double score) {
        return score == null || !Double.isFinite(score)
                ? Words.NONE
                : tuning.measure().text(score);
    }

    private static String axis(Tuning tuning) {
        return tuning.measure().title() + ", " + tuning.measure().unit();
    }

    private static String capital(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    static String listed(List<String> names, List<@Nullable Double> values) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            parts.add(Words.name(names.get(i)) + " " + Words.fixed(values.get(i), 2));
        }
        return String.join("; ", parts);
    }

    private static boolean isScored(Tuning.Candidate candidate) {
        Tuning.Score score = last(candidate);
        return score != null && Double.isFinite(score.mean());
    }

    private static Tuning.@Nullable Score last(Tuning.Candidate candidate) {
        return candidate.scores().isEmpty()
                ? null
                : candidate.scores().get(candidate.scores().size() - 1);
    }
}
