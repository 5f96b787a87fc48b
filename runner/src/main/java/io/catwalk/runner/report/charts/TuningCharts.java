package io.catwalk.runner.report.charts;

import io.catwalk.api.Criterion;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.experiment.Tuning.Candidate;
import io.catwalk.runner.experiment.Tuning.Score;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.graphics.Symbol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Draws the search for hyperparameters. */
record TuningCharts(Tuning tuning) {

    static Stream<Optional<Chart>> all(ReportModel model) {
        Tuning tuning = model.results().tuning();
        return tuning == null ? Stream.of() : Stream.of(new TuningCharts(tuning).scores());
    }

    /** Draws the scores of the candidates by their budget. */
    private Optional<Chart> scores() {
        boolean loss = tuning.selectBy() == Criterion.LOSS;
        String unit = loss ? "nats" : "%";
        String measure =
                Wording.capital(Wording.criterion(tuning.selectBy())) + (unit.equals("%") ? " %" : ", " + unit);
        ChartTable table = new ChartTable("Candidate", "Epochs", measure, "Folds", "Choices");
        List<Series> series = new ArrayList<>();
        int most = 1;
        String title = Wording.count(tuning.candidates().size(), "candidate was", "candidates were") + " tried";
        // The best candidate is drawn last, over the others.
        for (Candidate candidate : tuning.candidates().stream()
                .sorted(Comparator.comparing(this::isBest))
                .toList()) {
            boolean best = isBest(candidate);
            List<Point> points = new ArrayList<>();
            for (Score score : candidate.scores()) {
                double shown = loss ? score.mean() : 100 * score.mean();
                String text = String.format(Locale.ROOT, loss ? "%.4f" : "%.2f", shown);
                points.add(Point.at(
                        score.epochs(),
                        shown,
                        table.add(
                                Integer.toString(candidate.number()),
                                Integer.toString(score.epochs()),
                                text,
                                Integer.toString(score.folds().size()),
                                choices(candidate))));
                most = Math.max(most, score.epochs());
                if (best) {
                    title = "Candidate " + candidate.number() + " is the best of "
                            + tuning.candidates().size() + ": "
                            + Wording.criterion(tuning.selectBy()) + " " + text + " " + unit;
                }
            }
            series.add(new Series(
                    best ? "best: " + candidate.number() : Integer.toString(candidate.number()),
                    best ? "accent" : "muted",
                    best ? Symbol.DIAMOND : Symbol.CIRCLE,
                    Look.MARKED,
                    best,
                    points));
        }
        List<Double> span = Series.span(series);
        return span.isEmpty()
                ? Optional.empty()
                : Optional.of(new XyChart(
                        table.caption(
                                "tuning",
                                title,
                                title + ".",
                                "Each line is a candidate, from its smallest budget to its largest."),
                        Axis.fromZero("Epochs of each training", List.of((double) most)),
                        Axis.around(Wording.criterion(tuning.selectBy()) + ", " + unit, span),
                        series));
    }

    private static String choices(Candidate candidate) {
        return candidate.choices().entrySet().stream()
                .map(choice -> choice.getKey() + " " + choice.getValue())
                .collect(Collectors.joining(", "));
    }

    private boolean isBest(Candidate candidate) {
        return tuning.best() != null && tuning.best() == candidate.number();
    }
}
