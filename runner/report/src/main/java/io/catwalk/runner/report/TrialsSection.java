package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.report.Block.Group;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every number of every trial. */
record TrialsSection(List<Model> trials) {

    /** A browser lays out 1,000 rows at once, but not 10,000. */
    static final int ROWS = 1_000;

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

    static Table table(Set<Medium> media, String id, String title, List<Model> trials) {
        TableBuilder<Model> table = new TableBuilder<>(media, trials).words("Trial", trial -> trial.label());
        test(table, "Accuracy %", Unit.PERCENT, Metrics::accuracy);
        test(table, "Precision %", Unit.PERCENT, test -> test.macro().precision());
        test(table, "Recall %", Unit.PERCENT, test -> test.macro().recall());
        test(table, "F1 %", Unit.PERCENT, test -> test.macro().f1());
        done(table, "Training %", Unit.PERCENT, done -> accuracy(done.metrics().train()));
        done(
                table,
                "Validation %",
                Unit.PERCENT,
                done -> accuracy(done.metrics().validation()));
        test(table, "Balanced %", Unit.PERCENT, Metrics::balancedAccuracy);
        test(table, "Top 2 %", Unit.PERCENT, Metrics::top2Accuracy);
        test(table, "Matthews", Unit.COEFFICIENT, Metrics::matthews);
        test(table, "Kappa", Unit.COEFFICIENT, Metrics::kappa);
        test(table, "ROC AUC", Unit.COEFFICIENT, Metrics::rocAucMacro);
        test(table, "Log loss", Unit.NATS, Metrics::logLoss);
        done(table, "Epochs", Unit.COUNT, done -> epochs(done, done.timing().epochs()));
        table.in(Medium.TEXT); // a slide has no room for another column
        done(table, "Steps", Unit.COUNT, done -> done.timing().steps());
        table.in(media);
        done(table, "Best epoch", Unit.COUNT, done -> epochs(done, done.timing().bestEpoch()));
        done(table, "Training time", Unit.SECONDS, done -> done.efficiency().trainingSeconds());
        done(table, "Peak memory", Unit.BYTES, done -> done.efficiency().peakMemoryBytes());
        return table.table(id, title, "Precision, recall, F1 and ROC AUC are means over the classes.");
    }

    private static @Nullable Integer epochs(Done done, int epochs) {
        return done.trial().trains() ? (Integer) epochs : null;
    }

    private static @Nullable Double accuracy(@Nullable Metrics metrics) {
        return metrics == null ? null : (Double) metrics.accuracy();
    }

    private static void done(
            TableBuilder<Model> table, String head, Unit unit, Function<Done, @Nullable Number> value) {
        table.number(head, unit, trial -> value.apply(trial.trained()));
    }

    private static void test(
            TableBuilder<Model> table, String head, Unit unit, Function<Metrics, @Nullable Number> value) {
        done(table, head, unit, done -> value.apply(done.metrics().test()));
    }
}
