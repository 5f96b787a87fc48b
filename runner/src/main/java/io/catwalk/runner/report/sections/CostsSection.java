package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the networks cost: parameters, memory, and time to train and to answer. */
record CostsSection(ReportModel model) {

    private static final Set<Medium> TEXT = Medium.of(Medium.MARKDOWN, Medium.PAGE);

    static Optional<Section> of(ReportModel model) {
        return model.trained().isEmpty() ? Optional.empty() : Optional.of(new CostsSection(model).section());
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>(Figure.of(RunCharts.COSTS.of(model)));
        List<String> speed = speed();
        if (!speed.isEmpty()) {
            blocks.add(new Sentences(Medium.WRITTEN, "", Tone.LIST, speed));
        }
        blocks.add(TableColumn.table(
                Medium.WRITTEN,
                "costs-table",
                "Sizes and times",
                columns(),
                model.trained(),
                ((model.several()
                                        ? "Training time is the mean of the trials, with its range; all else is of one"
                                                + " trial. "
                                        : "")
                                + Wording.latencies(model.results().latencyMarks()))
                        .strip()));
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
        long measured = model.trained().stream()
                .filter(one -> one.stands().onFront() != null)
                .count();
        if (measured == 1) {
            return fastest.name() + " takes " + time;
        }
        boolean all = measured == model.trained().size();
        String of = "of the " + measured + " with a latency from a quiet machine";
        if (front.size() == 1) {
            return fastest.name() + " is both the most accurate and the fastest" + (all ? "" : " " + of) + ": " + time;
        }
        return (all ? "The choice" : Wording.capital(of) + ", the choice") + " is among "
                + Wording.classifiers(front)
                + (front.size() == measured
                        ? ": each trades accuracy for latency"
                        : ": for each of the others, one of these is at least as good in accuracy and in latency");
    }

    private String trainingTimes() {
        var seconds = model.trained().stream()
                .mapToDouble(one -> one.stands().trainingSeconds().mean())
                .filter(Double::isFinite)
                .summaryStatistics();
        if (seconds.getCount() == 0) {
            return "The training times are not known";
        }
        return "Training took " + Numbers.duration(seconds.getMin())
                + (seconds.getCount() == 1 ? "" : " to " + Numbers.duration(seconds.getMax()));
    }

    private String latency(ClassifierReport one) {
        return Cell.of(one.latency(model.engine())).text();
    }

    /** Names the fastest classifier, and the fastest of those that do not clearly differ from the most accurate. */
    private List<String> speed() {
        List<ClassifierReport> timed = model.timed();
        ClassifierReport best = model.trained().get(0);
        if (timed.size() < 2 || timed.get(0) == best) {
            return List.of();
        }
        ClassifierReport fastest = timed.get(0);
        List<String> sentences = new ArrayList<>();
        sentences.add(fastest.name() + " is the fastest, with " + latency(fastest) + " and "
                + Numbers.percent(fastest.stands().accuracy()) + " % accuracy ("
                + Numbers.points(fastest.stands().accuracy() - best.stands().accuracy()) + " points).");
        timed.stream()
                .takeWhile(one -> one != best && timed.contains(best))
                .filter(one -> !relation(best, one).isEmpty())
                .findFirst()
                .ifPresent(one -> sentences.add(best.name() + relation(best, one) + one.name() + ", and takes "
                        + latency(best) + (one == fastest ? "." : " instead of " + latency(one) + ".")));
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

    private List<TableColumn<ClassifierReport>> columns() {
        List<TableColumn<ClassifierReport>> columns = new ArrayList<>();
        columns.add(TableColumn.text(Medium.WRITTEN, "Classifier", StandingsSection::name));
        columns.add(cost(TEXT, "Parameters", Kind.BAR, costs -> Cell.of(costs.parameters(), Unit.COUNT)));
        columns.add(cost(TEXT, ArchitecturesSection.MACS, Kind.NUMBER, ArchitecturesSection::millions));
        columns.add(cost(Medium.WRITTEN, "ONNX file", Kind.BAR, costs -> Cell.of(costs.onnxBytes(), Unit.BYTES)));
        columns.add(cost(TEXT, "Peak memory", Kind.BAR, costs -> Cell.of(costs.peakMemoryBytes(), Unit.BYTES)));
        columns.add(TableColumn.bar(Medium.WRITTEN, "Training time", CostsSection::trainingTime));
        for (InferenceEngine engine : InferenceEngine.values()) {
            columns.add(TableColumn.number(
                    engine == model.engine() ? Medium.WRITTEN : TEXT,
                    "Latency, " + engine.title(),
                    one -> latency(one.latency(engine))));
        }
        for (int batch : Latency.BATCH_SIZES) {
            columns.add(cost(
                    TEXT,
                    "Speed-up, batch " + batch,
                    Kind.NUMBER,
                    costs -> Cell.of(costs.speedUps().get(batch), Unit.TIMES)));
        }
        return columns;
    }

    static TableColumn<ClassifierReport> cost(
            Set<Medium> media, String head, Kind kind, Function<Efficiency, Cell> cell) {
        return new TableColumn<>(media, head, kind, one -> {
            Efficiency costs = one.efficiency();
            return costs == null ? Cell.of(null, Unit.COUNT) : cell.apply(costs);
        });
    }

    /** Returns the mean training time with its range. */
    static Cell trainingTime(ClassifierReport one) {
        var seconds = one.stands().trainingSeconds();
        Cell.Quantity mean = Cell.of(seconds.mean(), Unit.SECONDS);
        return one.stands().trials() < 2
                ? mean
                : mean.with(Numbers.duration(seconds.lowest()) + " to " + Numbers.duration(seconds.highest()));
    }

    /** Returns a latency with the range of the measuring processes. */
    static Cell latency(@Nullable Latency latency) {
        Cell.Quantity median = Cell.of(latency);
        return latency == null || latency.p50Range() == null
                ? median
                : median.with(Numbers.count(latency.p50Range().low()) + " to "
                        + Numbers.micros(latency.p50Range().high()));
    }
}
