package io.catwalk.runner.cli;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Prints the results of every experiment in 80 columns: a row for each trial, or the means if a contestant has several.
 */
final class ResultsTable {

    private static final String NONE = "No trial was trained to its end.";

    private ResultsTable() {}

    static void print(Results all, Console console) {
        Results results = all.withoutCandidates();
        Results.Dataset data = results.dataset();
        int folds = results.experiment().folds();
        boolean full = results.done().stream().anyMatch(done -> done.trial().fold() == 0);
        console.line("");
        console.line(data.name() + ": " + data.train() + " training, " + data.validation() + " validation, "
                + data.test() + " test images" + (folds > 0 && !full ? " in each of " + folds + " folds" : ""));
        console.line("");
        if (results.tuning() != null) {
            console.table(results.tuning().table());
            console.line("");
            console.item("", results.tuning().explanation());
            console.line("");
        }
        if (!results.incomplete().isEmpty()) {
            console.item("", results.incomplete());
            console.line("");
        }
        if (results.averaged()) {
            printMeans(results, console);
        } else {
            printTrials(results, console);
        }
        if (!results.validationNote().isEmpty()) {
            console.item("", results.validationNote());
        }
        printSteps(results, console);
        printOnnx(results, console);
        results.latencyNotes().forEach(note -> console.item("", note));
        for (TrialOutcome outcome : all.failed()) {
            console.note("failed: " + results.label(outcome.trial()) + ": " + outcome.error());
        }
        if (results.comparison() != null) {
            ComparisonText.print(results.comparison(), console);
        }
    }

    private static void printTrials(Results results, Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("model", "acc", "prec", "rec", "F1", "train", "val", "params", "time", "latency"));
        for (Done done : results.done()) {
            List<String> row = new ArrayList<>();
            row.add(results.label(done.trial()));
            row.addAll(results.cells(done));
            rows.add(row);
        }
        if (rows.size() == 1) {
            console.line(NONE);
            return;
        }
        console.table(rows);
        console.line("");
        console.item(
                "",
                "In percent: acc, prec, rec and F1 on the test images (macro averages), train and val accuracy of the "
                        + "same weights. Latency: median of one image ("
                        + results.latencyEngine().title() + ", batch 1).");
    }

    private static void printMeans(Results results, Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("model", "trials", "acc", "95 % interval", "F1", "train", "val"));
        results.contestants()
                .forEach((contestant, trials) -> rows.add(List.of(
                        contestant,
                        Integer.toString(trials.size()),
                        Results.mean(trials, metrics -> metrics.test().accuracy()),
                        results.interval(contestant),
                        Results.mean(trials, metrics -> metrics.test().macro().f1()),
                        Results.plainMean(trials, metrics -> metrics.train().accuracy()),
                        Results.plainMean(
                                trials, metrics -> metrics.validation().accuracy()))));
        if (rows.size() == 1) {
            console.line(NONE);
            return;
        }
        console.table(rows);
        console.line("");
        console.item(
                "",
                "In percent, mean ± standard deviation over the trials: acc with its 95 % interval and macro F1 on "
                        + "the test images; mean train and val accuracy of the same weights.");
    }

    /** Prints the numbers of steps, for which the table has no room. */
    private static void printSteps(Results results, Console console) {
        Map<String, Long> steps = results.steps();
        if (steps.isEmpty()) {
            return;
        }
        long most = Collections.max(steps.values());
        String fewest = Numbers.count(Collections.min(steps.values()));
        console.item(
                "",
                "Optimizer steps of one training: " + fewest
                        + (fewest.equals(Numbers.count(most)) ? "" : " to " + Numbers.count(most)) + ".");
        if (!results.stepsNote().isEmpty()) {
            console.note(results.stepsNote());
        }
    }

    private static void printOnnx(Results results, Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", "", "", "DJL +", "ONNX", "", "", ""));
        rows.add(List.of("as ONNX", "size", "MACs", "PyTorch", "Runtime", "faster", "flips", "max diff"));
        int heads = rows.size();
        for (Done trial : results.done()) {
            if (trial.parity() != null) {
                List<String> row = new ArrayList<>();
                row.add(results.label(trial.trial()));
                row.addAll(Results.onnxCells(trial));
                rows.add(row);
            }
        }
        if (rows.size() == heads) {
            return;
        }
        console.line("");
        console.table(rows);
        console.line("");
        console.item(
                "",
                "MACs: multiply-accumulate operations for one image. DJL + PyTorch, ONNX Runtime: median for one image.");
        console.item("", "Flips: test images that the file labels differently; max diff: of any logit.");
        for (Done trial : results.done()) {
            if (trial.parity() != null && !trial.parity().agrees()) {
                console.note("ONNX: " + results.label(trial.trial()) + ": "
                        + trial.parity().sentence());
            }
        }
    }
}
