package io.catwalk.runner.experiment;

import io.catwalk.runner.Markdown;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.TrialResult;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Writes results as Markdown: one row a trial or, where contestants have several, one row a contestant. */
record ResultsMarkdown(Results results) {

    String text() {
        StringBuilder text = new StringBuilder();
        if (results.tuning() != null) {
            tuning(text, results.tuning());
        }
        return text + new ResultsMarkdown(results.withoutCandidates()).tables();
    }

    private static void tuning(StringBuilder text, Tuning tuning) {
        List<List<String>> rows = tuning.table();
        head(text, rows.get(0).toArray(String[]::new));
        rows.subList(1, rows.size()).forEach(row -> row(text, row.get(0), row.subList(1, row.size())));
        text.append('\n').append(tuning.explanation()).append("\n\n");
    }

    private String tables() {
        StringBuilder text = new StringBuilder();
        if (results.averaged()) {
            means(text);
        } else {
            trials(text);
        }
        onnx(text);
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
                "training",
                "latency");
        for (TrialResult trial : results.trials()) {
            if (trial.status() == TrialResult.Status.FAILED) {
                text.append("| ")
                        .append(results.label(trial))
                        .append(" | failed: ")
                        .append(Markdown.text(String.valueOf(trial.error())))
                        .append(" | | | | | | | | |\n");
            } else {
                row(text, results.label(trial), Results.cells(trial));
            }
        }
    }

    private void means(StringBuilder text) {
        head(
                text,
                "model",
                "trials",
                "test accuracy",
                "precision",
                "recall",
                "F1",
                "train accuracy",
                "validation accuracy",
                "parameters",
                "training of one");
        results.contestants().forEach((contestant, trials) -> row(text, contestant, meanCells(trials)));
        text.append("\nMean ± standard deviation over the trials, in percent.\n");
        List<TrialResult> failed = results.trials().stream()
                .filter(trial -> trial.status() == TrialResult.Status.FAILED)
                .toList();
        if (!failed.isEmpty()) {
            text.append('\n');
            failed.forEach(trial -> text.append("- failed: ")
                    .append(results.label(trial))
                    .append(": ")
                    .append(Markdown.text(String.valueOf(trial.error())))
                    .append('\n'));
        }
    }

    private static List<String> meanCells(List<TrialResult> trials) {
        List<Efficiency> costs = trials.stream()
                .map(TrialResult::efficiency)
                .filter(Objects::nonNull)
                .toList();
        return List.of(
                Integer.toString(trials.size()),
                Results.mean(trials, "test", "accuracy"),
                Results.mean(trials, "test", "precision_macro"),
                Results.mean(trials, "test", "recall_macro"),
                Results.mean(trials, "test", "f1_macro"),
                Results.mean(trials, "train", "accuracy"),
                Results.mean(trials, "validation", "accuracy"),
                costs.isEmpty()
                        ? "-"
                        : String.format(Locale.ROOT, "%,d", costs.get(0).parameters()),
                costs.isEmpty()
                        ? "-"
                        : Results.duration(costs.stream()
                                .mapToDouble(Efficiency::trainingSeconds)
                                .average()
                                .orElseThrow()));
    }

    private void onnx(StringBuilder text) {
        List<TrialResult> exported = results.trials().stream()
                .filter(trial -> trial.parity() != null)
                .toList();
        if (exported.isEmpty()) {
            return;
        }
        text.append('\n');
        head(
                text,
                "model",
                "ONNX file",
                "multiply-accumulates",
                "PyTorch",
                "ONNX Runtime",
                "speed-up",
                "label flips",
                "largest difference");
        exported.forEach(trial -> row(text, results.label(trial), Results.onnxCells(trial)));
    }

    private static void comparison(StringBuilder text, Comparison comparison) {
        text.append("\n**").append(comparison.headline()).append("**\n\n");
        comparison
                .verdicts()
                .forEach(verdict -> text.append("- ").append(verdict.sentence()).append('\n'));
        CochranQ all = comparison.cochranQ();
        if (all != null && all.degreesOfFreedom() > 1) {
            text.append("- ").append(all.verdict()).append('\n');
        }
        text.append(comparison.verdicts().isEmpty() ? "" : "\n")
                .append(comparison.limits())
                .append('\n');
    }

    private static void head(StringBuilder text, String... columns) {
        text.append("| ").append(String.join(" | ", columns)).append(" |\n|---|");
        text.append("--:|".repeat(columns.length - 1)).append('\n');
    }

    private static void row(StringBuilder text, String first, List<String> cells) {
        text.append("| ")
                .append(first)
                .append(" | ")
                .append(String.join(" | ", cells))
                .append(" |\n");
    }
}
