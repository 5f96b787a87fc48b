package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.Finding;
import io.catwalk.onnx.diff.RuntimeOutcome;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.Flip;
import io.catwalk.onnx.runtime.Tolerance;
import io.catwalk.runner.Json;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.runtimes.Runner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** The results of other runtimes, and the version and speed of ONNX Runtime for Java. */
record RuntimeReport(
        String file, int images, Tolerance tolerance, String version, double imagesPerSecond, List<Entry> entries) {

    sealed interface Entry {
        Runner runner();

        int exitCode();
    }

    /** The runtime answered. The place of the first difference is null if it agrees, or cannot be found. */
    record Compared(
            Runner runner,
            Runner.Given given,
            int images,
            double imagesPerSecond,
            Parity parity,
            @Nullable RuntimeOutcome where)
            implements Entry {

        @Override
        public int exitCode() {
            return parity.agrees() ? ExitCode.DONE : ExitCode.CROSS_CHECK_FAILED;
        }
    }

    /** The runtime gave no answer: it failed, or was left out. */
    record Unanswered(Runner runner, boolean failed, String reason) implements Entry {

        @Override
        public int exitCode() {
            return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
        }
    }

    int exitCode() {
        return entries.stream().mapToInt(Entry::exitCode).max().orElse(ExitCode.DONE);
    }

    void print(Console console) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("runtime", "version", "flips", "max diff", "images/s", ""));
        rows.add(List.of("(compared with)", version, "", "", rate(imagesPerSecond), ""));
        entries.forEach(entry -> rows.add(row(entry)));
        console.item(file + ": ", images + " images, compared with ONNX Runtime for Java");
        console.line("");
        console.table(rows);
        console.line("");
        for (Entry entry : entries) {
            String head = entry.runner().name() + ": ";
            if (entry instanceof Unanswered unanswered) {
                console.item(head, unanswered.reason());
            } else if (entry instanceof Compared compared) {
                if (compared.images() < images) {
                    console.item(
                            head, "slow, so asked about the first " + compared.images() + " images; name it for all");
                }
                if (compared.given().note() != null) {
                    console.item(head, compared.given().note());
                }
                List<Flip> ties = compared.parity().nearTies();
                if (!ties.isEmpty()) {
                    console.item(head, Wording.nearTies(ties));
                }
                if (compared.where() instanceof RuntimeOutcome.Agrees) {
                    console.item(head, "agrees in a second run on the images that differ most");
                } else if (compared.where() instanceof RuntimeOutcome.Refuses refuses) {
                    console.item(head, "cannot locate where it differs: " + refuses.reason());
                } else if (compared.where() != null) {
                    RuntimeDiffReport.printWhere(head, compared.where(), console);
                }
            }
        }
        console.say(
                "Flips: images that get another label; max diff: of any logit, at most %s; images/s: with the "
                        + "normalization, without loading.",
                tolerance.relative() == 0
                        ? String.format(Locale.ROOT, "%.0e", tolerance.absolute())
                        : tolerance.toString());
    }

    private static List<String> row(Entry entry) {
        String name = entry.runner().name();
        if (entry instanceof Compared compared) {
            Parity parity = compared.parity();
            return List.of(
                    name,
                    compared.given().version(),
                    Integer.toString(parity.flips().size()),
                    parity.notNumbers() > 0 ? "NaN" : String.format(Locale.ROOT, "%.1e", parity.maxAbs()),
                    rate(compared.imagesPerSecond()),
                    parity.agrees() ? "agrees" : "DISAGREES");
        }
        return List.of(name, "", "", "", "", entry.exitCode() == ExitCode.DONE ? "left out" : "FAILED");
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
        all.put("runtimes", entries.stream().map(RuntimeReport::json).toList());
        return all;
    }

    private static Map<String, @Nullable Object> json(Entry entry) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("name", entry.runner().name());
        one.put("runtime", entry.runner().runtime());
        if (entry instanceof Compared compared) {
            Parity parity = compared.parity();
            one.put("outcome", parity.agrees() ? "agrees" : "disagrees");
            one.put("version", compared.given().version());
            one.put("images", compared.images());
            one.put("flips", parity.flips().size());
            one.put("near_ties", parity.nearTies());
            one.put("max_abs", parity.maxAbs());
            one.put("images_per_second", compared.imagesPerSecond());
            one.put("note", compared.given().note());
            if (compared.where() != null) {
                one.put("where", RuntimeDiffReport.json(compared.where()));
            }
        } else if (entry instanceof Unanswered unanswered) {
            one.put("outcome", unanswered.failed() ? "failed" : "left out");
            one.put("reason", unanswered.reason());
        }
        return one;
    }

    /** The results of the search for the first node at which each runtime differs. */
    record RuntimeDiffReport(String file, Tolerance tolerance, List<Checked> entries) {

        /** The result of one runtime; without a comparison, the reason. */
        record Checked(
                Runner runner,
                RuntimeCheck.RuntimeDiffs.@Nullable Compared compared,
                @Nullable String reason) {

            private int exitCode() {
                return compared == null || compared.outcome() instanceof RuntimeOutcome.Agrees
                        ? ExitCode.DONE
                        : compared.outcome() instanceof RuntimeOutcome.Differs
                                ? ExitCode.CROSS_CHECK_FAILED
                                : ExitCode.SOME_FAILED;
            }
        }

        int exitCode() {
            return entries.stream().mapToInt(Checked::exitCode).max().orElse(ExitCode.DONE);
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
                String most = Numbers.scientific(agrees.answer().largest());
                String answers = "; answers to " + compared.images() + " images differ by at most " + most;
                console.item(file + ": ", "agrees in " + name + answers);
            } else if (compared.outcome() instanceof RuntimeOutcome.Differs differs) {
                console.item(file + " ", "differs in " + name + ":");
                console.item("  answers: ", differs.answer().toString());
            } else if (compared.outcome() instanceof RuntimeOutcome.Refuses refuses) {
                console.item(file + " ", "has no answer in " + name + ": " + refuses.reason());
            }
            printWhere("  ", compared.outcome(), console);
        }

        static void printWhere(String indent, RuntimeOutcome outcome, Console console) {
            if (outcome instanceof RuntimeOutcome.Differs differs) {
                Finding first = differs.finding();
                console.item(
                        indent + "it begins at ",
                        first == null
                                ? "no node: the file agrees if it is cut at its end and runs in its smallest batches"
                                : node(first) + "; " + first.tensor() + ": " + first.difference());
                differs.unasked()
                        .forEach((tensor, reason) ->
                                console.item(indent + "or before it: ", tensor + " is not known: " + reason));
            } else if (outcome instanceof RuntimeOutcome.Refuses refuses && refuses.finding() != null) {
                console.item(indent + "the first node without an answer is ", node(refuses.finding()));
            }
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
            one.put("images", entry.compared().images());
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
