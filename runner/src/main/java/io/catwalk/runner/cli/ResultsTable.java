package io.catwalk.runner.cli;

import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.trial.TrialResult;
import java.util.ArrayList;
import java.util.List;

/** Prints the table that every comparison ends with; it fits 80 columns. */
final class ResultsTable {

    private ResultsTable() {}

    static void print(Results results, Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("model", "acc", "prec", "rec", "F1", "train", "val", "params", "time", "latency"));
        for (TrialResult trial : results.trials()) {
            if (trial.status() == TrialResult.Status.DONE) {
                List<String> row = new ArrayList<>();
                row.add(results.label(trial));
                row.addAll(Results.cells(trial));
                rows.add(row);
            }
        }
        Results.Dataset data = results.dataset();
        console.line("");
        console.line(data.name() + ": " + data.train() + " training, " + data.validation() + " validation, "
                + data.test() + " test images");
        console.line("");
        console.table(rows);
        console.line("");
        console.line("In percent: acc, prec, rec and F1 on the test images (macro averages),");
        console.line("train and val accuracy of the same weights. Latency: median of one image.");
        printOnnx(results, console);
        for (TrialResult trial : results.trials()) {
            if (trial.status() == TrialResult.Status.FAILED) {
                console.note("failed: " + results.label(trial) + ": " + trial.error());
            }
        }
    }

    private static void printOnnx(Results results, Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("as ONNX", "size", "MACs", "PyTorch", "ONNX RT", "faster", "flips", "max diff"));
        for (TrialResult trial : results.trials()) {
            if (trial.parity() != null) {
                List<String> row = new ArrayList<>();
                row.add(results.label(trial));
                row.addAll(Results.onnxCells(trial));
                rows.add(row);
            }
        }
        if (rows.size() == 1) {
            return;
        }
        console.line("");
        console.table(rows);
        console.line("");
        console.line("MACs: multiply-accumulates of one image. PyTorch, ONNX RT: median of one image.");
        console.line("Flips: test images that the file labels differently; max diff: of any logit.");
        for (TrialResult trial : results.trials()) {
            if (trial.parity() != null && !trial.parity().agrees()) {
                console.note(
                        "ONNX: " + results.label(trial) + ": " + trial.parity().sentence());
            }
        }
    }
}
