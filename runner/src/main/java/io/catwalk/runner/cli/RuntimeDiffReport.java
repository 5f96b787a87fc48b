package io.catwalk.runner.cli;

import io.catwalk.onnx.diff.Finding;
import io.catwalk.onnx.diff.RuntimeOutcome;
import io.catwalk.onnx.diff.Tolerance;
import io.catwalk.runner.Json;
import io.catwalk.runner.runtimes.Runner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Where other runtimes begin to give different results for one file. */
record RuntimeDiffReport(String file, Tolerance tolerance, List<Entry> entries) {

    /** The result of one runtime; without a comparison, the reason. */
    record Entry(
            Runner runner,
            RuntimeDiffs.@Nullable Compared compared,
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

    private static boolean is(Entry entry, Class<? extends RuntimeOutcome> outcome) {
        return entry.compared() != null && outcome.isInstance(entry.compared().outcome());
    }

    /** Prints a line for each runtime, and below it, if it does not agree, where the difference begins. */
    void print(Console console) {
        for (Entry entry : entries) {
            if (entry.compared() == null) {
                console.item(file + ": ", "not run in " + entry.runner().name() + ": " + entry.reason());
            } else {
                print(entry, entry.compared(), console);
            }
        }
    }

    private void print(Entry entry, RuntimeDiffs.Compared compared, Console console) {
        String name = entry.runner().name()
                + (compared.version() == null ? "" : " (" + entry.runner().runtime() + " " + compared.version() + ")");
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

    /** Returns a head and a text for each line about where a difference begins. */
    static List<List<String>> where(String indent, RuntimeOutcome outcome) {
        List<List<String>> lines = new ArrayList<>();
        if (outcome instanceof RuntimeOutcome.Differs differs) {
            lines.add(
                    differs.finding() == null
                            ? List.of(
                                    indent + "it begins at ",
                                    "no node: the file agrees if it is cut at its end and runs in its smallest batches")
                            : List.of(indent + "it begins at ", words(differs.finding())));
            differs.unasked()
                    .forEach((tensor, reason) ->
                            lines.add(List.of(indent + "or before it: ", tensor + " is not known: " + reason)));
        } else if (outcome instanceof RuntimeOutcome.Refuses refuses && refuses.finding() != null) {
            lines.add(List.of(indent + "the first node without an answer is ", node(refuses.finding())));
        }
        return lines;
    }

    private static String words(Finding finding) {
        return node(finding) + "; " + finding.tensor() + ": " + finding.difference();
    }

    private static String node(Finding finding) {
        if (finding.operator().isEmpty()) {
            return "the input: pixels are normalized differently";
        }
        String name =
                finding.node().isEmpty() ? finding.operator() + " that makes " + finding.tensor() : finding.node();
        return finding.place().isEmpty() ? name : name + " (" + finding.place() + ")";
    }

    /** Returns the same as JSON, for programs. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("file", file);
        all.put("tolerance", tolerance);
        all.put("runtimes", entries.stream().map(RuntimeDiffReport::json).toList());
        return all;
    }

    private static Map<String, @Nullable Object> json(Entry entry) {
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

    /** Returns an outcome as JSON, for programs. */
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
