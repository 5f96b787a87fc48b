package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Table.Column;
import io.catwalk.runner.report.Table.Row;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.trial.Efficiency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which classifier is best, how sure that is, and what it costs: what a reader must know who reads nothing else. */
record StandingsSection(ReportModel model) {

    static Optional<Section> of(ReportModel model) {
        StandingsSection section = new StandingsSection(model);
        return Optional.of(new Section(
                "standings",
                "Standings",
                model.headline(),
                section.blocks(),
                "results.json, keys comparison.standings and, of trials[], efficiency"));
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        // That trials are missing, the headline says.
        List<ClassifierReport> failed =
                model.entrants().stream().filter(one -> !one.failed().isEmpty()).toList();
        String trials = failed.isEmpty() ? "" : "Trials of " + Wording.classifiers(failed) + " failed.";
        blocks.add(Sentences.of(Medium.ALL, Tone.WARNING, trials));
        if (model.trained().isEmpty()) {
            return blocks;
        }
        blocks.add(best(model.trained().get(0)));
        blocks.add(standings());
        blocks.add(Sentences.of(Medium.TEXT, Tone.NOTE, model.aboutBaselines()));
        if (model.trained().stream().anyMatch(this::isOnFront)) {
            blocks.add(Sentences.of(Medium.WRITTEN, Tone.NOTE, "Front: none is better in both accuracy and latency."));
        }
        blocks.add(Sentences.of(Medium.of(Medium.TERMINAL, Medium.MARKDOWN), Tone.NOTE, model.limits()));
        return blocks;
    }

    private Facts best(ClassifierReport best) {
        String name = "accuracy of " + best.name() + ", " + best.interval().named("95 % interval");
        List<Fact> facts = Stream.of(
                        Fact.of(name, Numbers.percent(best.stands().accuracy()) + " %"),
                        new Fact("median latency of one image (" + model.latencyTitle() + ")", Cell.of(best.latency())),
                        Fact.of("size of its ONNX file", best.cost(Efficiency::onnxBytes), Unit.BYTES),
                        Fact.of("training time", best.cost(Efficiency::trainingSeconds), Unit.SECONDS))
                .filter(fact -> !fact.value().text().equals(Numbers.NONE))
                .toList();
        return new Facts(Medium.ONLY_SLIDES, "", true, facts);
    }

    private Table standings() {
        TableBuilder<ClassifierReport> builder = new TableBuilder<>(Medium.ALL, model.trained())
                .text("Classifier", one -> name(one, isOnFront(one) ? "front" : ""))
                .number("Accuracy %", Unit.PERCENT, one -> one.stands().accuracy())
                .number("95 % interval", ClassifierReport::interval);
        if (model.dataset().unbalanced()) {
            builder.number("Balanced %", Unit.PERCENT, one -> one.stands().balancedAccuracy());
        }
        builder.number("Macro F1 %", Unit.PERCENT, one -> one.stands().macroF1());
        if (!model.learned().isEmpty()) {
            builder.number("Gap", StandingsSection::gap)
                    .number("Training", CostsSection::trainingTime)
                    .in(Medium.TEXT)
                    .number("Steps", Unit.COUNT, one -> one.stands().steps());
        }
        Table table = builder.in(Medium.ALL)
                .number("Latency", one -> Cell.of(one.latency()))
                .in(Medium.ONLY_PAGE)
                .number("ONNX file", Unit.BYTES, one -> one.cost(Efficiency::onnxBytes))
                .table("table", "The most accurate first", explanation());
        List<Row> rows = new ArrayList<>(table.rows());
        model.baselines().forEach(one -> rows.add(baseline(one, table.columns())));
        return table.with(rows, table.note());
    }

    /** Returns the row of what needs no network, which has an accuracy with its interval and nothing else. */
    private static Row baseline(Baseline one, List<Column> columns) {
        return Row.of(columns.stream()
                .map(column -> switch (column.head()) {
                    case "Classifier" -> new Cell.Name(ComparisonWords.name(one.name()), null, "", "baseline");
                    case "Accuracy %" -> Cell.of(one.accuracy(), Unit.PERCENT);
                    case "95 % interval" -> Cell.percent(one.accuracyLow(), one.accuracyHigh());
                    default -> Cell.of("");
                })
                .toArray(Cell[]::new));
    }

    private static Cell gap(ClassifierReport one) {
        GeneralizationGap gap = one.stands().gap();
        return gap == null
                ? Cell.of(null, Unit.POINTS)
                : Cell.of(gap.mean(), Unit.POINTS)
                        .with(Cell.points(gap.low(), gap.high()).text());
    }

    private String explanation() {
        return "Accuracy and macro F1 on the test images" + (model.several() ? ", means over the trials" : "")
                + "."
                + (model.learned().isEmpty() ? "" : " Gap: training minus validation accuracy, in points.")
                + (model.trained().stream().anyMatch(one -> one.latency() != null)
                        ? " Latency: median of one image (" + model.latencyTitle() + ")."
                        : "");
    }

    private boolean isOnFront(ClassifierReport one) {
        return Boolean.TRUE.equals(one.stands().onFront()) && model.trained().size() > 1;
    }

    static TableBuilder<ClassifierReport> classifiers(Set<Medium> media, List<ClassifierReport> rows) {
        return new TableBuilder<>(media, rows).text("Classifier", StandingsSection::name);
    }

    /** Returns the name of a classifier, which links to its own part of the page. */
    static Cell.Name name(ClassifierReport one) {
        return name(one, "");
    }

    private static Cell.Name name(ClassifierReport one, String front) {
        boolean several = one.standing() != null && one.stands().trials() > 1;
        String trials = several ? one.stands().trials() + " trials" : "";
        String tag = trials + (trials.isEmpty() || front.isEmpty() ? "" : ", ") + front;
        return new Cell.Name(one.name(), one.look(), "c" + one.number(), tag);
    }
}
