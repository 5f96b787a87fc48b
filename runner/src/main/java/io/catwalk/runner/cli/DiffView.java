package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.DiffReport;
import io.catwalk.onnx.diff.Finding;
import io.catwalk.onnx.diff.TensorDifference;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints where two ONNX models begin to give different results. */
final class DiffView {

    private static final int MOST_SHOWN = 5;

    private final Console console;

    DiffView(Console console) {
        this.console = console;
    }

    void print(Path file, String compared, DiffReport report) {
        if (report.outputsAgree()) {
            double largest = report.outputs().values().stream()
                    .mapToDouble(TensorDifference::largest)
                    .max()
                    .orElse(0);
            console.item(
                    file + ": ",
                    String.format(
                            Locale.ROOT,
                            "%s; %d of %d tensors are the same, outputs differ by at most %.1e",
                            report.agrees() && report.sameGraph()
                                    ? "agrees with " + compared
                                    : "same answers as " + compared + ", but another file",
                            report.matched(),
                            report.tensors(),
                            largest));
        } else {
            console.item(file + " ", "differs from " + compared + ":");
            report.outputs().forEach((name, difference) -> {
                if (!difference.agrees()) {
                    console.item("  " + name + ": ", difference.toString());
                }
            });
            beginnings(report);
        }
        report.metadata().forEach(text -> console.item("  the metadata differs: ", text));
        shown("  also written differently: ", report.elsewhere());
    }

    /** Prints where the difference begins. */
    void beginnings(DiffReport report) {
        shown("  it begins at ", report.findings());
    }

    private void shown(String head, List<Finding> findings) {
        findings.stream().limit(MOST_SHOWN).forEach(finding -> console.item(head, words(finding)));
        if (findings.size() > MOST_SHOWN) {
            console.item(head, findings.size() - MOST_SHOWN + " more nodes; catwalk diff --json lists all");
        }
    }

    private static String words(Finding finding) {
        StringBuilder words = new StringBuilder(finding.node());
        if (!finding.place().isEmpty()) {
            words.append(" (").append(finding.place()).append(')');
        }
        if (finding.other() == null) {
            words.append(", which has no counterpart in the other file");
        } else if (!finding.other().equals(finding.node())) {
            words.append(" and ").append(finding.other());
        }
        if (finding.difference() != null && !finding.difference().agrees()) {
            words.append("; ").append(finding.tensor()).append(": ").append(finding.difference());
        }
        finding.causes().forEach(cause -> words.append("; ").append(cause));
        if (finding.causes().isEmpty() && finding.other() != null) {
            words.append("; the node is the same in both files");
        }
        return words.toString();
    }
}
