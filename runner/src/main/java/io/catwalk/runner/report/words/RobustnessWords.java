package io.catwalk.runner.report.words;

import io.catwalk.runner.Markdown;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.Robustness.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes accuracies on corrupted images. */
public final class RobustnessWords {

    private RobustnessWords() {}

    /** Returns a header and a row for each classifier: accuracies in percent, clean and at the strongest step. */
    public static List<List<String>> strongest(Robustness robustness) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("classifier", "clean"));
        for (Corruption corruption : Corruption.values()) {
            head.add(corruption.title().toLowerCase(Locale.ROOT));
        }
        rows.add(head);
        for (Classifier one : robustness.classifiers()) {
            List<String> row = new ArrayList<>(
                    List.of(one.name(), Numbers.percent(one.clean().share())));
            for (Corruption corruption : Corruption.values()) {
                row.add(Numbers.percent(one.curve(corruption).last().accuracy().share()));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Explains the table of {@link #strongest}. */
    public static String explanation(Robustness robustness) {
        List<String> strongest = new ArrayList<>();
        for (Corruption corruption : Corruption.values()) {
            strongest.add(corruption.title().toLowerCase(Locale.ROOT) + " " + corruption.strongest() + " "
                    + corruption.unit());
        }
        return "Accuracy in percent of the ONNX files on "
                + Numbers.count(robustness.sample().images()) + " of "
                + Numbers.count(robustness.sample().of()) + " test images, clean and at the strongest step: "
                + String.join(", ", strongest) + ".";
    }

    /** Returns both as Markdown, to be appended to other tables. */
    public static String markdown(Robustness robustness) {
        return "\n" + Markdown.table(strongest(robustness)) + "\n" + explanation(robustness) + "\n";
    }
}
