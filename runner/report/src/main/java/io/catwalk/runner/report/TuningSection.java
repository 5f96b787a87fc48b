package io.catwalk.runner.report;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.report.XyChart.Series;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.results.RunResults.Tuning.Candidate;
import io.catwalk.runner.results.RunResults.Tuning.Score;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which candidate of a search is the best. */
record TuningSection(ReportModel model, Tuning tuning) {

    static Optional<Section> of(ReportModel model) {
        return Optional.ofNullable(model.results().tuning()).map(tuning -> new TuningSection(model, tuning).section());
    }

    static List<Chart> charts(ReportModel model) {
        return Stream.ofNullable(model.results().tuning())
                .flatMap(tuning -> new TuningSection(model, tuning).scores().stream())
                .toList();
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>(Figure.of(charts(model)));
        if (!tuning.candidates().isEmpty()) {
            blocks.add(table());
        }
        blocks.add(Sentences.of(
                Medium.WRITTEN,
                Tone.NOTE,
                "The search is " + strategy() + ", and its best candidate is trained in full.",
                "The score of the best is optimistically biased, since it was selected as the best of all."));
        return new Section("tuning", "Tuning", title(), blocks, "results.json, keys tuning.candidates and tuning.best");
    }

    private String strategy() {
        return switch (tuning.strategy()) {
            case GRID -> "grid search";
            case RANDOM -> "random search";
            case HALVING -> "successive halving";
        };
    }

    private String title() {
        String all = Wording.count(tuning.candidates().size(), "candidate") + " of " + tuning.classifier();
        Candidate best = tuning.candidates().stream()
                .filter(this::isBest)
                .filter(one -> !one.scores().isEmpty())
                .findFirst()
                .orElse(null);
        if (best == null) {
            return all + (tuning.candidates().size() == 1 ? " was" : " were") + " tried, and the best is not known yet";
        }
        return "Of " + all + ", number " + best.number() + " is the best, with a mean "
                + criterion() + " of "
                + unit().text(best.scores().get(best.scores().size() - 1).mean())
                + (loss() ? " nats" : " %");
    }

    private boolean isBest(Candidate one) {
        return tuning.best() != null && tuning.best() == one.number();
    }

    private boolean loss() {
        return tuning.selectBy() == Criterion.LOSS;
    }

    private String criterion() {
        return Wording.criterion(tuning.selectBy());
    }

    private Unit unit() {
        return loss() ? Unit.NATS : Unit.PERCENT;
    }

    private Table table() {
        TableBuilder<Candidate> table = new TableBuilder<>(Medium.ALL, tuning.candidates())
                .text(
                        "Candidate",
                        one -> new Cell.Name(Integer.toString(one.number()), null, "", isBest(one) ? "best" : ""));
        tuning.candidates().stream()
                .flatMap(one -> one.choices().keySet().stream())
                .distinct()
                .forEach(name ->
                        table.words(name, one -> String.valueOf(one.choices().getOrDefault(name, Numbers.NONE))));
        tuning.candidates().stream()
                .flatMap(one -> one.scores().stream().map(Score::epochs))
                .distinct()
                .sorted()
                .forEach(epochs -> table.number(Wording.count(epochs, "epoch"), one -> score(one, epochs)));
        return table.table(
                "candidates",
                "Candidates, the best first",
                "Mean " + criterion() + " over the folds of the training images"
                        + (loss() ? ", in nats: lower is better." : ", in percent."));
    }

    private Cell score(Candidate one, int epochs) {
        Score score = one.scores().stream()
                .filter(each -> each.epochs() == epochs)
                .findFirst()
                .orElse(null);
        Cell.Quantity mean = Cell.of(score == null ? null : score.mean(), unit());
        return score == null || score.standardDeviation() == null
                ? mean
                : mean.with("± " + unit().text(score.standardDeviation()));
    }

    private Optional<Chart> scores() {
        String unit = loss() ? "nats" : "%";
        String measure = Wording.capital(criterion()) + (loss() ? ", nats" : " %");
        ChartTable table = new ChartTable("Candidate", "Epochs", measure, "Folds", "Choices");
        List<Series> series = new ArrayList<>();
        int most = 1;
        String title = Wording.count(tuning.candidates().size(), "candidate was", "candidates were") + " tried";
        // The best candidate is drawn last, over the others.
        for (Candidate candidate : tuning.candidates().stream()
                .sorted(Comparator.comparing(one -> isBest(one)))
                .toList()) {
            boolean best = isBest(candidate);
            List<Point> points = new ArrayList<>();
            for (Score score : candidate.scores()) {
                double shown = loss() ? score.mean() : 100 * score.mean();
                String text = Numbers.fixed(shown, loss() ? 4 : 2);
                points.add(Point.at(
                        score.epochs(),
                        shown,
                        table.add(
                                Integer.toString(candidate.number()),
                                Integer.toString(score.epochs()),
                                text,
                                Integer.toString(score.folds().size()),
                                Wording.settings(candidate.choices()))));
                most = Math.max(most, score.epochs());
                if (best) {
                    title = "Candidate " + candidate.number() + " is the best of "
                            + tuning.candidates().size() + ": "
                            + criterion() + " " + text + " " + unit;
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
                        ChartAxis.counting("Epochs of each training", most),
                        ChartAxis.around(criterion() + ", " + unit, span),
                        series));
    }
}
