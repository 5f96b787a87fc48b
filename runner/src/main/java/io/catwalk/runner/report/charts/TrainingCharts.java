package io.catwalk.runner.report.charts;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.Chart.Caption;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.training.Epoch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Draws the training of the networks, and the search for their hyperparameters; a chart without data is left out.
 *
 * @param model content of the report
 */
public record TrainingCharts(ReportModel model) {

    /** Draws the validation accuracy of all classifiers by epoch. */
    public Optional<Chart> accuracy() {
        return validation("accuracy", "Validation accuracy, %", Epoch::validationAccuracy, 100);
    }

    /** Draws the validation loss of all classifiers by epoch. */
    public Optional<Chart> loss() {
        return validation("loss", "Validation loss, nats", Epoch::validationLoss, 1);
    }

    /** Draws a validation metric by epoch, of the first trial of each classifier that has a history. */
    private Optional<Chart> validation(String what, String axis, ToDoubleFunction<Epoch> value, double scale) {
        List<Series> series = new ArrayList<>();
        List<Double> span = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Epochs", "First", "Last", "Best epoch"));
        int epochs = 1;
        int digits = scale == 1 ? 4 : 2;
        for (Entrant one : model.trained()) {
            Optional<Model> first = one.done().stream()
                    .filter(trial -> !trial.history().isEmpty())
                    .findFirst();
            if (first.isEmpty() || series.size() == RunCharts.LINES) {
                continue;
            }
            List<Epoch> history = first.get().history();
            List<Point> points = history.stream()
                    .map(epoch -> Point.at(
                            epoch.epoch(),
                            scale * value.applyAsDouble(epoch),
                            one.name() + ", epoch " + epoch.epoch() + ": "
                                    + Numbers.fixed(scale * value.applyAsDouble(epoch), digits)))
                    .toList();
            series.add(new Series(one.name(), one.color(), one.symbol(), Look.LINE, true, points));
            points.stream().map(Point::y).filter(Double::isFinite).forEach(span::add);
            epochs = Math.max(epochs, history.size());
            table.add(List.of(
                    one.name(),
                    Integer.toString(history.size()),
                    Numbers.fixed(points.get(0).y(), digits),
                    Numbers.fixed(points.get(points.size() - 1).y(), digits),
                    Integer.toString(first.get().trained().timing().bestEpoch())));
        }
        if (span.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new XyChart(
                new Caption(
                        "validation-" + what,
                        "Validation " + what + " by epoch",
                        table.stream()
                                        .skip(1)
                                        .map(row -> row.get(0) + " from " + row.get(2) + " to " + row.get(3))
                                        .collect(Collectors.joining("; "))
                                + ".",
                        "The validation set selects the epoch, so the best value is optimistic."
                                + (model.trained().size() > RunCharts.LINES
                                        ? " The " + RunCharts.LINES + " most accurate classifiers are shown."
                                        : ""),
                        table),
                Axis.counting("Epoch", epochs),
                scale == 1 ? Axis.around(axis, span) : Axis.percent(axis, span),
                series,
                List.of()));
    }

    /** Draws the scores of the candidates of a search by their budget. */
    public Optional<Chart> tuning() {
        Tuning tuning = model.results().tuning();
        if (tuning == null) {
            return Optional.empty();
        }
        List<Series> series = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Candidate", "Epochs", tuning.measure().title(), "Folds"));
        boolean loss = tuning.selectBy() == Criterion.LOSS;
        int most = 1;
        // The best candidate is drawn last, over the others.
        List<Tuning.Candidate> candidates = new ArrayList<>(tuning.candidates());
        candidates.sort(Comparator.comparing(candidate -> isBest(tuning, candidate)));
        for (Tuning.Candidate candidate : candidates) {
            boolean best = isBest(tuning, candidate);
            List<Point> points = new ArrayList<>();
            for (Tuning.Score score : candidate.scores()) {
                double shown = tuning.measure().shown(score.mean());
                String text = Numbers.fixed(shown, loss ? 4 : 2);
                points.add(Point.at(
                        score.epochs(), shown, "Candidate " + candidate.number() + ": " + text + choices(candidate)));
                table.add(List.of(
                        Integer.toString(candidate.number()),
                        Integer.toString(score.epochs()),
                        text,
                        Integer.toString(score.folds().size())));
                most = Math.max(most, score.epochs());
                if (Double.isFinite(shown)) {
                    scores.add(shown);
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
        if (scores.isEmpty()) {
            return Optional.empty();
        }
        String unit = tuning.measure().unit();
        return Optional.of(new XyChart(
                new Caption(
                        "tuning",
                        "Score of each candidate by its budget",
                        "Scores of " + Findings.count(candidates.size(), "candidate", "candidates")
                                + (tuning.best() == null ? "." : "; number " + tuning.best() + " is the best."),
                        "Each line is a candidate, from its smallest budget to its largest.",
                        table),
                Axis.fromZero("Epochs of each training", List.of((double) most)),
                Axis.around(tuning.measure().title() + ", " + unit, scores),
                series,
                List.of()));
    }

    private static String choices(Tuning.Candidate candidate) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Object> choice : candidate.choices().entrySet()) {
            text.append(", ").append(choice.getKey()).append(' ').append(choice.getValue());
        }
        return text.toString();
    }

    private static boolean isBest(Tuning tuning, Tuning.Candidate candidate) {
        return tuning.best() != null && tuning.best() == candidate.number();
    }
}
