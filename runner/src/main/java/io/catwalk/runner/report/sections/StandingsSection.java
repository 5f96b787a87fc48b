package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.GeneralizationGap;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Fact;
import io.catwalk.runner.report.document.Block.Facts;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Table.Row;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.trial.Efficiency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
        if (!model.incomplete().isEmpty()) {
            blocks.add(Sentences.of(Medium.ALL, Tone.WARNING, model.incomplete()));
        }
        if (model.trained().isEmpty()) {
            return blocks;
        }
        blocks.add(best(model.trained().get(0)));
        blocks.add(standings());
        if (!model.limits().isEmpty()) {
            blocks.add(Sentences.of(Medium.of(Medium.TERMINAL, Medium.MARKDOWN), Tone.NOTE, model.limits()));
        }
        return blocks;
    }

    private Facts best(Entrant best) {
        Efficiency efficiency = best.efficiency();
        return new Facts(
                Medium.of(Medium.SLIDES),
                "",
                true,
                List.of(
                        new Fact(
                                "accuracy of " + best.name() + ", 95 % interval " + best.interval(),
                                Cell.of(Numbers.percent(best.stands().accuracy()) + " %")),
                        new Fact(
                                "median latency of one image (" + model.latencyTitle() + ")",
                                Cell.of(best.latency(model.engine()))),
                        new Fact(
                                "size of its ONNX file",
                                Cell.of(efficiency == null ? null : efficiency.onnxBytes(), Unit.BYTES)),
                        new Fact(
                                "training time",
                                Cell.of(efficiency == null ? null : efficiency.trainingSeconds(), Unit.SECONDS))));
    }

    /** A column of the standings, which is all that a new one needs. */
    private record Figure(Set<Medium> media, String head, Kind kind, Function<Entrant, Cell> cell) {}

    private List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(Medium.ALL, "Classifier", Kind.TEXT, StandingsSection::name));
        figures.add(number("Accuracy %", one -> Cell.of(one.stands().accuracy(), Unit.PERCENT)));
        figures.add(number(
                "95 % interval",
                one -> new Cell.Range(one.stands().accuracyLow(), one.stands().accuracyHigh(), Unit.PERCENT)));
        if (model.dataset().unbalanced()) {
            figures.add(number("Balanced %", one -> Cell.of(one.stands().balancedAccuracy(), Unit.PERCENT)));
        }
        figures.add(number("Macro F1 %", one -> Cell.of(one.stands().macroF1(), Unit.PERCENT)));
        figures.add(number("Gap", StandingsSection::gap));
        figures.add(number("Training", CostsSection::trainingTime));
        if (model.trained().stream().anyMatch(one -> one.latency(model.engine()) != null)) {
            figures.add(number("Latency", one -> Cell.of(one.latency(model.engine()))));
        }
        if (model.trained().stream().anyMatch(one -> bytes(one) != null)) {
            figures.add(new Figure(Medium.ONLY_PAGE, "ONNX file", Kind.NUMBER, one -> Cell.of(bytes(one), Unit.BYTES)));
        }
        return figures;
    }

    private static Cell gap(Entrant one) {
        GeneralizationGap gap = one.gap();
        return gap == null
                ? Cell.of(null, Unit.POINTS)
                : Cell.of(gap.mean(), Unit.POINTS).with(new Cell.Range(gap.low(), gap.high(), Unit.POINTS).text());
    }

    private static @Nullable Long bytes(Entrant one) {
        Efficiency efficiency = one.efficiency();
        return efficiency == null ? null : efficiency.onnxBytes();
    }

    private static Figure number(String head, Function<Entrant, Cell> cell) {
        return new Figure(Medium.ALL, head, Kind.NUMBER, cell);
    }

    private Table standings() {
        List<Figure> figures = figures();
        return new Table(
                Medium.ALL,
                "table",
                "Standings, the most accurate first",
                figures.stream()
                        .map(one -> new Column(one.media(), one.head(), one.kind()))
                        .toList(),
                model.trained().stream()
                        .map(one -> Row.of(figures.stream()
                                .map(figure -> figure.cell().apply(one))
                                .toArray(Cell[]::new)))
                        .toList(),
                explanation());
    }

    private String explanation() {
        return "Accuracy and macro F1 on the test images" + (model.several() ? ", means over the trials" : "")
                + ". Gap: training minus validation accuracy, in points."
                + (model.trained().stream().anyMatch(one -> one.latency(model.engine()) != null)
                        ? " Latency: median of one image (" + model.latencyTitle() + ")."
                        : "");
    }

    /** Returns the name of a classifier, which links to its own part of the page. */
    static Cell.Name name(Entrant one) {
        return new Cell.Name(
                one.name(),
                one.look(),
                "c" + one.number(),
                one.standing() != null && one.stands().trials() > 1
                        ? one.stands().trials() + " trials"
                        : "");
    }
}
