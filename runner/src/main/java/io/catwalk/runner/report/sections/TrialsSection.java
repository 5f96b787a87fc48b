package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Group;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every number of every trial. */
record TrialsSection(List<Model> trials) {

    /** A browser lays out 1,000 rows at once, but not 10,000. */
    static final int ROWS = 1_000;

    private static final List<Figure> NUMBERS = List.of(
            test("Accuracy %", Unit.PERCENT, Metrics::accuracy),
            test("Precision %", Unit.PERCENT, test -> test.macro().precision()),
            test("Recall %", Unit.PERCENT, test -> test.macro().recall()),
            test("F1 %", Unit.PERCENT, test -> test.macro().f1()),
            new Figure(
                    "Training %", Unit.PERCENT, done -> done.metrics().train().accuracy()),
            new Figure(
                    "Validation %",
                    Unit.PERCENT, done -> done.metrics().validation().accuracy()),
            test("Balanced %", Unit.PERCENT, Metrics::balancedAccuracy),
            test("Top 2 %", Unit.PERCENT, Metrics::top2Accuracy),
            test("Matthews", Unit.COEFFICIENT, Metrics::matthews),
            test("Kappa", Unit.COEFFICIENT, Metrics::kappa),
            test("ROC AUC", Unit.COEFFICIENT, Metrics::rocAucMacro),
            test("Log loss", Unit.NATS, Metrics::logLoss),
            new Figure("Epochs", Unit.COUNT, done -> done.timing().epochs()),
            new Figure("Steps", Unit.COUNT, done -> done.timing().steps()),
            new Figure("Best epoch", Unit.COUNT, done -> done.timing().bestEpoch()),
            new Figure("Training time", Unit.SECONDS, done -> done.efficiency().trainingSeconds()),
            new Figure("Peak memory", Unit.BYTES, done -> done.efficiency().peakMemoryBytes()));

    static Optional<Section> of(ReportModel model) {
        return model.done().isEmpty() ? Optional.empty() : Optional.of(new TrialsSection(model.done()).section());
    }

    private Section section() {
        boolean fits = trials.size() <= ROWS;
        Block block = fits
                ? new Group(
                        Medium.DETAIL,
                        "every-trial",
                        Cell.of("Every number of every trial"),
                        "",
                        false,
                        List.of(table(Medium.DETAIL, "trials-table", "Trials with a trained network", trials)))
                : Sentences.of(
                        Medium.DETAIL,
                        Tone.TEXT,
                        "A table of " + Numbers.count(trials.size()) + " rows is too long for a page.",
                        "The file results.csv has a row for each trial.");
        return new Section(
                "trials",
                "Trials",
                Wording.count(trials.size(), "trial has", "trials have") + " a trained network",
                List.of(block),
                "results.json, keys trials[].metrics, trials[].timing and trials[].efficiency; results.csv");
    }

    /** Makes a table with every number of some trials. */
    static Table table(Set<Medium> media, String id, String title, List<Model> trials) {
        List<TableColumn<Model>> columns = new ArrayList<>();
        columns.add(TableColumn.text(media, "Trial", trial -> Cell.of(trial.label())));
        NUMBERS.forEach(number -> columns.add(TableColumn.number(
                media, number.head(), trial -> Cell.of(number.value().apply(trial.trained()), number.unit()))));
        return TableColumn.table(
                media, id, title, columns, trials, "Precision, recall, F1 and ROC AUC are means over the classes.");
    }

    private record Figure(String head, Unit unit, Function<Done, @Nullable Number> value) {}

    private static Figure test(String head, Unit unit, Function<Metrics, @Nullable Number> value) {
        return new Figure(head, unit, done -> value.apply(done.metrics().test()));
    }
}
