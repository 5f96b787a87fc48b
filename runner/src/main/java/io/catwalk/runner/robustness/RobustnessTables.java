package io.catwalk.runner.robustness;

import io.catwalk.runner.Csv;
import io.catwalk.runner.Markdown;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.robustness.Robustness.Classifier;
import io.catwalk.runner.robustness.Robustness.Curve;
import io.catwalk.runner.robustness.Robustness.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes robustness as tables.
 *
 * @param robustness the measurements
 */
public record RobustnessTables(Robustness robustness) {

    private static final String HEAD = "classifier,corruption,strength,unit,images,right,accuracy,low,high\n";

    /**
     * Writes a row for each classifier, corruption and strength.
     *
     * @return comma-separated values; shares from 0 to 1, with 95 % intervals
     */
    public String csv() {
        StringBuilder csv = new StringBuilder(HEAD);
        for (Classifier one : robustness.classifiers()) {
            row(csv, one, "none", 0, "", one.clean());
            for (Curve curve : one.curves()) {
                for (Step step : curve.steps()) {
                    row(
                            csv,
                            one,
                            curve.corruption().title(),
                            step.strength(),
                            curve.corruption().unit(),
                            step.accuracy());
                }
            }
        }
        return csv.toString();
    }

    private static void row(
            StringBuilder csv, Classifier one, String corruption, int strength, String unit, Accuracy accuracy) {
        List<Object> cells = List.of(
                one.name(),
                corruption,
                strength,
                unit,
                accuracy.images(),
                accuracy.right(),
                accuracy.share(),
                accuracy.low(),
                accuracy.high());
        csv.append(cells.stream().map(cell -> Csv.cell(cell.toString())).collect(Collectors.joining(",")))
                .append('\n');
    }

    /**
     * Lists the accuracies at the strongest step.
     *
     * @return a head, then a row for each classifier, in percent
     */
    public List<List<String>> strongest() {
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

    /** Returns a sentence that explains the table of {@link #strongest}. */
    public String explanation() {
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

    /**
     * Writes the accuracies at the strongest step.
     *
     * @return Markdown, to be appended to other tables; empty if nothing was measured
     */
    public String markdown() {
        if (robustness.classifiers().isEmpty()) {
            return "";
        }
        return "\n" + Markdown.table(strongest()) + "\n" + explanation() + "\n";
    }
}
