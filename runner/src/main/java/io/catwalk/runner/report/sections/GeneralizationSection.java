package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.ClassifierCharts;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.trial.TrialMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How much of the accuracy is of the training images only, and whether confidence matches accuracy. */
record GeneralizationSection(ReportModel model) {

    /** Where the chart does not show the same numbers. */
    private static final Set<Medium> BESIDE_NO_CHART = Medium.of(Medium.MARKDOWN, Medium.APPENDIX);

    static Optional<Section> of(ReportModel model) {
        return model.trained().isEmpty() ? Optional.empty() : Optional.of(new GeneralizationSection(model).section());
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        List<Figure> figures = Figure.of(RunCharts.GENERALIZATION.of(model));
        blocks.addAll(figures.subList(0, Math.min(1, figures.size())));
        Optional<ClassifierReport> best =
                model.trained().stream().filter(ClassifierReport::evaluated).findFirst();
        best.flatMap(one -> new ClassifierCharts(model, one, "best").named("reliability"))
                .ifPresent(chart -> blocks.add(new Figure(Medium.of(Medium.SLIDES), chart)));
        blocks.add(TableColumn.table(
                Medium.DETAIL, "gaps", "Accuracy, loss and confidence", columns(), model.trained(), note()));
        best.ifPresent(one -> blocks.add(Sentences.of(Medium.WRITTEN, Tone.TEXT, calibration(one) + ".")));
        blocks.addAll(figures.subList(Math.min(1, figures.size()), figures.size()));
        return new Section(
                "generalization",
                "Generalization",
                title(),
                blocks,
                "results.json, keys metrics.train, metrics.validation and metrics.test of trials[];"
                        + " trials/*/*/history.csv and predictions.csv");
    }

    private String title() {
        List<GeneralizationGap> gaps = model.trained().stream()
                .map(one -> one.stands().gap())
                .filter(gap -> Double.isFinite(gap.mean()))
                .toList();
        if (gaps.isEmpty()) {
            return "Whether the classifiers overfit is not known";
        }
        var above = gaps.stream()
                .filter(gap -> gap.verdict() != Overfitting.Verdict.NONE)
                .mapToDouble(GeneralizationGap::mean)
                .summaryStatistics();
        if (above.getCount() == 0) {
            GeneralizationGap first = gaps.get(0);
            if (gaps.size() > 1) {
                return "No classifier measurably overfits";
            }
            return first.toldApart()
                    ? "Training accuracy is " + Numbers.percent(-first.mean()) + " points below validation accuracy"
                    : "Training accuracy does not clearly differ from validation accuracy";
        }
        String points = Numbers.percent(above.getMin())
                + (above.getCount() == 1 ? "" : " to " + Numbers.percent(above.getMax())) + " points";
        String who = gaps.size() == 1
                ? model.trained().get(0).name() + " overfits"
                : above.getCount() == gaps.size()
                        ? Wording.capital(Wording.all(gaps.size())) + " overfit"
                        : above.getCount() + " of " + gaps.size() + (above.getCount() == 1 ? " overfits" : " overfit");
        return who + ": training accuracy is " + points + " above validation accuracy";
    }

    /** Compares the mean confidence with the interval of the accuracy; too high and too low ones may cancel out. */
    private static String calibration(ClassifierReport best) {
        Evaluation evaluation = Objects.requireNonNull(best.evaluation());
        double excess = overconfidence(evaluation);
        String points = Numbers.percent(Math.abs(excess));
        // If all or none are right, the bound of the interval is the accuracy itself, and rounding could cross it.
        boolean within =
                points.equals("0.00") || evaluation.accuracyInterval().contains(evaluation.accuracy() + excess);
        return (within
                        ? "The mean confidence of " + best.name() + " is within the interval of its accuracy"
                        : best.name() + (excess > 0 ? " is overconfident by " : " is underconfident by ") + points
                                + " points on average")
                + "; its expected calibration error is "
                + Numbers.percent(evaluation.calibration().expectedError()) + " points (bins of equal mass)";
    }

    /** Returns by how much the mean confidence is above the accuracy, from -1 to 1. */
    private static double overconfidence(Evaluation evaluation) {
        double sum = 0;
        for (Bin bin : evaluation.calibration().reliability()) {
            sum += bin.images() * (bin.confidence() - bin.accuracy());
        }
        return sum / evaluation.images();
    }

    private List<TableColumn<ClassifierReport>> columns() {
        List<TableColumn<ClassifierReport>> columns = new ArrayList<>();
        columns.add(TableColumn.text(Medium.DETAIL, "Classifier", StandingsSection::name));
        columns.add(mean("Training %", metrics -> metrics.train().accuracy()));
        columns.add(mean("Validation %", metrics -> metrics.validation().accuracy()));
        columns.add(mean("Test %", metrics -> metrics.test().accuracy()));
        columns.add(gap(BESIDE_NO_CHART, "Gap, points", gap -> Cell.of(gap.mean(), Unit.POINTS)));
        columns.add(gap(BESIDE_NO_CHART, "95 % interval", gap -> new Cell.Range(gap.low(), gap.high(), Unit.POINTS)));
        columns.add(gap(Medium.DETAIL, "Training loss", gap -> Cell.of(gap.trainingLoss(), Unit.NATS)));
        columns.add(gap(Medium.DETAIL, "Validation loss", gap -> Cell.of(gap.validationLoss(), Unit.NATS)));
        columns.add(TableColumn.number(
                Medium.DETAIL, "Calibration error, points", one -> Cell.of(calibrationError(one), Unit.PERCENT)));
        return columns;
    }

    private static @Nullable Double calibrationError(ClassifierReport one) {
        Evaluation evaluation = one.evaluation();
        return evaluation == null ? null : (Double) evaluation.calibration().expectedError();
    }

    private static TableColumn<ClassifierReport> mean(String head, ToDoubleFunction<TrialMetrics> metric) {
        return TableColumn.number(BESIDE_NO_CHART, head, one -> Cell.of(one.mean(metric), Unit.PERCENT));
    }

    private static TableColumn<ClassifierReport> gap(
            Set<Medium> media, String head, Function<GeneralizationGap, Cell> cell) {
        return TableColumn.number(media, head, one -> cell.apply(one.stands().gap()));
    }

    private String note() {
        boolean selected =
                model.trained().stream().anyMatch(one -> one.request().recipe().epochs() > 1);
        return "Losses are in nats, without label smoothing. The gap is training minus validation accuracy."
                + (selected
                        ? " Validation accuracy is optimistic, since the validation images selected the epoch:"
                                + " compare by test accuracy."
                        : "");
    }
}
