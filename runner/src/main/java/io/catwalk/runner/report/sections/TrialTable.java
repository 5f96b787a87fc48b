package io.catwalk.runner.report.sections;

import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A table with every number of every trial. */
record TrialTable(Set<Medium> media, List<TableColumn<Model>> columns) {

    /** A browser lays out 1,000 rows at once, but not 10,000. */
    static final int ROWS = 1_000;

    static Table of(Set<Medium> media, String id, String title, List<Model> trials) {
        TrialTable table = new TrialTable(media, new ArrayList<>());
        table.columns.add(new TableColumn<>(media, "Trial", Kind.TEXT, trial -> Cell.of(trial.label())));
        table.add("Accuracy %", Unit.PERCENT, done -> done.metrics().test().accuracy());
        table.add(
                "Precision %",
                Unit.PERCENT, done -> done.metrics().test().macro().precision());
        table.add(
                "Recall %", Unit.PERCENT, done -> done.metrics().test().macro().recall());
        table.add("F1 %", Unit.PERCENT, done -> done.metrics().test().macro().f1());
        table.add("Training %", Unit.PERCENT, done -> done.metrics().train().accuracy());
        table.add(
                "Validation %",
                Unit.PERCENT, done -> done.metrics().validation().accuracy());
        table.add("Balanced %", Unit.PERCENT, done -> done.metrics().test().balancedAccuracy());
        table.add("Top 2 %", Unit.PERCENT, done -> done.metrics().test().top2Accuracy());
        table.add("Matthews", Unit.COEFFICIENT, done -> done.metrics().test().matthews());
        table.add("Kappa", Unit.COEFFICIENT, done -> done.metrics().test().kappa());
        table.add("ROC AUC", Unit.COEFFICIENT, done -> done.metrics().test().rocAucMacro());
        table.add("Log loss", Unit.NATS, done -> done.metrics().test().logLoss());
        table.add("Epochs", Unit.COUNT, done -> done.timing().epochs());
        table.add("Steps", Unit.COUNT, done -> done.timing().steps());
        table.add("Best epoch", Unit.COUNT, done -> done.timing().bestEpoch());
        table.add("Training time", Unit.SECONDS, done -> done.efficiency().trainingSeconds());
        table.add("Peak memory", Unit.BYTES, done -> done.efficiency().peakMemoryBytes());
        return TableColumn.table(
                media,
                id,
                title,
                table.columns,
                trials,
                "Precision, recall, F1 and ROC AUC are means over the classes.");
    }

    private void add(String head, Unit unit, Function<Done, @Nullable Number> value) {
        columns.add(new TableColumn<>(media, head, Kind.NUMBER, trial -> Cell.of(value.apply(trial.trained()), unit)));
    }
}
