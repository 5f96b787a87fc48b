package io.catwalk.runner.report.words;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.Timing;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says what a reader must know about the trials, and writes their numbers into the cells of tables.
 *
 * @param results of a run
 */
public record TrialWords(Results results) {

    /** Returns at most two sentences: that the trials were made by different software, or on different machines. */
    public List<String> mixture() {
        List<String> mixture = new ArrayList<>();
        add(mixture, "by different software", results.mixedSoftware());
        add(mixture, "on different machines", results.mixedMachines());
        return mixture;
    }

    private static void add(List<String> sentences, String how, Map<String, Long> makers) {
        if (!makers.isEmpty()) {
            sentences.add("The trials were made " + how + ", which may be part of any difference between them: "
                    + makers.entrySet().stream()
                            .map(entry -> entry.getValue() + " × " + entry.getKey())
                            .collect(Collectors.joining("; "))
                    + ".");
        }
    }

    /** Says that validation accuracies are optimistically biased if they selected the epoch; empty if none did. */
    public String validationNote() {
        return results.done().stream().allMatch(done -> done.trial().recipe().epochs() == 1)
                ? ""
                : "Validation accuracy is optimistic, since the validation images chose the epoch: compare by test accuracy.";
    }

    /** Warns of classifiers whose optimizer made few steps; empty if all made enough. */
    public String stepsNote() {
        Comparison comparison = results.comparison();
        List<String> few = comparison == null
                ? List.of()
                : comparison.standings().stream()
                        .filter(one -> one.steps() != null && one.steps() < Timing.FEW_STEPS)
                        .map(one -> one.classifier() + " " + one.steps())
                        .toList();
        return few.isEmpty()
                ? ""
                : "Fewer than " + Timing.FEW_STEPS + " optimizer steps: " + String.join(", ", few)
                        + ". So few rarely train a network as well as it can be: try more --epochs, or a smaller"
                        + " --batch-size.";
    }

    /** Writes a mean in percent, of several trials with the standard deviation; a dash if there are none. */
    public static String mean(List<Done> trials, ToDoubleFunction<TrialMetrics> metric) {
        double[] values = trials.stream().map(Done::metrics).mapToDouble(metric).toArray();
        if (values.length < 2) {
            return values.length == 0 ? "-" : Numbers.percent(values[0]);
        }
        Spread spread = Spread.of(values);
        return Numbers.percent(spread.mean()) + " ± " + Numbers.percent(spread.standardDeviation());
    }

    /** Writes the 95 % interval of a classifier's accuracy in percent; a dash if it has no standing. */
    public String interval(String classifier) {
        Comparison comparison = results.comparison();
        Standing standing = comparison == null ? null : comparison.standing(classifier);
        return standing == null
                ? "-"
                : Numbers.percent(standing.accuracyLow()) + " to " + Numbers.percent(standing.accuracyHigh());
    }

    /**
     * Writes nine cells: test accuracy, precision, recall and F1 (macro), training and validation accuracy in percent,
     * parameters, training time, median latency of one image.
     */
    public List<String> cells(Done trial) {
        Metrics test = trial.metrics().test();
        return List.of(
                Numbers.percent(test.accuracy()),
                Numbers.percent(test.macro().precision()),
                Numbers.percent(test.macro().recall()),
                Numbers.percent(test.macro().f1()),
                Numbers.percent(trial.metrics().train().accuracy()),
                Numbers.percent(trial.metrics().validation().accuracy()),
                Numbers.count(trial.efficiency().parameters()),
                Numbers.duration(trial.efficiency().trainingSeconds()),
                micros(trial.efficiency().latency(results.latencyEngine())));
    }

    /**
     * Writes seven cells about the ONNX file: size, MACs of one image, median latency of one image on both engines, how
     * many times faster ONNX Runtime is, label flips, and the largest difference of a logit.
     */
    public static List<String> onnxCells(Done trial) {
        Efficiency efficiency = trial.efficiency();
        ParityResult parity = trial.parity();
        return List.of(
                efficiency.onnxBytes() == null ? "-" : Numbers.bytes(efficiency.onnxBytes()),
                efficiency.multiplyAccumulates() == null
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f M", efficiency.multiplyAccumulates() / 1e6),
                micros(efficiency.pytorch()),
                micros(efficiency.onnxruntime()),
                efficiency.speedUp() == null ? "-" : String.format(Locale.ROOT, "%.1f x", efficiency.speedUp()),
                parity == null || parity.maxAbs() == null ? "-" : Integer.toString(parity.flips()),
                parity == null || parity.maxAbs() == null ? "-" : Numbers.scientific(parity.maxAbs()));
    }

    private static String micros(@Nullable Latency latency) {
        return latency == null
                ? "-"
                : (latency.busy() == null ? "" : Latency.ROUGH) + Numbers.micros(latency.p50Micros());
    }
}
