package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.GeneralizationGap;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.charts.Chart.Caption;
import io.catwalk.runner.report.charts.CostCharts.Cost;
import io.catwalk.runner.report.charts.Row.Box;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.charts.RowChart.Band;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.trial.TrialMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Draws the charts of all classifiers together; a chart without data is left out.
 *
 * @param model content of the report
 */
public record RunCharts(ReportModel model) {

    /** Largest number of classifiers whose lines do not hide each other. */
    static final int LINES = 12;

    /** Returns every chart that there is data for. */
    public List<Chart> all() {
        return Stream.of(
                        differences(),
                        costs().accuracyAgainstLatency(),
                        spread(),
                        training().tuning(),
                        costs().cost(Cost.TRAINING),
                        costs().cost(Cost.LATENCY),
                        costs().cost(Cost.FILE),
                        costs().cost(Cost.MEMORY),
                        overfitting(),
                        training().accuracy(),
                        training().loss())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the charts of costs. */
    public CostCharts costs() {
        return new CostCharts(model);
    }

    /** Returns the charts of training. */
    public TrainingCharts training() {
        return new TrainingCharts(model);
    }

    /** Draws how far each classifier is behind the best, with the interval of that difference. */
    public Optional<Chart> differences() {
        Comparison comparison = model.comparison();
        if (comparison == null || !model.tested()) {
            return Optional.empty();
        }
        Entrant best = model.trained().get(0);
        List<Entrant> compared = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>(List.of(0.0));
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Difference from the best", "95 % interval", "p", "Outcome"));
        for (Entrant one : model.trained()) {
            Verdict verdict = model.verdict(one.name(), best.name());
            List<Item> items = new ArrayList<>();
            String points = "best";
            String interval = "";
            if (verdict != null) {
                if (verdict.low() != null && verdict.high() != null) {
                    items.add(new Range(100 * verdict.low(), 100 * verdict.high(), true));
                    interval = Numbers.points(verdict.low()) + " to " + Numbers.points(verdict.high());
                }
                items.add(new Dot(100 * verdict.difference(), one.symbol(), true));
                points = Numbers.points(verdict.difference());
                table.add(List.of(
                        one.name(),
                        points,
                        interval.isEmpty() ? Numbers.NONE : interval,
                        Numbers.probability(verdict.p()),
                        ReportModel.words(verdict)));
            } else if (one == best) {
                items.add(new Dot(0, one.symbol(), true));
                table.add(List.of(one.name(), Numbers.NONE, Numbers.NONE, Numbers.NONE, "the best"));
            } else {
                continue;
            }
            items.forEach(item -> span.addAll(item.span()));
            compared.add(one);
            rows.add(Row.of(
                    one,
                    items,
                    points,
                    Numbers.percent(one.stands().accuracy()) + " %"
                            + (verdict == null
                                    ? ", the best"
                                    : ", " + points + " points relative to the best"
                                            + (interval.isEmpty() ? "" : " (95 % interval " + interval + ")") + ", p "
                                            + Numbers.probability(verdict.p())),
                    verdict == null ? "" : model.pair(best.name(), one.name())));
        }
        double region = comparison.scope() == Comparison.Scope.CLASSIFIERS ? comparison.regionPoints() : 0;
        List<Entrant> open = model.choices().stream().filter(compared::contains).toList();
        boolean first = open.equals(compared.subList(0, open.size()));
        return Optional.of(new RowChart(
                new Caption(
                        "differences",
                        "Difference from the best",
                        "Differences in accuracy from " + best.name() + ": "
                                + rows.stream()
                                        .skip(1)
                                        .map(row -> row.name() + " " + row.note() + " points")
                                        .collect(Collectors.joining("; "))
                                + ".",
                        (region > 0
                                        ? "Shaded: differences of up to " + region
                                                + " points, which are treated as equivalent."
                                        : "Lines are 95 % intervals of the difference.")
                                + leaders(open, first),
                        table),
                Axis.around("Difference in accuracy, points", span),
                rows,
                List.of(),
                region > 0 ? new Band(-region, region) : null,
                first ? open.size() : 0));
    }

    /**
     * Says which classifiers the best is not ahead of.
     *
     * @param open those of the chart, the best itself first
     * @param first whether they are its first rows, so that a bracket can join them
     */
    private String leaders(List<Entrant> open, boolean first) {
        List<Entrant> apart =
                model.choices().stream().filter(one -> !open.contains(one)).toList();
        String sentence = "";
        if (open.size() > 1) {
            sentence = first
                    ? " The bracket joins those that the best is not clearly ahead of."
                    : " The best is not clearly ahead of " + Findings.names(open.subList(1, open.size())) + ".";
        } else if (apart.isEmpty()) {
            boolean tested = Objects.requireNonNull(model.comparison()).scope() != Comparison.Scope.CLASSIFIERS;
            sentence = " The best is " + (tested ? "significantly " : "") + "better than each of the others.";
        }
        return sentence + (apart.isEmpty() ? "" : " Not compared with the best: " + Findings.names(apart) + ".");
    }

    /** Draws the accuracy of each classifier with its interval. */
    public Optional<Chart> accuracies() {
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Accuracy %", "95 % interval"));
        for (Entrant one : model.trained()) {
            Standing standing = one.stands();
            if (!Double.isFinite(standing.accuracy())) {
                continue;
            }
            Double low = finite(100 * standing.accuracyLow());
            Double high = finite(100 * standing.accuracyHigh());
            List<Item> items = new ArrayList<>();
            if (low != null && high != null) {
                items.add(new Range(low, high, true));
            }
            items.add(new Dot(accuracy(one), one.symbol(), true));
            items.forEach(item -> span.addAll(item.span()));
            List<String> cells = List.of(one.name(), Numbers.percent(standing.accuracy()), one.interval());
            table.add(cells);
            rows.add(Row.of(one, items, cells.get(1), cells.get(1) + " % (" + cells.get(2) + ")", ""));
        }
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new RowChart(
                        new Caption(
                                "accuracy",
                                "Accuracy",
                                rows.stream().map(Row::tip).collect(Collectors.joining("; ")) + ".",
                                "Lines are 95 % intervals of each accuracy by itself.",
                                table),
                        Axis.percent("Accuracy, %", span),
                        rows));
    }

    /** Draws the accuracies of several trials of a classifier, one for each fold and seed. */
    public Optional<Chart> spread() {
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Trials", "Lowest", "First quartile", "Median", "Third quartile", "Highest"));
        for (Entrant one : model.trained()) {
            List<Double> accuracies = one.values(metrics -> 100 * metrics.test().accuracy()).stream()
                    .sorted()
                    .toList();
            if (accuracies.size() < 2) {
                continue;
            }
            Box box = new Box(accuracies);
            List<String> five = Stream.of(0.0, 0.25, 0.5, 0.75, 1.0)
                    .map(share -> Numbers.fixed(box.quantile(share), 2))
                    .toList();
            rows.add(Row.of(
                    one,
                    List.of(box),
                    "n = " + accuracies.size(),
                    "median " + five.get(2) + " %, half of the trials from " + five.get(1) + " to " + five.get(3)
                            + " %",
                    ""));
            span.addAll(accuracies);
            List<String> row = new ArrayList<>(List.of(one.name(), Integer.toString(accuracies.size())));
            row.addAll(five);
            table.add(row);
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        String trials = model.folded() ? "folds" : "seeds";
        return Optional.of(new RowChart(
                new Caption(
                        trials,
                        "Accuracy over the " + trials,
                        rows.stream().map(Row::tip).collect(Collectors.joining("; ")) + ".",
                        "Each symbol is a trial. The box holds the middle half, its line is the median; the line through"
                                + " it reaches the extremes.",
                        table),
                Axis.percent("Accuracy, %", span),
                rows));
    }

    /** Draws training, validation and test accuracy of the same weights. */
    public Optional<Chart> overfitting() {
        List<Part> parts = List.of(
                new Part(
                        "Training",
                        Symbol.CIRCLE,
                        false,
                        metrics -> metrics.train().accuracy()),
                new Part(
                        "Validation",
                        Symbol.DIAMOND,
                        true,
                        metrics -> metrics.validation().accuracy()),
                new Part("Test", Symbol.CIRCLE, true, metrics -> metrics.test().accuracy()));
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of(
                "Classifier",
                "Training %",
                "Validation %",
                "Test %",
                "Gap, points",
                "95 % interval",
                "Training loss",
                "Validation loss"));
        for (Entrant one : model.trained()) {
            List<Double> places = new ArrayList<>();
            List<Item> dots = new ArrayList<>();
            List<String> cells = new ArrayList<>(List.of(one.name()));
            for (Part part : parts) {
                Double mean = one.mean(part.metric());
                cells.add(Numbers.percent(mean));
                if (mean != null) {
                    places.add(100 * mean);
                    dots.add(new Dot(100 * mean, part.symbol(), part.filled()));
                }
            }
            if (places.isEmpty()) {
                continue;
            }
            GeneralizationGap gap = Objects.requireNonNull(one.gap());
            cells.add(Numbers.points(gap.mean()));
            cells.add(Numbers.points(gap.low()) + " to " + Numbers.points(gap.high()));
            cells.add(Numbers.fixed(gap.trainingLoss(), 3));
            cells.add(Numbers.fixed(gap.validationLoss(), 3));
            table.add(cells);
            span.addAll(places);
            dots.add(
                    0,
                    new Range(
                            places.stream().mapToDouble(place -> place).min().orElse(0),
                            places.stream().mapToDouble(place -> place).max().orElse(0),
                            false));
            rows.add(Row.of(
                    one,
                    dots,
                    Numbers.points(gap.mean()) + (gap.toldApart() ? "" : " ?"),
                    "training " + cells.get(1) + " %, validation " + cells.get(2) + " %, test " + cells.get(3)
                            + " %, gap " + cells.get(4) + " points (95 % interval " + cells.get(5) + ")",
                    ""));
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RowChart(
                new Caption(
                        "overfitting",
                        "Training, validation and test accuracy",
                        rows.stream().map(Row::tip).collect(Collectors.joining("; ")) + ".",
                        "The same weights on three sets of images. The longer the bar, the worse the model generalizes."
                                + " At the right: training minus validation accuracy, in points; with a question mark"
                                + " where its interval includes 0.",
                        table),
                Axis.percent("Accuracy, %", span),
                rows,
                parts.stream()
                        .map(part -> new RowChart.Key(part.name(), part.symbol(), part.filled()))
                        .toList(),
                null,
                0));
    }

    private record Part(String name, Symbol symbol, boolean filled, ToDoubleFunction<TrialMetrics> metric) {}

    static double accuracy(Entrant one) {
        return 100 * one.stands().accuracy();
    }

    static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}
