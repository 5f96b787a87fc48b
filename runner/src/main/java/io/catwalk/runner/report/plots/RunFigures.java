package io.catwalk.runner.report.plots;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.plots.Lines.Look;
import io.catwalk.runner.report.plots.Lines.Point;
import io.catwalk.runner.report.plots.Pen.Anchor;
import io.catwalk.runner.report.plots.RowsChart.Bar;
import io.catwalk.runner.report.plots.RowsChart.BoxPlot;
import io.catwalk.runner.report.plots.RowsChart.Mark;
import io.catwalk.runner.report.plots.RowsChart.Points;
import io.catwalk.runner.report.plots.RowsChart.Row;
import io.catwalk.runner.report.plots.RowsChart.Start;
import io.catwalk.runner.statistics.ParetoFront;
import io.catwalk.runner.statistics.ParetoFront.Better;
import io.catwalk.runner.statistics.ParetoFront.Objective;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws what there is to see of all classifiers together. Numbers of several trials are their means. */
final class RunFigures {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;

    /** With more contestants than these, a legend is longer than its chart. */
    private static final int NAMED = 24;

    private final RunReport report;
    private final Palette palette;
    private final Map<String, List<Done>> contestants = new LinkedHashMap<>();

    RunFigures(RunReport report, Palette palette) {
        this.report = report;
        this.palette = palette;
        report.models().stream()
                .filter(Model::done)
                .map(Model::trained)
                .forEach(trial -> contestants
                        .computeIfAbsent(trial.trial().label(), name -> new ArrayList<>())
                        .add(trial));
    }

    /** Returns a figure for everything that there is data for. */
    List<Figure> all() {
        return Stream.of(accuracyAgainstLatency(), efficiency(), overfitting(), folds(), tuning())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Is a contestant where it stands. */
    private record Place(String name, double latency, double accuracy) {}

    private @Nullable Figure accuracyAgainstLatency() {
        boolean onnx = contestants.values().stream()
                .allMatch(trials -> mean(trials, trial -> micros(trial, Efficiency::onnxruntime))
                        .isPresent());
        Function<Efficiency, @Nullable Latency> engine = onnx ? Efficiency::onnxruntime : Efficiency::pytorch;
        List<Place> places = new ArrayList<>();
        contestants.forEach((name, trials) -> {
            OptionalDouble latency = mean(trials, trial -> micros(trial, engine));
            OptionalDouble accuracy =
                    mean(trials, trial -> trial.metrics().test().accuracy());
            if (latency.isPresent() && accuracy.isPresent()) {
                places.add(new Place(name, latency.getAsDouble(), accuracy.getAsDouble() * 100));
            }
        });
        if (places.isEmpty()) {
            return null;
        }
        Lines lines = new Lines(
                "Accuracy against latency",
                "latency of one image (µs, " + (onnx ? "ONNX Runtime" : "PyTorch") + ", median)",
                "test accuracy (percent)",
                WIDTH,
                HEIGHT);
        List<Point> front = ParetoFront.of(
                        places,
                        List.of(
                                new Objective<Place>(Better.HIGHER, Place::accuracy),
                                new Objective<Place>(Better.LOWER, Place::latency)))
                .stream()
                .sorted(Comparator.comparingDouble(Place::latency))
                .map(place -> new Point(place.latency(), place.accuracy()))
                .toList();
        if (front.size() > 1) {
            lines.add("Pareto front", front, Pen.FAINT, Look.DASHES);
        }
        places.forEach(place -> lines.add(
                place.name(), List.of(new Point(place.latency(), place.accuracy())), color(place.name()), Look.POINTS));
        var styler = lines.fitted().chart().getStyler();
        styler.setMarkerSize(13);
        styler.setLegendVisible(places.size() <= NAMED);
        Axis axis = Axis.of(
                Stream.concat(Stream.of(new Place("", 0, 0)), places.stream()).mapToDouble(Place::latency));
        styler.setXAxisMin(axis.low());
        styler.setXAxisMax(axis.high());
        return new Figure(
                "accuracy-latency", WIDTH, HEIGHT, graphics -> lines.chart().paint(graphics, WIDTH, HEIGHT));
    }

    private @Nullable Figure efficiency() {
        List<RowsChart> panels = new ArrayList<>();
        panels.add(bars("Training time", "minutes", trial -> cost(trial, e -> e.trainingSeconds() / 60)));
        panels.add(latencies());
        panels.add(bars("Size of the ONNX file", "KiB", trial -> cost(trial, e -> scaled(e.onnxBytes(), 1024))));
        panels.add(bars(
                "Peak memory of training", "MiB", trial -> cost(trial, e -> scaled(e.peakMemoryBytes(), 1024 * 1024))));
        panels.removeIf(panel -> panel.rows().isEmpty());
        if (panels.isEmpty()) {
            return null;
        }
        int height = 10 + panels.stream().mapToInt(RowsChart::height).max().orElse(0);
        int across = Math.min(2, panels.size());
        int down = (panels.size() + 1) / 2;
        return new Figure("efficiency", 480 * across + 20, height * down + 10, graphics -> {
            for (int i = 0; i < panels.size(); i++) {
                int row = i / 2;
                panels.get(i).draw(new Pen(graphics), 16 + 480.0 * (i % 2), 8 + (double) height * row, 460);
            }
        });
    }

    private RowsChart bars(String title, String unit, Function<Done, @Nullable Double> value) {
        List<Row> rows = new ArrayList<>();
        contestants.forEach((name, trials) -> mean(trials, value)
                .ifPresent(mean ->
                        rows.add(new Row(name, color(name), List.of(new Bar(mean, color(name), 0, 1)), number(mean)))));
        return new RowsChart(title, unit, rows, Start.ZERO);
    }

    private RowsChart latencies() {
        List<Row> rows = new ArrayList<>();
        contestants.forEach((name, trials) -> {
            OptionalDouble pytorch = mean(trials, trial -> micros(trial, Efficiency::pytorch));
            OptionalDouble onnx = mean(trials, trial -> micros(trial, Efficiency::onnxruntime));
            List<Mark> marks = new ArrayList<>();
            pytorch.ifPresent(mean -> marks.add(new Bar(mean, pale(name), 0, 2)));
            onnx.ifPresent(mean -> marks.add(new Bar(mean, color(name), 1, 2)));
            if (!marks.isEmpty()) {
                rows.add(new Row(name, color(name), marks, number(pytorch) + " / " + number(onnx)));
            }
        });
        return new RowsChart("Latency: PyTorch (pale) / ONNX Runtime", "µs for one image, median", rows, Start.ZERO);
    }

    private @Nullable Figure overfitting() {
        List<Row> rows = new ArrayList<>();
        contestants.forEach((name, trials) -> {
            List<Double> places = new ArrayList<>();
            for (Function<TrialMetrics, Metrics> part : List.<Function<TrialMetrics, Metrics>>of(
                    TrialMetrics::train, TrialMetrics::validation, TrialMetrics::test)) {
                places.add(mean(trials, trial -> part.apply(trial.metrics()).accuracy())
                                .orElse(Double.NaN)
                        * 100);
            }
            if (places.stream().allMatch(Double::isFinite)) {
                String gap = String.format(Locale.ROOT, "%+.2f", places.get(0) - places.get(2));
                rows.add(new Row(name, color(name), List.of(new Points(places)), gap));
            }
        });
        if (rows.isEmpty()) {
            return null;
        }
        RowsChart chart = new RowsChart(
                "Overfitting: accuracy on training, validation and test images",
                "accuracy (percent); at the right: training less test, in points",
                rows,
                Start.SMALLEST);
        return new Figure("overfitting", WIDTH, chart.height() + 40, graphics -> {
            Pen pen = new Pen(graphics);
            chart.draw(pen, 16, 8, WIDTH - 32.0);
            List<String> parts = List.of("training", "validation", "test");
            for (int i = 0; i < parts.size(); i++) {
                double x = 200 + 120.0 * i;
                Points.point(pen, x, chart.height() + 20, Pen.FAINT, i);
                pen.text(x + 12, chart.height() + 24, parts.get(i), Pen.plain(12), Pen.INK, Anchor.START);
            }
        });
    }

    /** Draws the accuracies of several trials of a classifier, one for each fold and seed. */
    private @Nullable Figure folds() {
        if (report.results().tuning() != null) {
            return null;
        }
        List<Row> rows = new ArrayList<>();
        contestants.forEach((name, trials) -> {
            List<Double> accuracies = trials.stream()
                    .map(trial -> trial.metrics().test().accuracy())
                    .filter(Objects::nonNull)
                    .map(share -> share * 100)
                    .filter(Double::isFinite)
                    .sorted()
                    .toList();
            if (accuracies.size() > 1) {
                rows.add(new Row(
                        name,
                        color(name),
                        List.of(new BoxPlot(accuracies)),
                        String.format(Locale.ROOT, "n = %d", accuracies.size())));
            }
        });
        if (rows.isEmpty()) {
            return null;
        }
        boolean folded = report.results().experiment().folds() > 0;
        RowsChart chart = new RowsChart(
                folded ? "Cross-validation: accuracy of the folds" : "Accuracy of the seeds",
                "accuracy (percent); box: quartiles and median, points: " + (folded ? "folds" : "seeds"),
                rows,
                Start.SMALLEST);
        return new Figure(
                folded ? "folds" : "seeds",
                WIDTH,
                chart.height() + 16,
                graphics -> chart.draw(new Pen(graphics), 16, 8, WIDTH - 32.0));
    }

    private @Nullable Figure tuning() {
        Tuning tuning = report.results().tuning();
        if (tuning == null
                || tuning.candidates().stream()
                        .allMatch(candidate -> candidate.scores().isEmpty())) {
            return null;
        }
        Lines lines = new Lines(
                RowsChart.shortened(tuning.classifier(), 30) + ": score of each candidate",
                "budget (epochs)",
                tuning.measure().title() + " (" + tuning.measure().unit().replace("%", "percent") + ")",
                WIDTH,
                HEIGHT);
        Color strong = Color.decode(palette.color(tuning.classifier()));
        Color chosen = strong.equals(Color.decode(Palette.NEUTRAL)) ? Color.decode("#0072B2") : strong;
        // The best is painted last, over the others.
        List<Tuning.Candidate> candidates = new ArrayList<>(tuning.candidates());
        candidates.sort(Comparator.comparing(candidate -> isBest(tuning, candidate)));
        for (Tuning.Candidate candidate : candidates) {
            List<Point> points = candidate.scores().stream()
                    .map(score -> new Point(score.epochs(), tuning.measure().shown(score.mean())))
                    .toList();
            boolean best = isBest(tuning, candidate);
            String name = "candidate " + candidate.number()
                    + (best ? ", the best" : candidate.number() == 1 ? ", the default" : "");
            lines.add(
                    name,
                    points,
                    best ? chosen : candidate.number() == 1 ? Pen.FAINT : new Color(0xB8C0C8),
                    candidate.number() == 1 && !best ? Look.DASHES : Look.DOTTED_LINE);
        }
        if (lines.isEmpty()) {
            return null;
        }
        var styler = lines.fitted().chart().getStyler();
        styler.setLegendVisible(candidates.size() <= NAMED);
        styler.setXAxisDecimalPattern("#");
        var budgets = IntStream.concat(
                        IntStream.of(0),
                        candidates.stream()
                                .flatMapToInt(c -> c.scores().stream().mapToInt(Tuning.Score::epochs)))
                .asDoubleStream();
        Axis axis = Axis.of(budgets);
        styler.setXAxisMin(axis.low());
        styler.setXAxisMax(axis.high());
        return new Figure("tuning", WIDTH, HEIGHT, graphics -> lines.chart().paint(graphics, WIDTH, HEIGHT));
    }

    private static boolean isBest(Tuning tuning, Tuning.Candidate candidate) {
        return tuning.best() != null && tuning.best() == candidate.number();
    }

    private Color color(String name) {
        return Color.decode(palette.color(name));
    }

    private Color pale(String name) {
        return Color.decode(palette.paleColor(name));
    }

    private static OptionalDouble mean(List<Done> trials, Function<Done, @Nullable Double> value) {
        return trials.stream()
                .map(value)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .average();
    }

    private static @Nullable Double micros(Done trial, Function<Efficiency, @Nullable Latency> engine) {
        return cost(trial, efficiency -> {
            Latency latency = engine.apply(efficiency);
            return latency == null ? null : (Double) latency.p50Micros();
        });
    }

    private static @Nullable Double cost(Done trial, Function<Efficiency, @Nullable Double> value) {
        return value.apply(trial.efficiency());
    }

    private static @Nullable Double scaled(@Nullable Long value, double unit) {
        return value == null ? null : (Double) (value / unit);
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? number(value.getAsDouble()) : "–";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
