package io.catwalk.runner.report.slides;

import io.catwalk.runner.statistics.ParetoFront;
import io.catwalk.runner.statistics.ParetoFront.Better;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialMetrics;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells how often each classifier is right, and how fast it is about it. */
final class Accuracy {

    private static final int ROWS = 12;

    private Accuracy() {}

    static void tell(Story story, Deck deck) {
        if (story.ranked().isEmpty()) {
            Page page = deck.page("Results", "There is no result: no trial has a trained network");
            page.text(
                    Area.BODY,
                    Style.BODY,
                    "What went wrong stands under “What is missing”, with the reason that each trial gave.");
            page.notes("Source: results.json, keys trials[].status and trials[].error.");
            return;
        }
        table(story, deck);
        intervals(story, deck);
        againstLatency(story, deck);
    }

    /** A column of the table: a share, of which more is better, or a loss. */
    private record Score(ToDoubleFunction<TrialMetrics> metric, boolean higherIsBetter) {}

    private static final Score ACCURACY = new Score(metrics -> metrics.test().accuracy(), true);

    private static final List<Score> SCORES = List.of(
            ACCURACY,
            new Score(metrics -> metrics.test().macro().precision(), true),
            new Score(metrics -> metrics.test().macro().recall(), true),
            new Score(metrics -> metrics.test().macro().f1(), true),
            new Score(metrics -> metrics.test().logLoss(), false),
            new Score(metrics -> metrics.test().ece(), false));

    private static void table(Story story, Deck deck) {
        boolean deviating = story.ranked().stream().anyMatch(entrant -> entrant.deviation() != null);
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Entrant entrant : story.ranked()) {
            List<Table.Cell> row = new ArrayList<>();
            row.add(Table.Cell.bold(entrant.name()));
            for (Score score : SCORES) {
                Double value = entrant.metric(score.metric);
                String text = score.higherIsBetter ? Words.percent(value) : Words.fixed(value, 4);
                row.add(value != null && isBest(story, score, value) ? Table.Cell.bold(text) : Table.Cell.of(text));
                if (score.equals(ACCURACY) && deviating) {
                    row.add(Table.Cell.of(Words.percent(entrant.deviation())));
                }
                if (score.equals(ACCURACY)) {
                    row.add(Table.Cell.of(
                            entrant.low() == null
                                    ? Words.NONE
                                    : Words.percent(entrant.low()) + " to " + Words.percent(entrant.high())));
                }
            }
            row.add(Table.Cell.of(
                    Words.percent(entrant.metric(metrics -> metrics.train().accuracy()))));
            row.add(Table.Cell.of(
                    Words.percent(entrant.metric(metrics -> metrics.validation().accuracy()))));
            rows.add(row);
        }
        List<Table.Column> columns = new ArrayList<>(List.of(
                Table.Column.text("Classifier", 1.6),
                Table.Column.number("Accuracy", 0.9),
                Table.Column.number("95 % interval", 1.45),
                Table.Column.number("Precision", 0.9),
                Table.Column.number("Recall", 0.8),
                Table.Column.number("F1", 0.8),
                Table.Column.number("Log loss", 0.85),
                Table.Column.number("ECE", 0.8),
                Table.Column.number("Training", 0.9),
                Table.Column.number("Validation", 0.95)));
        if (deviating) {
            columns.add(2, Table.Column.number("Deviation", 0.9));
        }
        Table table = Table.of(columns, rows);
        Entrant best = story.ranked().get(0);
        String title = Words.name(best.name()) + (story.ranked().size() == 1 ? " gets " : " has the highest accuracy: ")
                + Words.percent(best.accuracy()) + " % of the images"
                + (story.ranked().size() == 1 ? " right" : "");
        String alternative = "Table of the metrics of each classifier, the most accurate first.";
        for (Page page : deck.pages("Results", title, table, ROWS, alternative)) {
            page.text(
                    Area.BODY.below(346),
                    Style.NOTE,
                    "In percent but for log loss (nats) and ECE (expected calibration error, 0 to 1). Precision, recall"
                            + " and F1 are means over the classes. Training and validation: accuracy there. Bold: the best.");
            page.notes(
                    "Judged by " + story.judges()
                            + ". Where a classifier has several trials, these are their means, and"
                            + " the deviation is the standard deviation of their accuracies.",
                    "Source: results.json, keys trials[].metrics.test, metrics.train.accuracy,"
                            + " metrics.validation.accuracy; intervals: metrics.test.accuracy_low and accuracy_high, or"
                            + " comparison.standings[].accuracy_low and accuracy_high where there is a comparison.");
        }
    }

    private static boolean isBest(Story story, Score score, double value) {
        return story.ranked().size() > 1
                && story.ranked().stream()
                        .map(entrant -> entrant.metric(score.metric))
                        .filter(Objects::nonNull)
                        .noneMatch(other -> score.higherIsBetter ? other > value : other < value);
    }

    private static void intervals(Story story, Deck deck) {
        List<Entrant> shown = Story.first(story.ranked(), Story.MOST_IN_BARS);
        List<Double> middle = shown.stream()
                .map(entrant -> 100 * Objects.requireNonNull(entrant.accuracy()))
                .toList();
        List<@Nullable Double> low = new ArrayList<>();
        List<@Nullable Double> high = new ArrayList<>();
        shown.forEach(entrant -> {
            low.add(percent(entrant.low()));
            high.add(percent(entrant.high()));
        });
        List<Chart.Series> singles = singles(shown);
        List<Double> all = Stream.of(middle, low, high)
                .flatMap(List::stream)
                .filter(Objects::nonNull)
                .toList();
        List<Double> everything = new ArrayList<>(all);
        singles.forEach(one -> one.values().stream().filter(Objects::nonNull).forEach(everything::add));
        Page page = deck.page("Results", overlap(story));
        String what = (singles.isEmpty() ? "Accuracy" : "Mean accuracy over the trials")
                + " in percent with its 95 % interval"
                + (singles.isEmpty() ? "" : "; small dots: single trials");
        page.text(Area.BODY.top(20), Style.HEADING, what);
        page.chart(
                Area.BODY.below(22).top(316),
                new IntervalChart(
                        Story.names(shown),
                        middle,
                        low,
                        high,
                        singles,
                        Chart.Axis.around("accuracy, %", everything, "0.0").within(0, 100)),
                what + ": " + ranges(shown) + ".");
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "The axis does not begin at 0. Intervals that overlap decide nothing by themselves: the paired tests do."
                        + Story.shown(shown.size(), story.ranked().size(), "classifiers"));
        page.notes(
                what + ".",
                "Source: results.json, keys trials[].metrics.test.accuracy, accuracy_low, accuracy_high;"
                        + " comparison.standings[] where there is a comparison.");
    }

    private static String overlap(Story story) {
        Entrant best = story.ranked().get(0);
        Double low = best.low();
        int others = story.ranked().size() - 1;
        if (low == null || others == 0) {
            return Words.name(best.name()) + " gets " + Words.percent(best.accuracy()) + " % of the images right"
                    + (low == null
                            ? ""
                            : ", between " + Words.percent(low) + " and " + Words.percent(best.high()) + " %");
        }
        long overlapping = story.ranked().stream()
                .skip(1)
                .filter(entrant -> entrant.high() != null && entrant.high() >= low)
                .count();
        return overlapping == 0
                ? "No other interval reaches that of " + Words.name(best.name())
                : overlapping + " of the " + others + " other intervals "
                        + (overlapping == 1 ? "overlaps" : "overlap") + " that of the most accurate, "
                        + Words.name(best.name());
    }

    private static String ranges(List<Entrant> entrants) {
        return String.join(
                "; ",
                entrants.stream()
                        .map(entrant -> Words.name(entrant.name()) + " " + Words.percent(entrant.accuracy()) + " ("
                                + Words.percent(entrant.low()) + " to " + Words.percent(entrant.high()) + ")")
                        .toList());
    }

    /** Returns the accuracies of the single trials, where there are several: the n-th of each as one set. */
    private static List<Chart.Series> singles(List<Entrant> entrants) {
        int most = entrants.stream()
                .mapToInt(entrant -> entrant.done().size())
                .max()
                .orElse(0);
        if (most < 2) {
            return List.of();
        }
        return IntStream.range(0, Math.min(most, 30))
                .mapToObj(i -> {
                    List<@Nullable Double> values = new ArrayList<>();
                    for (Entrant entrant : entrants) {
                        List<@Nullable Double> own =
                                entrant.values(metrics -> metrics.test().accuracy());
                        values.add(i < own.size() ? percent(own.get(i)) : null);
                    }
                    return Chart.Series.of("trial " + (i + 1), values, new Color(0xA9B4BF));
                })
                .toList();
    }

    private static @Nullable Double percent(@Nullable Double share) {
        return share == null ? null : (Double) (100 * share);
    }

    /** Pairs a classifier with the latency that is shown of it. */
    private record Timed(Entrant entrant, double accuracy, double micros) {}

    private static void againstLatency(Story story, Deck deck) {
        boolean onnx = story.ranked().stream().anyMatch(entrant -> entrant.onnxruntime() != null);
        List<Timed> timed = new ArrayList<>();
        for (Entrant entrant : Story.first(story.ranked(), Story.MOST_IN_BARS)) {
            Latency latency = onnx ? entrant.onnxruntime() : entrant.pytorch();
            if (latency != null && Double.isFinite(latency.p50Micros()) && latency.p50Micros() > 0) {
                timed.add(new Timed(entrant, Objects.requireNonNull(entrant.accuracy()), latency.p50Micros()));
            }
        }
        String engine = onnx ? "ONNX Runtime" : "PyTorch";
        if (timed.isEmpty()) {
            Page page = deck.page("Accuracy against latency", "How fast the networks answer was not measured");
            page.text(
                    Area.BODY,
                    Style.BODY,
                    "No trial of this run has a latency, so there is nothing to weigh accuracy against.");
            page.notes(
                    "Source: results.json, keys trials[].efficiency.pytorch and efficiency.onnxruntime: all are empty.");
            return;
        }
        List<Timed> front = ParetoFront.of(
                        timed,
                        List.of(
                                new ParetoFront.Objective<>(Better.HIGHER, Timed::accuracy),
                                new ParetoFront.Objective<>(Better.LOWER, Timed::micros)))
                .stream()
                .sorted(Comparator.comparingDouble(Timed::micros))
                .toList();
        List<String> names = front.stream().map(one -> one.entrant().name()).toList();
        Page page = deck.page(
                "Accuracy against latency",
                timed.size() == 1
                        ? Words.name(names.get(0)) + " takes "
                                + micros(timed.get(0).micros()) + " for an image"
                        : front.size() == 1
                                ? Words.name(names.get(0)) + " is both the most accurate and the fastest"
                                : "On the front: " + Words.list(names, 4)
                                        + (front.size() == timed.size()
                                                ? "; each trades accuracy for latency"
                                                : "; the rest is beaten in accuracy and latency"));
        List<PointChart.Point> points =
                timed.stream().map(one -> point(story, one)).toList();
        List<String> places = timed.stream()
                .map(one -> Words.name(one.entrant().name()) + " " + Words.percent(one.accuracy()) + " at "
                        + Words.fixed(one.micros(), 0))
                .toList();
        String alternative = "Accuracy in percent against the median microseconds for one image on " + engine + ": "
                + String.join("; ", places) + ". On the Pareto front: " + Words.list(names, 12) + ".";
        page.chart(
                Area.BODY.top(340),
                new PointChart(
                        points,
                        "Pareto front",
                        front.stream().map(one -> point(story, one)).toList(),
                        Chart.Axis.fromZero(
                                "median time for one image on " + engine + ", µs",
                                timed.stream().map(Timed::micros).toList(),
                                "#,##0"),
                        Chart.Axis.around(
                                        "accuracy, %",
                                        timed.stream()
                                                .map(one -> 100 * one.accuracy())
                                                .toList(),
                                        "0.0")
                                .within(0, 100)),
                alternative);
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "Left is faster, up is more accurate. The line joins those that no other beats in both."
                        + Story.shown(timed.size(), story.ranked().size(), "classifiers"));
        page.notes(
                alternative,
                "Source: results.json, keys trials[].metrics.test.accuracy and trials[].efficiency."
                        + (onnx ? "onnxruntime" : "pytorch") + ".p50_micros. The front is computed from these two.");
    }

    private static PointChart.Point point(Story story, Timed one) {
        return new PointChart.Point(
                one.entrant().name(), one.micros(), 100 * one.accuracy(), story.color(one.entrant()));
    }

    static String micros(double value) {
        return Words.fixed(value, 0) + " µs";
    }
}
