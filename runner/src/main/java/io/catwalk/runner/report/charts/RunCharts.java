package io.catwalk.runner.report.charts;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.GeneralizationGap;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.Chart.Caption;
import io.catwalk.runner.report.charts.Row.Bar;
import io.catwalk.runner.report.charts.Row.Box;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.charts.RowChart.Band;
import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.TrialMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Draws what there is to see of all classifiers together; where there is no data for a chart, there is no chart.
 *
 * @param model what the report says
 */
public record RunCharts(ReportModel model) {

    /** Lines of more classifiers than these hide each other. */
    private static final int LINES = 12;

    /** Returns every chart that there is data for. */
    public List<Chart> all() {
        return Stream.of(
                        differences(),
                        accuracyAgainstLatency(),
                        spread(),
                        tuning(),
                        cost(Cost.TRAINING),
                        cost(Cost.LATENCY),
                        cost(Cost.FILE),
                        cost(Cost.MEMORY),
                        overfitting(),
                        validation("accuracy", "Validation accuracy, %", Epoch::validationAccuracy, 100),
                        validation("loss", "Validation loss, nats", Epoch::validationLoss, 1))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Draws how far each classifier is behind the best, with the interval of that difference. */
    public Optional<Chart> differences() {
        Comparison comparison = model.comparison();
        if (comparison == null || model.trained().size() < 2) {
            return Optional.empty();
        }
        Entrant best = model.trained().get(0);
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>(List.of(0.0));
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Difference to the best", "95 % interval", "p", "Outcome"));
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
                        ReportModel.words(verdict.outcome())));
            } else if (one == best) {
                items.add(new Dot(0, one.symbol(), true));
                table.add(List.of(one.name(), Numbers.NONE, Numbers.NONE, Numbers.NONE, "the best"));
            } else {
                continue;
            }
            items.forEach(item -> span.addAll(item.span()));
            rows.add(new Row(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    items,
                    points,
                    one.name() + ": " + Numbers.percent(one.stands().accuracy()) + " %"
                            + (verdict == null
                                    ? ", the best"
                                    : ", " + points + " points to the best"
                                            + (interval.isEmpty() ? "" : " (95 % interval " + interval + ")") + ", p "
                                            + Numbers.probability(verdict.p())),
                    verdict == null ? "" : model.pair(best.name(), one.name())));
        }
        double region = comparison.scope() == Comparison.Scope.CLASSIFIERS ? comparison.regionPoints() : 0;
        String tied = model.tied() > 1
                ? " The bracket joins those that do not clearly differ from the best."
                : " The best differs significantly from each of the others.";
        return Optional.of(new RowChart(
                new Caption(
                        "differences",
                        "Difference to the best",
                        "Differences in accuracy to " + best.name() + ": "
                                + rows.stream()
                                        .skip(1)
                                        .map(row -> row.name() + " " + row.note() + " points")
                                        .collect(Collectors.joining("; "))
                                + ".",
                        (region > 0
                                        ? "Shaded: differences of up to " + Numbers.fixed(region, 1)
                                                + " points, which are treated as equivalent."
                                        : "Lines are 95 % intervals of the difference.")
                                + tied,
                        table),
                Axis.around("Difference in accuracy, points", span),
                rows,
                List.of(),
                region > 0 ? new Band(-region, region) : null,
                model.tied()));
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
            List<String> cells = List.of(
                    one.name(),
                    Numbers.percent(standing.accuracy()),
                    Numbers.percent(standing.accuracyLow()) + " to " + Numbers.percent(standing.accuracyHigh()));
            table.add(cells);
            rows.add(new Row(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    items,
                    cells.get(1),
                    one.name() + ": " + cells.get(1) + " % (" + cells.get(2) + ")"));
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

    /** Draws accuracy against latency, with the front. */
    public Optional<Chart> accuracyAgainstLatency() {
        List<Entrant> measured = model.trained().stream()
                .filter(one -> one.micros(model.engine()) != null
                        && Double.isFinite(one.stands().accuracy()))
                .toList();
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        List<Entrant> front = model.front();
        List<Series> series = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("Classifier", "Accuracy %", "Latency, µs", "ONNX file", "On the front"));
        series.add(new Series(
                "Pareto front",
                "#7F7F7F",
                Symbol.CIRCLE,
                Look.STEPS,
                false,
                front.stream()
                        .map(one -> Point.at(micros(one), accuracy(one), ""))
                        .toList()));
        for (Entrant one : measured) {
            Standing standing = one.stands();
            Efficiency efficiency = Objects.requireNonNull(one.efficiency());
            accuracies.addAll(List.of(100 * standing.accuracyLow(), 100 * standing.accuracyHigh(), accuracy(one)));
            double size = efficiency.onnxBytes() == null ? 0 : Math.sqrt(efficiency.onnxBytes() / 16_000.0);
            series.add(new Series(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    Look.DOTS,
                    true,
                    List.of(new Point(
                            micros(one),
                            accuracy(one),
                            finite(100 * standing.accuracyLow()),
                            finite(100 * standing.accuracyHigh()),
                            Math.min(11, Math.max(4.5, size)),
                            one.name() + ": " + Numbers.percent(standing.accuracy()) + " % ("
                                    + Numbers.percent(standing.accuracyLow()) + " to "
                                    + Numbers.percent(standing.accuracyHigh()) + "), "
                                    + Numbers.micros(one.micros(model.engine())) + ", "
                                    + Numbers.bytes(efficiency.onnxBytes())))));
            table.add(List.of(
                    one.name(),
                    Numbers.percent(standing.accuracy()),
                    Numbers.count(one.micros(model.engine())),
                    Numbers.bytes(efficiency.onnxBytes()),
                    front.contains(one) ? "yes" : "no"));
        }
        List<Double> latencies = measured.stream().map(this::micros).toList();
        return Optional.of(new XyChart(
                new Caption(
                        "accuracy-latency",
                        "Accuracy against latency",
                        "On the Pareto front of accuracy and latency: "
                                + front.stream()
                                        .map(one -> one.name() + " with "
                                                + Numbers.percent(one.stands().accuracy()) + " % and "
                                                + Numbers.micros(one.micros(model.engine())))
                                        .collect(Collectors.joining("; "))
                                + ".",
                        "The dashed line is the Pareto front: no classifier on it is beaten on both axes. Bars are 95 %"
                                + " intervals; larger symbols are larger files.",
                        table),
                Axis.doubling("Latency of one image, µs (" + model.latencyTitle() + ")", latencies),
                Axis.percent("Accuracy, %", accuracies),
                series,
                List.of()));
    }

    private double micros(Entrant one) {
        return Objects.requireNonNull(one.micros(model.engine()));
    }

    private static double accuracy(Entrant one) {
        return 100 * one.stands().accuracy();
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
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
            rows.add(new Row(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    List.of(box),
                    "n = " + accuracies.size(),
                    one.name() + ": median " + five.get(2) + " %, half of the trials from " + five.get(1) + " to "
                            + five.get(3) + " %"));
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
        // The best is drawn last, over the others.
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
                        "Scores of " + candidates.size() + " candidates"
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

    /** What a network costs. */
    public enum Cost {
        /** Time of training. */
        TRAINING("training-time", "Training time"),
        /** Time of one image. */
        LATENCY("latency", "Latency of one image"),
        /** Size of the ONNX file. */
        FILE("file-size", "Size of the ONNX file"),
        /** Peak memory of training. */
        MEMORY("memory", "Peak memory of training");

        private final String file;
        private final String title;

        Cost(String file, String title) {
            this.file = file;
            this.title = title;
        }

        private String text(double value) {
            return switch (this) {
                case TRAINING -> Numbers.duration(value);
                case LATENCY -> Numbers.micros(value);
                case FILE, MEMORY -> Numbers.bytes(value);
            };
        }

        private List<Amount> of(Entrant one) {
            Efficiency efficiency = one.efficiency();
            if (efficiency == null) {
                return List.of();
            }
            return switch (this) {
                case TRAINING -> amount(efficiency.trainingSeconds());
                case LATENCY ->
                    Stream.of(InferenceEngine.ONNX_RUNTIME, InferenceEngine.PYTORCH)
                            .filter(engine -> one.micros(engine) != null)
                            .map(engine -> new Amount(engine.title(), Objects.requireNonNull(one.micros(engine))))
                            .toList();
                case FILE -> amount(efficiency.onnxBytes());
                case MEMORY -> amount(efficiency.peakMemoryBytes());
            };
        }

        private List<Amount> amount(@Nullable Number number) {
            return number == null || !Double.isFinite(number.doubleValue())
                    ? List.of()
                    : List.of(new Amount(title, number.doubleValue()));
        }
    }

    /** Is what one bar says. */
    private record Amount(String what, double value) {}

    /** Draws what the networks cost, as bars. */
    public Optional<Chart> cost(Cost cost) {
        List<Row> rows = new ArrayList<>();
        List<Double> span = new ArrayList<>();
        List<String> kinds = model.trained().stream()
                .flatMap(one -> cost.of(one).stream().map(Amount::what))
                .distinct()
                .toList();
        List<List<String>> table = new ArrayList<>();
        table.add(Stream.concat(Stream.of("Classifier"), kinds.stream()).toList());
        for (Entrant one : model.trained()) {
            List<Amount> amounts = cost.of(one);
            if (amounts.isEmpty()) {
                continue;
            }
            List<Item> items = new ArrayList<>();
            List<String> cells = new ArrayList<>(List.of(one.name()));
            for (String kind : kinds) {
                Optional<Amount> amount = amounts.stream()
                        .filter(each -> each.what().equals(kind))
                        .findFirst();
                amount.ifPresent(each -> {
                    items.add(new Bar(each.value(), kinds.indexOf(kind), kinds.size()));
                    span.add(each.value());
                });
                cells.add(amount.map(each -> cost.text(each.value())).orElse(Numbers.NONE));
            }
            table.add(cells);
            rows.add(new Row(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    items,
                    String.join(" / ", cells.subList(1, cells.size())),
                    one.name() + ": "
                            + amounts.stream()
                                    .map(each -> each.what() + " " + cost.text(each.value()))
                                    .collect(Collectors.joining(", "))));
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RowChart(
                new Caption(
                        cost.file,
                        cost.title,
                        rows.stream().map(Row::tip).collect(Collectors.joining("; ")) + ".",
                        kinds.size() > 1 ? kinds.get(0) + " (full) / " + kinds.get(1) + " (pale), batch 1." : "",
                        table),
                Axis.fromZero("", span),
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
            rows.add(new Row(
                    one.name(),
                    one.color(),
                    one.symbol(),
                    dots,
                    Numbers.points(gap.mean()) + (gap.toldApart() ? "" : " ?"),
                    one.name() + ": training " + cells.get(1) + " %, validation " + cells.get(2) + " %, test "
                            + cells.get(3) + " %, gap " + cells.get(4) + " points (95 % interval " + cells.get(5)
                            + ")"));
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
                                + " At the right: training less validation accuracy, in points; with a question mark"
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

    /** Draws how all classifiers learned, by the first trial of each that tells. */
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
            if (first.isEmpty() || series.size() == LINES) {
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
                                + (model.trained().size() > LINES
                                        ? " Shown are the " + LINES + " most accurate classifiers."
                                        : ""),
                        table),
                Axis.counting("Epoch", epochs),
                scale == 1 ? Axis.around(axis, span) : Axis.percent(axis, span),
                series,
                List.of()));
    }
}
