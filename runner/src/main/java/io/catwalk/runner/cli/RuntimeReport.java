package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.RuntimeOutcome;
import io.catwalk.onnx.diff.Tolerance;
import io.catwalk.onnx.parity.Flip;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of other runtimes, by the names of their runners, and the version and speed of ONNX Runtime for Java. */
record RuntimeReport(
        String file,
        int images,
        Tolerance tolerance,
        String version,
        double imagesPerSecond,
        Map<String, Entry> entries) {

    /** The result of one runtime. */
    sealed interface Entry {}

    /** The runtime answered. The place of the first difference is null if it agrees, or cannot be found. */
    record Compared(
            String runtime,
            String version,
            double imagesPerSecond,
            Parity parity,
            @Nullable String note,
            @Nullable RuntimeOutcome where)
            implements Entry {}

    /** The runtime was run, and gave no answer. */
    record Failed(String runtime, String reason) implements Entry {}

    /** The runtime was not run. */
    record Left(String runtime, String reason) implements Entry {}

    /** Returns the exit code: all agree, one does not, or one gave no answer. */
    int exitCode() {
        if (entries.values().stream()
                .anyMatch(entry ->
                        entry instanceof Compared compared && !compared.parity().agrees())) {
            return ExitCode.CROSS_CHECK_FAILED;
        }
        return entries.values().stream().anyMatch(Failed.class::isInstance) ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }

    /** Prints a table, and a line for each runtime that needs an explanation. */
    void print(Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("runtime", "version", "flips", "max diff", "images/s", ""));
        rows.add(List.of("(compared with)", version, "", "", rate(imagesPerSecond), ""));
        entries.forEach((name, entry) -> rows.add(row(name, entry)));
        console.item(file + ": ", images + " images, compared with ONNX Runtime for Java");
        console.line("");
        console.table(rows);
        console.line("");
        entries.forEach((name, entry) -> {
            if (entry instanceof Failed failed) {
                console.item(name + ": ", failed.reason());
            } else if (entry instanceof Left left) {
                console.item(name + ": ", left.reason());
            } else if (entry instanceof Compared compared) {
                if (compared.note() != null) {
                    console.item(name + ": ", compared.note());
                }
                List<Flip> ties = compared.parity().nearTies();
                if (!ties.isEmpty()) {
                    console.item(name + ": ", ParityResult.nearTies(ties));
                }
                if (compared.where() != null) {
                    where(compared.where()).forEach(line -> console.item(name + ": " + line.get(0), line.get(1)));
                }
            }
        });
        console.format(
                "",
                "Flips: images that get another label; max diff: of any logit, at most %s; images/s: with the "
                        + "normalization, without loading.",
                tolerance.relative() == 0
                        ? String.format(Locale.ROOT, "%.0e", tolerance.absolute())
                        : tolerance.toString());
    }

    private static List<List<String>> where(RuntimeOutcome outcome) {
        if (outcome instanceof RuntimeOutcome.Agrees) {
            return List.of(List.of("", "agrees in a second run on the images that differ most"));
        }
        if (outcome instanceof RuntimeOutcome.Refuses refuses) {
            return List.of(List.of("", "cannot locate where it differs: " + refuses.reason()));
        }
        return RuntimeDiffReport.where("", outcome);
    }

    private static List<String> row(String name, Entry entry) {
        if (entry instanceof Compared compared) {
            Parity parity = compared.parity();
            return List.of(
                    name,
                    compared.version(),
                    Integer.toString(parity.flips().size()),
                    parity.notNumbers() > 0 ? "NaN" : String.format(Locale.ROOT, "%.1e", parity.maxAbs()),
                    rate(compared.imagesPerSecond()),
                    parity.agrees() ? "agrees" : "DISAGREES");
        }
        return List.of(name, "", "", "", "", entry instanceof Failed ? "FAILED" : "left out");
    }

    private static String rate(double imagesPerSecond) {
        return String.format(Locale.ROOT, "%,.0f", imagesPerSecond);
    }

    /** Returns the same as JSON, for programs. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("file", file);
        all.put("images", images);
        all.put("tolerance", tolerance.absolute());
        all.put("relative_tolerance", tolerance.relative());
        all.put("compared_with", "ONNX Runtime for Java " + version);
        all.put("images_per_second", imagesPerSecond);
        List<Map<String, @Nullable Object>> runtimes = new ArrayList<>();
        entries.forEach((name, entry) -> runtimes.add(json(name, entry)));
        all.put("runtimes", runtimes);
        return all;
    }

    private static Map<String, @Nullable Object> json(String name, Entry entry) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("name", name);
        if (entry instanceof Compared compared) {
            Parity parity = compared.parity();
            one.put("runtime", compared.runtime());
            one.put("outcome", parity.agrees() ? "agrees" : "disagrees");
            one.put("version", compared.version());
            one.put("flips", parity.flips().size());
            one.put("near_ties", parity.nearTies());
            one.put("max_abs", parity.maxAbs());
            one.put("images_per_second", compared.imagesPerSecond());
            one.put("note", compared.note());
            if (compared.where() != null) {
                one.put("where", RuntimeDiffReport.json(compared.where()));
            }
        } else if (entry instanceof Failed failed) {
            one.put("runtime", failed.runtime());
            one.put("outcome", "failed");
            one.put("reason", failed.reason());
        } else if (entry instanceof Left left) {
            one.put("runtime", left.runtime());
            one.put("outcome", "left out");
            one.put("reason", left.reason());
        }
        return one;
    }
}
