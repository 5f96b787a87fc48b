package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ComparisonWords;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.Row.Box;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.charts.RowChart.Band;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.charts.XyChart.Guide;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.statistics.Paired;
import io.catwalk.runner.statistics.PairedComparison;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws accuracies, their differences, how they vary over the trials, and what the networks cost for them. */
record AccuracyCharts(ReportModel model) {

    /** With fewer trials, a quartile is hardly more than one of them. */
    private static final int FEWEST_QUARTILES = 5;

    static Stream<Optional<Chart>> all(ReportModel model) {
        AccuracyCharts charts = new AccuracyCharts(model);
        return Stream.of(charts.differences(), charts.accuracy(), charts.spread());
    }

    /** Draws how far each classifier is behind the best, with the interval of that difference. */
    private Optional<Chart> differences() {
        Comparison comparison = model.comparison();
        if (comparison == null || !model.tested()) {
            return Optional.empty();
        }
        ClassifierReport best = model.trained().get(0);
        ChartTable table = new ChartTable("Classifier", "Difference, points", "95 % interval", "p", "Outcome");
        List<ClassifierReport> compared = new ArrayList<>(List.of(best));
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(
                best,
                List.of(new Dot(0, best.symbol(), true)),
                "best",
                "",
                table.add(best.name(), Numbers.NONE, Numbers.NONE, Numbers.NONE, "the best")));
        for (ClassifierReport one : model.trained()) {
            PairedComparison pair = model.pairOf(one.name(), best.name());
            if (pair == null) {
                continue;
            }
            compared.add(one);
            String points = Numbers.points(pair.difference());
            String interval = pair.low() == null || pair.high() == null
                    ? Numbers.NONE
                    : ChartTable.points(pair.low(), pair.high());
            rows.add(Row.of(
                    one,
                    interval(pair.low(), pair.difference(), pair.high(), one.symbol()),
                    points,
                    model.pairKey(best.name(), one.name()),
                    table.add(
                            one.name(),
                            points,
                            interval,
                            Numbers.probability(pair.decidingP()),
                            ComparisonWords.outcome(pair))));
        }
        double region = comparison.scope() == Comparison.Scope.CLASSIFIERS ? comparison.regionPoints() : 0;
        List<ClassifierReport> open =
                model.choices().stream().filter(compared::contains).toList();
        boolean first = open.equals(compared.subList(0, open.size()));
        List<ClassifierReport> apart =
                model.choices().stream().filter(one -> !open.contains(one)).toList();
        String note = (region > 0
                        ? "Shaded: differences of up to " + region + " points, which count as equivalent."
                        : "Lines are 95 % intervals of the difference.")
                + (first && open.size() > 1 ? " The bracket joins those that the best is not clearly ahead of." : "")
                + (apart.isEmpty() ? "" : " Not compared with the best: " + Wording.classifiers(apart) + ".");
        return Optional.of(new RowChart(
                table.caption("differences", versusTheBest(best, compared.subList(1, compared.size())), note),
                Axis.around("Difference in accuracy, points", Row.span(rows)),
                rows,
                List.of(),
                region > 0 ? new Band(-region, region) : null,
                first ? open.size() : 0));
    }

    /** Says how the best compares with the others, by the outcomes of its pairs. */
    private String versusTheBest(ClassifierReport best, List<ClassifierReport> others) {
        Map<String, List<ClassifierReport>> byOutcome = new LinkedHashMap<>();
        double least = Double.POSITIVE_INFINITY;
        for (ClassifierReport one : others) {
            PairedComparison pair = Objects.requireNonNull(model.pairOf(best.name(), one.name()));
            byOutcome
                    .computeIfAbsent(ComparisonWords.outcome(pair), words -> new ArrayList<>())
                    .add(one);
            least = Math.min(least, pair.difference());
        }
        String all = byOutcome.entrySet().stream()
                .map(group -> group.getKey()
                        + switch (group.getKey()) {
                            case "equivalent" -> " to ";
                            case "not clearly different" -> " from ";
                            default -> " than ";
                        }
                        + (group.getValue().size() == others.size() && others.size() > 2
                                ? "all " + others.size() + " others"
                                : Wording.classifiers(group.getValue())))
                .collect(Collectors.joining(", but "));
        String ahead = Numbers.percent(least) + " points" + (others.size() == 1 ? "" : " or more");
        boolean better = byOutcome.keySet().stream().allMatch(words -> words.endsWith("better"));
        return best.name() + " is " + all + (better ? ", ahead by " + ahead : "");
    }

    private static List<Item> interval(@Nullable Double low, double middle, @Nullable Double high, Symbol symbol) {
        List<Item> items = new ArrayList<>();
        if (low != null && high != null && Double.isFinite(low) && Double.isFinite(high)) {
            items.add(new Range(100 * low, 100 * high, true));
        }
        items.add(new Dot(100 * middle, symbol, true));
        return items;
    }

    /** Draws the accuracy of each classifier with its interval, and what is reached without a network. */
    private Optional<Chart> accuracy() {
        ChartTable table = new ChartTable("Classifier", "Accuracy %", "95 % interval");
        List<Row> rows = new ArrayList<>();
        for (ClassifierReport one : model.trained()) {
            Standing standing = one.stands();
            if (!Double.isFinite(standing.accuracy())) {
                continue;
            }
            String accuracy = Numbers.percent(standing.accuracy());
            String interval = ChartTable.percents(standing.accuracyLow(), standing.accuracyHigh());
            rows.add(Row.of(
                    one,
                    interval(standing.accuracyLow(), standing.accuracy(), standing.accuracyHigh(), one.symbol()),
                    accuracy,
                    "",
                    table.add(one.name(), accuracy, interval)));
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        List<ClassifierReport> leaders = model.leaders();
        String title = Wording.classifiers(leaders) + (leaders.size() == 1 ? " classifies " : " classify ")
                + Numbers.percent(leaders.get(0).stands().accuracy()) + " % of the images correctly";
        double low = Collections.min(Row.span(rows));
        double high = Collections.max(Row.span(rows));
        for (Baseline baseline : baselines()) {
            String name = ComparisonWords.name(baseline.name());
            String accuracy = Numbers.percent(baseline.accuracy());
            List<Item> items =
                    interval(baseline.accuracyLow(), baseline.accuracy(), baseline.accuracyHigh(), Symbol.CIRCLE);
            // One that is far away would press all intervals together; its number is enough.
            boolean near = 100 * baseline.accuracy() >= low - Math.max(10, high - low);
            String interval = ChartTable.percents(baseline.accuracyLow(), baseline.accuracyHigh());
            String tip = table.add(name, accuracy, interval);
            rows.add(new Row(name, "muted", Symbol.CIRCLE, near ? items : List.of(), accuracy, tip, ""));
            if (Paired.order(baseline.accuracy(), leaders.get(0).stands().accuracy()) >= 0) {
                title += "; the " + name + " baseline: " + accuracy + " %";
            }
        }
        return Optional.of(new RowChart(
                table.caption("accuracy", title, "Lines are 95 % intervals of each accuracy by itself."),
                Axis.percent("Accuracy, %", Row.span(rows)),
                rows));
    }

    /** Returns what is reached without a network; empty if it is not known. */
    private List<Baseline> baselines() {
        Comparison comparison = model.comparison();
        return comparison == null ? List.of() : comparison.baselines();
    }

    /** Draws the accuracies of several trials of a classifier, one for each fold and seed. */
    private Optional<Chart> spread() {
        String trials = model.folded() ? "folds" : "seeds";
        ChartTable table = new ChartTable(
                "Classifier", "Trials", "Lowest %", "First quartile %", "Median %", "Third quartile %", "Highest %");
        List<Row> rows = new ArrayList<>();
        double widest = 0;
        boolean boxes = false;
        for (ClassifierReport one : model.trained()) {
            List<Double> accuracies = one.values(metrics -> 100 * metrics.test().accuracy()).stream()
                    .sorted()
                    .toList();
            if (accuracies.size() < 2) {
                continue;
            }
            Box box = new Box(accuracies);
            boolean quartiles = accuracies.size() >= FEWEST_QUARTILES;
            boxes |= quartiles;
            widest = Math.max(widest, box.quantile(1) - box.quantile(0));
            rows.add(Row.of(
                    one,
                    quartiles
                            ? List.of(box)
                            : accuracies.stream()
                                    .<Item>map(value -> new Dot(value, one.symbol(), true))
                                    .toList(),
                    "n = " + accuracies.size(),
                    "",
                    table.add(
                            one.name(),
                            Integer.toString(accuracies.size()),
                            Numbers.fixed(box.quantile(0), 2),
                            quartiles ? Numbers.fixed(box.quantile(0.25), 2) : Numbers.NONE,
                            Numbers.fixed(box.quantile(0.5), 2),
                            quartiles ? Numbers.fixed(box.quantile(0.75), 2) : Numbers.NONE,
                            Numbers.fixed(box.quantile(1), 2))));
        }
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new RowChart(
                        table.caption(
                                trials,
                                "The accuracy of a classifier varies by up to " + Numbers.fixed(widest, 2)
                                        + " points over its " + trials,
                                "Each symbol is a trial."
                                        + (boxes
                                                ? " A box holds the middle half, its line is the median; the line"
                                                        + " through it reaches the extremes."
                                                : "")),
                        Axis.percent("Accuracy, %", Row.span(rows)),
                        rows));
    }

    static Stream<Optional<Chart>> costs(ReportModel model) {
        return Stream.of(new AccuracyCharts(model).accuracyAgainstLatency());
    }

    /** Draws accuracy against latency, with the Pareto front. */
    private Optional<Chart> accuracyAgainstLatency() {
        List<ClassifierReport> measured = model.trained().stream()
                .filter(one -> one.micros(model.engine()) != null
                        && Double.isFinite(one.stands().accuracy()))
                .toList();
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        List<ClassifierReport> front = model.front();
        List<Series> series = new ArrayList<>();
        if (!front.isEmpty()) {
            List<Point> steps = front.stream()
                    .map(one -> Point.at(micros(one), 100 * one.stands().accuracy(), ""))
                    .toList();
            series.add(new Series("Pareto front", "#7F7F7F", Symbol.CIRCLE, Look.STEPS, false, steps));
        }
        ChartTable table =
                new ChartTable("Classifier", "Accuracy %", "95 % interval", "Latency", "ONNX file", "On the front");
        for (ClassifierReport one : measured) {
            Standing standing = one.stands();
            Long bytes = Objects.requireNonNull(one.efficiency()).onnxBytes();
            double size = bytes == null ? 0 : Math.sqrt(bytes / 16_000.0);
            Point point = new Point(
                    micros(one),
                    100 * standing.accuracy(),
                    percent(standing.accuracyLow()),
                    percent(standing.accuracyHigh()),
                    Math.min(11, Math.max(4.5, size)),
                    table.add(
                            one.name(),
                            Numbers.percent(standing.accuracy()),
                            ChartTable.percents(standing.accuracyLow(), standing.accuracyHigh()),
                            latency(one),
                            Numbers.bytes(bytes),
                            standing.onFront() == null ? Numbers.NONE : standing.onFront() ? "yes" : "no"),
                    "");
            series.add(Series.of(one, Look.DOTS, List.of(point)));
        }
        Axis across = Axis.doubling(
                "Latency of one image, µs (" + model.latencyTitle() + ")",
                measured.stream().map(this::micros).toList());
        Axis up = Axis.percent("Accuracy, %", Series.span(series));
        List<Guide> baselines = new ArrayList<>();
        for (Baseline baseline : baselines()) {
            double accuracy = 100 * baseline.accuracy();
            if (up.holds(accuracy)) {
                String words = ComparisonWords.name(baseline.name()) + " " + Numbers.percent(baseline.accuracy());
                baselines.add(new Guide(across.first(), accuracy, across.last(), accuracy, words));
            }
        }
        return Optional.of(new XyChart(
                table.caption(
                        "accuracy-latency",
                        frontOf(measured, front),
                        (front.isEmpty()
                                        ? ""
                                        : "The dashed line is the Pareto front: no classifier is better on both axes"
                                                + " than those on it. ")
                                + "Bars are 95 % intervals; larger symbols are larger files."
                                + (baselines.isEmpty() ? "" : " Straight dashed lines are baselines.")),
                across,
                up,
                series,
                baselines));
    }

    private String frontOf(List<ClassifierReport> measured, List<ClassifierReport> front) {
        ClassifierReport best = measured.get(0);
        if (measured.size() == 1) {
            return best.name() + " takes " + latency(best) + " for an image, at "
                    + Numbers.percent(best.stands().accuracy()) + " % accuracy";
        }
        if (front.isEmpty()) {
            return "The latencies are rough: the machine was busy, so there is no Pareto front";
        }
        ClassifierReport fastest = front.get(0);
        ClassifierReport last = front.get(front.size() - 1);
        return front.size() == 1
                ? "No classifier with a latency from a quiet machine is more accurate or faster than " + fastest.name()
                : fastest.name() + " takes " + latency(fastest) + " at "
                        + Numbers.percent(fastest.stands().accuracy()) + " % accuracy, " + last.name() + " "
                        + latency(last) + " at " + Numbers.percent(last.stands().accuracy()) + " %";
    }

    private String latency(ClassifierReport one) {
        return Wording.latency(one.latency(model.engine()));
    }

    private double micros(ClassifierReport one) {
        return Objects.requireNonNull(one.micros(model.engine()));
    }

    private static @Nullable Double percent(double share) {
        return Double.isFinite(share) ? (Double) (100 * share) : null;
    }
}
