package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.report.XyChart.Series;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.trial.Efficiency;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the networks cost: parameters, memory, and time to train and to answer. */
record CostsSection(ReportModel model) {

    static Optional<Section> of(ReportModel model) {
        return model.trained().isEmpty() ? Optional.empty() : Optional.of(new CostsSection(model).section());
    }

    static List<Chart> charts(ReportModel model) {
        return new CostsSection(model).accuracyAgainstLatency().stream().toList();
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>(Figure.of(charts(model)));
        blocks.add(new Sentences(Medium.WRITTEN, "", Tone.LIST, speed()));
        blocks.add(table());
        return new Section(
                "costs",
                "Costs",
                title(),
                blocks,
                "results.json, keys trials[].efficiency and comparison.standings[].on_front");
    }

    private String title() {
        List<ClassifierReport> front = model.front();
        if (front.isEmpty()) {
            return trainingTimes();
        }
        ClassifierReport fastest = front.get(0);
        String time = latency(fastest) + " for one image (" + model.latencyTitle() + ")";
        int measured = model.comparedByLatency().size();
        if (measured == 1) {
            return fastest.name() + " takes " + time;
        }
        String of = model.ofThoseTimed();
        if (front.size() == 1) {
            return fastest.name() + " is both the most accurate and the fastest" + of + ": " + time;
        }
        return (of.isEmpty() ? "The choice" : Wording.capital(of.strip()) + ", the choice") + " is among "
                + Wording.classifiers(front)
                + (front.size() == measured
                        ? ": each trades accuracy for latency"
                        : ": for each of the others, one of these is at least as good in accuracy and in latency");
    }

    private String trainingTimes() {
        var seconds = model.trained().stream()
                .map(one -> one.stands().trainingSeconds())
                .filter(Objects::nonNull)
                .mapToDouble(Standing.Seconds::mean)
                .filter(Double::isFinite)
                .summaryStatistics();
        if (seconds.getCount() == 0) {
            return model.learned().isEmpty()
                    ? model.timed().isEmpty() ? "No latency was measured" : "The latencies are of a busy machine"
                    : "The training times are not known";
        }
        return "Training took " + Wording.range(Numbers.duration(seconds.getMin()), Numbers.duration(seconds.getMax()));
    }

    private static String latency(ClassifierReport one) {
        return Cell.of(one.latency()).text();
    }

    /** Names the fastest classifier, and the fastest of those that do not clearly differ from the most accurate. */
    private List<String> speed() {
        List<ClassifierReport> timed = model.comparedByLatency();
        ClassifierReport best = model.trained().get(0);
        if (timed.size() < 2 || timed.get(0).equals(best)) {
            return List.of();
        }
        ClassifierReport fastest = timed.get(0);
        List<String> sentences = new ArrayList<>();
        sentences.add(fastest.name() + " is the fastest" + model.ofThoseTimed() + ", with " + latency(fastest) + " and "
                + Numbers.percent(fastest.stands().accuracy()) + " % accuracy ("
                + Numbers.points(fastest.stands().accuracy() - best.stands().accuracy()) + " points).");
        timed.stream()
                .takeWhile(one -> !one.equals(best) && timed.contains(best))
                .filter(one -> !relation(best, one).isEmpty())
                .findFirst()
                .ifPresent(one -> sentences.add(best.name() + relation(best, one) + one.name() + ", and takes "
                        + latency(best) + (one.equals(fastest) ? "." : " instead of " + latency(one) + ".")));
        return sentences;
    }

    /** Relates the best to a classifier that it is not ahead of; empty if it is, or if the two are not compared. */
    private String relation(ClassifierReport best, ClassifierReport other) {
        PairedComparison pair = model.pairOf(best.name(), other.name());
        return pair == null
                ? ""
                : pair.outcome() == Outcome.EQUIVALENT
                        ? " is practically equivalent to "
                        : pair.outcome() == Outcome.UNDECIDED ? " does not clearly differ from " : "";
    }

    private Table table() {
        TableBuilder<ClassifierReport> table = StandingsSection.classifiers(Medium.WRITTEN, model.trained())
                .in(Medium.TEXT)
                .bar("Parameters", one -> Cell.of(one.cost(Efficiency::parameters), Unit.COUNT))
                .number(ArchitecturesSection.MACS, Unit.TIMES, ArchitecturesSection::millions)
                .in(Medium.WRITTEN)
                .bar("ONNX file", one -> Cell.of(one.cost(Efficiency::onnxBytes), Unit.BYTES))
                .in(Medium.TEXT)
                .bar("Peak memory", one -> Cell.of(one.cost(Efficiency::peakMemoryBytes), Unit.BYTES))
                .in(Medium.WRITTEN);
        if (!model.learned().isEmpty()) {
            table.bar("Training time", CostsSection::trainingTime);
        }
        for (InferenceEngine engine : InferenceEngine.values()) {
            if (engine == InferenceEngine.PYTORCH && model.learned().isEmpty()) {
                continue;
            }
            table.in(engine == model.engine() ? Medium.WRITTEN : Medium.TEXT)
                    .number("Latency, " + engine.title(), one -> latency(one.latency(engine)));
        }
        table.in(Medium.TEXT);
        for (int batch : model.learned().isEmpty() ? List.<Integer>of() : Latency.BATCH_SIZES) {
            table.number(
                    "Speed-up, batch " + batch,
                    Unit.TIMES,
                    one -> one.cost(costs -> costs.speedUps().get(batch)));
        }
        return table.table(
                "costs-table",
                "Sizes and times",
                ((model.several()
                                        ? "Training time is the mean of the trials, with its range; all else is of one"
                                                + " trial. "
                                        : "")
                                + Wording.latencies(model.results().latencyMarks()))
                        .strip());
    }

    static Cell trainingTime(ClassifierReport one) {
        Standing.Seconds seconds = one.stands().trainingSeconds();
        if (seconds == null) {
            return Cell.of(null, Unit.SECONDS);
        }
        Cell.Quantity mean = Cell.of(seconds.mean(), Unit.SECONDS);
        return one.stands().trials() < 2
                ? mean
                : mean.with(Numbers.duration(seconds.lowest()) + " to " + Numbers.duration(seconds.highest()));
    }

    static Cell latency(@Nullable Latency latency) {
        Cell.Quantity median = Cell.of(latency);
        var range = latency == null ? null : latency.spread();
        return range == null ? median : median.with(Numbers.count(range.low()) + " to " + Numbers.micros(range.high()));
    }

    private Optional<Chart> accuracyAgainstLatency() {
        List<ClassifierReport> measured = model.trained().stream()
                .filter(one ->
                        one.micros() != null && Double.isFinite(one.stands().accuracy()))
                .toList();
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        List<ClassifierReport> front = model.front();
        List<Series> series = new ArrayList<>();
        if (front.size() > 1) {
            List<Point> steps = front.stream()
                    .map(one -> Point.at(micros(one), 100 * one.stands().accuracy(), ""))
                    .toList();
            series.add(new Series("Pareto front", "#7F7F7F", Symbol.CIRCLE, Look.STEPS, false, steps));
        }
        ChartTable table =
                new ChartTable("Classifier", "Accuracy %", "95 % interval", "Latency", "ONNX file", "On the front");
        for (ClassifierReport one : measured) {
            Standing standing = one.stands();
            Long bytes = one.cost(Efficiency::onnxBytes);
            String tip = table.add(
                    Cell.of(one.name()),
                    Cell.of(standing.accuracy(), Unit.PERCENT),
                    one.interval(),
                    Cell.of(latency(one)),
                    Cell.of(Numbers.bytes(bytes)),
                    Cell.of(standing.onFront() == null ? Numbers.NONE : standing.onFront() ? "yes" : "no"));
            series.add(Series.of(
                    one,
                    Look.DOTS,
                    List.of(new Point(
                            micros(one),
                            100 * standing.accuracy(),
                            percent(standing.accuracyLow()),
                            percent(standing.accuracyHigh()),
                            Math.min(11, Math.max(4.5, bytes == null ? 0 : Math.sqrt(bytes / 16_000.0))),
                            tip,
                            ""))));
        }
        ChartAxis across = ChartAxis.doubling(
                "Latency, µs (" + model.latencyTitle() + ")",
                measured.stream().map(CostsSection::micros).toList());
        ChartAxis up = ChartAxis.percent("Accuracy, %", Series.span(series));
        List<Series> baselines = new ArrayList<>();
        for (Baseline baseline : model.baselines()) {
            double accuracy = 100 * baseline.accuracy();
            if (up.holds(accuracy)) {
                String words = ComparisonWords.name(baseline.name()) + " " + Numbers.percent(baseline.accuracy());
                baselines.add(Series.guide(across.first(), accuracy, across.last(), accuracy, words));
            }
        }
        series.addAll(0, baselines);
        String note = (front.size() < 2
                        ? ""
                        : "The dashed line is the Pareto front: no classifier is better on both axes than those on it. ")
                + "Bars are 95 % intervals; larger symbols are larger files."
                + (baselines.isEmpty() ? "" : " Straight dashed lines are baselines.");
        return Optional.of(
                new XyChart(table.caption("accuracy-latency", frontOf(measured, front), note), across, up, series));
    }

    private String frontOf(List<ClassifierReport> measured, List<ClassifierReport> front) {
        if (measured.size() == 1) {
            return measured.get(0).name() + " takes " + latency(measured.get(0)) + " for an image, at "
                    + Numbers.percent(measured.get(0).stands().accuracy()) + " % accuracy";
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

    private static double micros(ClassifierReport one) {
        return Objects.requireNonNull(one.micros());
    }

    private static @Nullable Double percent(double share) {
        return Double.isFinite(share) ? (Double) (100 * share) : null;
    }
}
