package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.Finding;
import io.catwalk.onnx.diff.RuntimeOutcome;
import io.catwalk.onnx.parity.Flip;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.Json;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.runtimes.Runner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** The results of other runtimes, by the names of their runners, and the version and speed of ONNX Runtime for Java. */
record RuntimeReport(
        String file,
        int images,
        Tolerance tolerance,
        String version,
        double imagesPerSecond,
        Map<String, Entry> entries) {

    sealed interface Entry {
        String runtime();
    }

    /** The runtime answered. The place of the first difference is null if it agrees, or cannot be found. */
    record Compared(
            String runtime,
            String version,
            double imagesPerSecond,
            Parity parity,
            @Nullable String note,
            @Nullable RuntimeOutcome where)
            implements Entry {}

    /** The runtime gave no answer: it failed, or was left out. */
    record Unanswered(String runtime, boolean failed, String reason) implements Entry {}

    /** Returns the exit code: all agree, one does not, or one gave no answer. */
    int exitCode() {
        if (entries.values().stream()
                .anyMatch(entry ->
                        entry instanceof Compared compared && !compared.parity().agrees())) {
            return ExitCode.CROSS_CHECK_FAILED;
        }
        return entries.values().stream().anyMatch(RuntimeReport::failed) ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }

    private static boolean failed(Entry entry) {
        return entry instanceof Unanswered unanswered && unanswered.failed();
    }

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
            if (entry instanceof Unanswered unanswered) {
                console.item(name + ": ", unanswered.reason());
            } else if (entry instanceof Compared compared) {
                if (compared.note() != null) {
                    console.item(name + ": ", compared.note());
                }
                List<Flip> ties = compared.parity().nearTies();
                if (!ties.isEmpty()) {
                    console.item(name + ": ", Wording.nearTies(ties));
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
        return List.of(name, "", "", "", "", failed(entry) ? "FAILED" : "left out");
    }

    private static String rate(double imagesPerSecond) {
        return String.format(Locale.ROOT, "%,.0f", imagesPerSecond);
    }

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
        one.put("runtime", entry.runtime());
        if (entry instanceof Compared compared) {
            Parity parity = compared.parity();
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
        } else if (entry instanceof Unanswered unanswered) {
            one.put("outcome", unanswered.failed() ? "failed" : "left out");
            one.put("reason", unanswered.reason());
        }
        return one;
    }

    record RuntimeDiffReport(String file, Tolerance tolerance, List<Checked> entries) {

        /** The result of one runtime; without a comparison, the reason. */
        record Checked(
                Runner runner,
                RuntimeCheck.RuntimeDiffs.@Nullable Compared compared,
                int images,
                @Nullable String reason) {}

        /** Returns the exit code: all agree, one does not, or one gave no answer. */
        int exitCode() {
            if (entries.stream().anyMatch(entry -> is(entry, RuntimeOutcome.Differs.class))) {
                return ExitCode.CROSS_CHECK_FAILED;
            }
            return entries.stream().anyMatch(entry -> is(entry, RuntimeOutcome.Refuses.class))
                    ? ExitCode.SOME_FAILED
                    : ExitCode.DONE;
        }

        private static boolean is(Checked entry, Class<? extends RuntimeOutcome> outcome) {
            return entry.compared() != null
                    && outcome.isInstance(entry.compared().outcome());
        }

        /** Prints a line for each runtime, and below it, if it does not agree, where the difference begins. */
        void print(Console console) {
            for (Checked entry : entries) {
                if (entry.compared() == null) {
                    console.item(file + ": ", "not run in " + entry.runner().name() + ": " + entry.reason());
                } else {
                    print(entry, entry.compared(), console);
                }
            }
        }

        private void print(Checked entry, RuntimeCheck.RuntimeDiffs.Compared compared, Console console) {
            String name = entry.runner().name()
                    + (compared.version() == null
                            ? ""
                            : " (" + entry.runner().runtime() + " " + compared.version() + ")");
            if (compared.outcome() instanceof RuntimeOutcome.Agrees agrees) {
                console.format(
                        file + ": ",
                        "agrees in %s; answers to %d images differ by at most %.1e",
                        name,
                        entry.images(),
                        agrees.answer().largest());
            } else if (compared.outcome() instanceof RuntimeOutcome.Differs differs) {
                console.item(file + " ", "differs in " + name + ":");
                console.item("  answers: ", differs.answer().toString());
            } else if (compared.outcome() instanceof RuntimeOutcome.Refuses refuses) {
                console.item(file + " ", "has no answer in " + name + ": " + refuses.reason());
            }
            where("  ", compared.outcome()).forEach(line -> console.item(line.get(0), line.get(1)));
        }

        static List<List<String>> where(String indent, RuntimeOutcome outcome) {
            List<List<String>> lines = new ArrayList<>();
            if (outcome instanceof RuntimeOutcome.Differs differs) {
                Finding first = differs.finding();
                lines.add(List.of(
                        indent + "it begins at ",
                        first == null
                                ? "no node: the file agrees if it is cut at its end and runs in its smallest batches"
                                : node(first) + "; " + first.tensor() + ": " + first.difference()));
                differs.unasked()
                        .forEach((tensor, reason) ->
                                lines.add(List.of(indent + "or before it: ", tensor + " is not known: " + reason)));
            } else if (outcome instanceof RuntimeOutcome.Refuses refuses && refuses.finding() != null) {
                lines.add(List.of(indent + "the first node without an answer is ", node(refuses.finding())));
            }
            return lines;
        }

        private static String node(Finding finding) {
            if (finding.operator().isEmpty()) {
                return "the input: pixels are normalized differently";
            }
            String name =
                    finding.node().isEmpty() ? finding.operator() + " that makes " + finding.tensor() : finding.node();
            return finding.place().isEmpty() ? name : name + " (" + finding.place() + ")";
        }

        Map<String, @Nullable Object> json() {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("file", file);
            all.put("tolerance", tolerance);
            all.put("runtimes", entries.stream().map(RuntimeDiffReport::json).toList());
            return all;
        }

        private static Map<String, @Nullable Object> json(Checked entry) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("name", entry.runner().name());
            one.put("runtime", entry.runner().runtime());
            if (entry.compared() == null) {
                one.put("outcome", "left out");
                one.put("reason", entry.reason());
                return one;
            }
            one.put("version", entry.compared().version());
            one.put("images", entry.images());
            one.putAll(json(entry.compared().outcome()));
            return one;
        }

        static Map<String, @Nullable Object> json(RuntimeOutcome outcome) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put(
                    "outcome",
                    outcome instanceof RuntimeOutcome.Refuses
                            ? "failed"
                            : outcome instanceof RuntimeOutcome.Agrees ? "agrees" : "differs");
            one.putAll(Json.JSON.convertValue(outcome, new TypeReference<Map<String, @Nullable Object>>() {}));
            return one;
        }
    }
}
