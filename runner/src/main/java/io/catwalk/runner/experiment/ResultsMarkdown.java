package io.catwalk.runner.experiment;

import io.catwalk.runner.Markdown;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Writes results as Markdown: one row per trial or, if contestants have several trials, one row per contestant. */
record ResultsMarkdown(Results results) {

    /** Place of the steps among the cells of a trial: after its parameters. */
    private static final int STEPS = 7;

    String text() {
        StringBuilder text = new StringBuilder();
        if (results.tuning() != null) {
            tuning(text, results.tuning());
        }
        text.append(new ResultsMarkdown(results.withoutCandidates()).tables());
        results.mixture()
                .forEach(sentence ->
                        text.append('\n').append(Markdown.text(sentence)).append('\n'));
        return text.toString();
    }

    private static void tuning(StringBuilder text, Tuning tuning) {
        List<List<String>> rows = tuning.table();
        text.append(Markdown.head(rows.get(0)));
        rows.subList(1, rows.size()).forEach(row -> text.append(Markdown.row(row)));
        text.append('\n').append(tuning.explanation()).append("\n\n");
    }

    private String tables() {
        StringBuilder text = new StringBuilder();
        if (!results.incomplete().isEmpty()) {
            text.append("**").append(results.incomplete()).append("**\n\n");
        }
        if (results.averaged()) {
            means(text);
        } else {
            trials(text);
        }
        if (!results.validationNote().isEmpty()) {
            text.append('\n').append(results.validationNote()).append('\n');
        }
        if (!results.stepsNote().isEmpty()) {
            text.append('\n').append(results.stepsNote()).append('\n');
        }
        onnx(text);
        results.latencyNotes().forEach(note -> text.append('\n').append(note).append('\n'));
        if (results.comparison() != null) {
            comparison(text, results.comparison());
        }
        return text.toString();
    }

    private void trials(StringBuilder text) {
        head(
                text,
                "model",
                "test accuracy",
                "precision",
                "recall",
                "F1",
                "train accuracy",
                "validation accuracy",
                "parameters",
                "steps",
                "training",
                "latency (" + results.latencyEngine().title() + ")");
        for (TrialOutcome outcome : results.trials()) {
            String label = results.label(outcome.trial());
            if (outcome instanceof Done done) {
                List<String> cells = new ArrayList<>(results.cells(done));
                cells.add(STEPS, Numbers.count(done.timing().steps()));
                row(text, label, cells);
            } else {
                text.append("| ")
                        .append(label)
                        .append(" | failed: ")
                        .append(Markdown.text(String.valueOf(outcome.error())))
                        .append(" | | | | | | | | | |\n");
            }
        }
    }

    private void means(StringBuilder text) {
        head(
                text,
                "model",
                "trials",
                "test accuracy",
                "95 % interval",
                "precision",
                "recall",
                "F1",
                "train accuracy",
                "validation accuracy",
                "parameters",
                "steps",
                "training of one");
        results.contestants().forEach((contestant, trials) -> row(text, contestant, meanCells(contestant, trials)));
        text.append("\nMean ± standard deviation over the trials and 95 % interval of the mean, in percent.\n");
        List<TrialOutcome> failed = results.failed();
        if (!failed.isEmpty()) {
            text.append('\n');
            failed.forEach(trial -> text.append("- failed: ")
                    .append(results.label(trial.trial()))
                    .append(": ")
                    .append(Markdown.text(String.valueOf(trial.error())))
                    .append('\n'));
        }
    }

    private List<String> meanCells(String contestant, List<Done> trials) {
        List<Efficiency> costs = trials.stream().map(Done::efficiency).toList();
        return List.of(
                Integer.toString(trials.size()),
                Results.mean(trials, metrics -> metrics.test().accuracy()),
                results.interval(contestant),
                Results.mean(trials, metrics -> metrics.test().macro().precision()),
                Results.mean(trials, metrics -> metrics.test().macro().recall()),
                Results.mean(trials, metrics -> metrics.test().macro().f1()),
                Results.mean(trials, metrics -> metrics.train().accuracy()),
                Results.mean(trials, metrics -> metrics.validation().accuracy()),
                String.format(Locale.ROOT, "%,d", costs.get(0).parameters()),
                Numbers.count(results.steps().get(contestant)),
                Numbers.duration(costs.stream()
                        .mapToDouble(Efficiency::trainingSeconds)
                        .average()
                        .orElseThrow()));
    }

    private void onnx(StringBuilder text) {
        List<Done> exported =
                results.done().stream().filter(trial -> trial.parity() != null).toList();
        if (exported.isEmpty()) {
            return;
        }
        text.append('\n');
        head(
                text,
                "model",
                "ONNX file",
                "MACs",
                InferenceEngine.PYTORCH.title(),
                InferenceEngine.ONNX_RUNTIME.title(),
                "speed-up",
                "label flips",
                "largest difference");
        exported.forEach(trial -> row(text, results.label(trial.trial()), Results.onnxCells(trial)));
    }

    private static void comparison(StringBuilder text, Comparison comparison) {
        text.append("\n**").append(comparison.headline()).append("**\n\n");
        comparison
                .verdicts()
                .forEach(verdict -> text.append("- ").append(verdict.sentence()).append('\n'));
        CochranQ all = comparison.ofAll();
        if (all != null) {
            text.append("- ").append(all.verdict()).append('\n');
        }
        text.append(comparison.verdicts().isEmpty() ? "" : "\n")
                .append(comparison.limits())
                .append('\n');
    }

    private static void head(StringBuilder text, String... columns) {
        text.append(Markdown.head(List.of(columns)));
    }

    private static void row(StringBuilder text, String first, List<String> cells) {
        text.append(Markdown.row(Stream.concat(Stream.of(first), cells.stream()).toList()));
    }
}
