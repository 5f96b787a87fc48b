package io.catwalk.runner.experiment;

import io.catwalk.runner.Csv;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialResult;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the outcome of an experiment, as {@code results.json} shows it.
 *
 * @param schema version of this format
 * @param experiment what was asked for and how far it got
 * @param dataset what was trained and judged on
 * @param trials in the order of the request
 * @param comparison how they stand to each other; null before all are done, or with nothing to compare
 * @param tuning outcome of a search; null if it was none
 */
public record Results(
        int schema,
        Summary experiment,
        Dataset dataset,
        List<TrialResult> trials,
        @Nullable Comparison comparison,
        @Nullable Tuning tuning) {

    /**
     * Says what was asked for and how far it got.
     *
     * @param name of the run folder
     * @param command that the user gave
     * @param startedAt moment of the start, ISO 8601, UTC
     * @param seconds from the start to this writing
     * @param planned number of trials asked for
     * @param finished number of trials that are done or failed
     * @param notRun titles of the trials that were left out, since the time was over
     * @param seeds of the trials
     * @param folds number of folds, 0 for a hold-out
     * @param repeats how often the images were dealt into folds
     * @param jobs trials at once
     * @param threads of each trial
     */
    public record Summary(
            String name,
            String command,
            String startedAt,
            double seconds,
            int planned,
            int finished,
            List<String> notRun,
            List<Long> seeds,
            int folds,
            int repeats,
            int jobs,
            int threads) {

        /** Takes what was written before there was a time budget, or repeats. */
        public Summary {
            notRun = notRun == null ? List.of() : List.copyOf(notRun);
        }
    }

    /**
     * Describes the images.
     *
     * @param name of the data set
     * @param sha256 digest of its content, in hexadecimal
     * @param classes names, in the order of the logits
     * @param channels 1 for gray, 3 for color
     * @param height in pixels
     * @param width in pixels
     * @param train number of images that are trained on
     * @param validation number of images that choose the epoch
     * @param test number of images that judge a trial; with folds, those of one fold
     */
    public record Dataset(
            String name,
            String sha256,
            List<String> classes,
            int channels,
            int height,
            int width,
            int train,
            int validation,
            int test) {}

    /** Copies the trials. */
    public Results {
        trials = List.copyOf(trials);
    }

    /**
     * Compares the trials by what stands in the run folder. The candidates of a search are left out: whichever
     * is best was chosen for it.
     *
     * @param run the folder, with the predictions of the trials
     * @param spec what was asked for
     * @param finished outcomes of these trials
     * @return a changed copy
     * @throws IOException if the predictions cannot be read
     */
    Results compared(RunFolder run, ExperimentSpec spec, Map<TrialSpec, TrialResult> finished) throws IOException {
        List<TrialSpec> compared = spec.trials(finished).stream()
                .filter(trial -> spec.tuning() == null || trial.fold() == 0)
                .toList();
        try {
            Comparison made = Comparison.of(
                    compared,
                    finished,
                    trial -> predictions(run.trial(trial)),
                    dataset,
                    new EquivalenceRegion(spec.region()));
            return new Results(schema, experiment, dataset, trials, made, tuning);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static @Nullable Predictions predictions(TrialFolder folder) {
        Path file = folder.predictions("test");
        try {
            return Files.exists(file) ? Predictions.read(file) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Leaves out the trials that only scored the candidates of a search: tables show them as candidates.
     *
     * @return these results; of a search, with the full training of the best alone
     */
    public Results withoutCandidates() {
        return tuning == null
                ? this
                : new Results(
                        schema,
                        experiment,
                        dataset,
                        trials.stream().filter(trial -> trial.fold() == 0).toList(),
                        comparison,
                        tuning);
    }

    /**
     * Counts the trials without a trained network.
     *
     * @return how many failed
     */
    public long failed() {
        return trials.stream()
                .filter(trial -> trial.status() == TrialResult.Status.FAILED)
                .count();
    }

    /**
     * Counts the trials whose ONNX file is missing or does not answer like the network.
     *
     * @return how many
     */
    public long disagreeing() {
        return trials.stream()
                .filter(trial -> trial.parity() != null && !trial.parity().agrees())
                .count();
    }

    /** Returns one row a trial; a column for every number that any trial has. */
    String csv() {
        List<Map<String, String>> rows = new ArrayList<>();
        Set<String> columns = new LinkedHashSet<>();
        for (TrialResult trial : trials) {
            Map<String, String> row = Json.flat(trial);
            rows.add(row);
            columns.addAll(row.keySet());
        }
        StringBuilder csv = new StringBuilder(String.join(",", columns)).append('\n');
        for (Map<String, String> row : rows) {
            List<String> cells = columns.stream()
                    .map(column -> Csv.cell(row.getOrDefault(column, "")))
                    .toList();
            csv.append(String.join(",", cells)).append('\n');
        }
        return csv.toString();
    }

    /** Returns tables and verdicts that can be pasted into a README. */
    String markdown() {
        return new ResultsMarkdown(this).text();
    }

    /**
     * Tells whether each contestant has several trials, so that a table shows their means.
     *
     * @return whether several seeds or folds were asked for
     */
    public boolean averaged() {
        return tuning == null && (experiment.seeds.size() > 1 || experiment.folds > 0);
    }

    /**
     * Groups the trials that are done.
     *
     * @return those of each contestant, under its label, in the order of the request
     */
    public Map<String, List<TrialResult>> contestants() {
        return trials.stream()
                .filter(trial -> trial.status() == TrialResult.Status.DONE)
                .collect(Collectors.groupingBy(Results::contestant, LinkedHashMap::new, Collectors.toList()));
    }

    private static String contestant(TrialResult trial) {
        return trial.variant().equals(TrialSpec.DEFAULT_VARIANT)
                ? trial.classifier()
                : trial.classifier() + "@" + trial.variant();
    }

    /**
     * Names a trial within its experiment.
     *
     * @param trial one of the trials
     * @return classifier and, where needed, variant, seed and fold
     */
    public String label(TrialResult trial) {
        String label = contestant(trial);
        if (experiment.seeds.size() > 1) {
            label += " s" + trial.seed();
        }
        return trial.fold() > 0 ? label + " f" + trial.fold() : label;
    }

    /**
     * Formats the mean of a share over several trials.
     *
     * @param trials of one contestant, which are done
     * @param part {@code test}, {@code validation} or {@code train}
     * @param name of the metric, a share from 0 to 1
     * @return mean and, of several, standard deviation in percent; a dash where it is undefined
     */
    public static String mean(List<TrialResult> trials, String part, String name) {
        double[] values = trials.stream()
                .map(trial -> metric(trial, part, name))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        if (values.length < 2) {
            return percent(values.length == 0 ? null : values[0]);
        }
        Spread spread = Spread.of(values);
        return percent(spread.mean()) + " ± " + percent(spread.standardDeviation());
    }

    /**
     * Formats what a table shows of a trial that is done: test accuracy, precision, recall and F1 (macro),
     * training and validation accuracy in percent, parameters, training time, median latency of one image.
     *
     * @param trial with status done
     * @return nine cells
     */
    public static List<String> cells(TrialResult trial) {
        return List.of(
                percent(metric(trial, "test", "accuracy")),
                percent(metric(trial, "test", "precision_macro")),
                percent(metric(trial, "test", "recall_macro")),
                percent(metric(trial, "test", "f1_macro")),
                percent(metric(trial, "train", "accuracy")),
                percent(metric(trial, "validation", "accuracy")),
                trial.efficiency() == null
                        ? "-"
                        : String.format(Locale.ROOT, "%,d", trial.efficiency().parameters()),
                trial.efficiency() == null ? "-" : duration(trial.efficiency().trainingSeconds()),
                micros(trial.efficiency() == null ? null : trial.efficiency().pytorch()));
    }

    /**
     * Formats what a table shows of the ONNX file of a trial that is done: size, multiply-accumulates of one
     * image, median latency of one image on PyTorch and on ONNX Runtime, how many times faster that is,
     * label flips, and the largest difference of a logit.
     *
     * @param trial with status done
     * @return seven cells
     */
    public static List<String> onnxCells(TrialResult trial) {
        Efficiency efficiency = trial.efficiency();
        ParityResult parity = trial.parity();
        Latency pytorch = efficiency == null ? null : efficiency.pytorch();
        Latency onnxruntime = efficiency == null ? null : efficiency.onnxruntime();
        return List.of(
                efficiency == null || efficiency.onnxBytes() == null
                        ? "-"
                        : String.format(Locale.ROOT, "%,d KiB", (efficiency.onnxBytes() + 512) / 1024),
                efficiency == null || efficiency.multiplyAccumulates() == null
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f M", efficiency.multiplyAccumulates() / 1e6),
                micros(pytorch),
                micros(onnxruntime),
                pytorch == null || onnxruntime == null
                        ? "-"
                        : String.format(Locale.ROOT, "%.1f x", pytorch.p50Micros() / onnxruntime.p50Micros()),
                parity == null || parity.maxAbs() == null ? "-" : Integer.toString(parity.flips()),
                parity == null || parity.maxAbs() == null ? "-" : String.format(Locale.ROOT, "%.1e", parity.maxAbs()));
    }

    private static String micros(@Nullable Latency latency) {
        return latency == null ? "-" : String.format(Locale.ROOT, "%.0f µs", latency.p50Micros());
    }

    /**
     * Looks a metric up.
     *
     * @param trial any trial
     * @param part {@code test}, {@code validation} or {@code train}
     * @param name of the metric
     * @return its value; null if the trial failed or the metric is undefined
     */
    public static @Nullable Double metric(TrialResult trial, String part, String name) {
        if (trial.metrics() == null || !trial.metrics().containsKey(part)) {
            return null;
        }
        return trial.metrics().get(part).get(name) instanceof Number number ? (Double) number.doubleValue() : null;
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.2f", share * 100);
    }

    static String duration(double seconds) {
        return seconds < 60
                ? String.format(Locale.ROOT, "%.0fs", seconds)
                : String.format(Locale.ROOT, "%dm%02ds", (long) seconds / 60, (long) seconds % 60);
    }
}
