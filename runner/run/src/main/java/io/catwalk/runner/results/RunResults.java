package io.catwalk.runner.results;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Json;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the outcome of an experiment, as {@code results.json} shows it.
 *
 * @param dataset what was trained and evaluated on
 * @param trials in the order of the request
 * @param comparison how they compare; null before all are done, or if there is nothing to compare
 * @param tuning null if there was no search
 * @param latenciesLeftOut places of latencies that are left out, because they were measured elsewhere than the others
 */
public record RunResults(
        int schema,
        Summary experiment,
        Dataset dataset,
        List<TrialOutcome> trials,
        @Nullable Comparison comparison,
        @Nullable Tuning tuning,
        List<String> latenciesLeftOut) {

    /**
     * Holds the request and its progress.
     *
     * @param name of the run folder
     * @param startedAt moment of the start, ISO 8601, UTC
     * @param seconds from the start until these results were written
     * @param planned number of trials requested
     * @param finished number of trials that are done, failed or lost
     * @param notRun titles of the trials that were left out because the time was over
     * @param folds number of folds, 0 for a hold-out
     * @param repeats how often the images were dealt into folds
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
            int threads) {}

    /**
     * Describes the images.
     *
     * @param sha256 digest of its content, in hexadecimal
     * @param classes names, in the order of the logits
     * @param channels 1 for gray, 3 for color
     * @param height in pixels
     * @param width in pixels
     * @param train number of training images of a trial: with folds, of one fold; of a search, of the full training of
     *     its best
     * @param validation number of validation images, likewise
     * @param test number of test images, likewise
     * @param largestClass number of test images of the largest class; in a cross-validation, of all folds together
     * @param smallestClass number of test images of the smallest class that has any, likewise
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
            int test,
            int largestClass,
            int smallestClass) {

        private static final long UNBALANCED = 5;

        /** Tells whether accuracy says little about the small classes because the large ones have most images. */
        public boolean unbalanced() {
            return largestClass > UNBALANCED * smallestClass;
        }
    }

    /**
     * Holds the outcome of a search.
     *
     * @param selectBy what candidates are ranked by: the criterion of the recipe
     * @param candidates what was tried, the best first
     * @param best number of the best candidate; null until it is known
     */
    public record Tuning(
            String classifier,
            Strategy strategy,
            Criterion selectBy,
            List<Candidate> candidates,
            @Nullable Integer best) {

        /**
         * Holds one point of the search space that was tried.
         *
         * @param number of the candidate, from 1; 1 has the defaults of the plugin, if they were tried
         * @param choices hyperparameters and recipe numbers that were searched over, name to value
         * @param scores one for each budget that it was given, the smallest first
         */
        public record Candidate(int number, Map<String, Object> choices, List<Score> scores) {}

        /**
         * Holds the score of a candidate at one budget.
         *
         * @param folds one score for each fold that is done: a share from 0 to 1, or nats
         * @param standardDeviation of the folds; null for one fold
         */
        public record Score(
                int epochs,
                List<Double> folds,
                double mean,
                @Nullable Double standardDeviation) {}

        /** How candidates are selected and scored. */
        public enum Strategy {
            /** Every point of the space, at one budget. */
            GRID,
            /** Points drawn without replacement, at one budget. */
            RANDOM,
            /**
             * Points drawn without replacement; the better part goes on to a larger budget, and so on (Jamieson
             * and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016).
             */
            HALVING
        }
    }

    /**
     * Holds a row of a table of latencies.
     *
     * @param model label of its classifier, or name of its file
     * @param latencies of the engines that it was measured on
     */
    public record LatencyRow(String model, Map<InferenceEngine, Latency> latencies) {

        public static LatencyRow of(Done done) {
            return new LatencyRow(done.trial().label(), done.efficiency().latencies());
        }

        /** Returns what a reader must know about the latencies; the networks of one model share their processes. */
        public static Set<Latency.Mark> marks(List<LatencyRow> rows) {
            Set<Latency.Mark> marks = EnumSet.noneOf(Latency.Mark.class);
            Map<String, Integer> processes = new HashMap<>();
            for (LatencyRow row : rows) {
                row.latencies.forEach((engine, latency) -> {
                    marks.addAll(latency.marks());
                    processes.merge(engine + row.model, latency.processes(), Integer::sum);
                });
            }
            if (processes.containsValue(1)) {
                marks.add(Latency.Mark.ONE_PROCESS);
            }
            return marks;
        }
    }

    public RunResults compared(@Nullable Comparison newComparison) {
        return with(trials, newComparison);
    }

    private RunResults with(List<TrialOutcome> newTrials, @Nullable Comparison newComparison) {
        return new RunResults(schema, experiment, dataset, newTrials, newComparison, tuning, latenciesLeftOut);
    }

    /** Leaves out the trials that only scored the candidates of a search, which tables show as candidates. */
    public RunResults withoutCandidates() {
        return tuning == null
                ? this
                : with(
                        trials.stream()
                                .filter(outcome -> outcome.trial().fold() == 0)
                                .toList(),
                        comparison);
    }

    /** Lists the trials with a trained network, in the order of the request. */
    public List<Done> done() {
        return TrialOutcome.done(trials).toList();
    }

    /** Lists the trials that failed or were lost, in the order of the request. */
    public List<TrialOutcome> failed() {
        return trials.stream().filter(outcome -> !(outcome instanceof Done)).toList();
    }

    /** Returns how many trials were made by each version of the software, if they were not all made by one. */
    public Map<String, Long> mixedSoftware() {
        return mixture(done -> done.provenance().software().makers());
    }

    /** Returns how many trials were made on each machine, if they were not all made on one. */
    public Map<String, Long> mixedMachines() {
        return mixture(done -> done.provenance().machine().title());
    }

    private Map<String, Long> mixture(Function<Done, String> maker) {
        Map<String, Long> makers =
                done().stream().collect(Collectors.groupingBy(maker, LinkedHashMap::new, Collectors.counting()));
        return makers.size() < 2 ? Map.of() : makers;
    }

    /** Returns what a reader must know about the latencies. */
    public Set<Latency.Mark> latencyMarks() {
        List<Done> done = done();
        Set<Latency.Mark> marks =
                LatencyRow.marks(done.stream().map(LatencyRow::of).toList());
        if (!latenciesLeftOut.isEmpty()) {
            marks.add(Latency.Mark.ELSEWHERE);
        }
        // A latency that was left out is not missing.
        if (latenciesLeftOut.isEmpty()
                && done.stream()
                        .anyMatch(one -> one.trial().purpose() == TrialSpec.Purpose.SHIP
                                && one.trial().trains()
                                && one.efficiency().pytorch() == null)) {
            marks.add(Latency.Mark.UNMEASURED);
        }
        return marks;
    }

    /** Counts the trials whose ONNX file is missing or differs from the network. */
    public long disagreeing() {
        return done().stream()
                .map(Done::parity)
                .filter(parity -> parity != null && !parity.agrees())
                .count();
    }

    /** Returns one row for each trial or standing, with a column for every number that any of them has. */
    public static String csv(List<?> records) {
        List<Map<String, String>> rows = new ArrayList<>();
        Set<String> columns = new LinkedHashSet<>();
        for (Object one : records) {
            Map<String, String> row = Json.flat(one);
            rows.add(row);
            columns.addAll(row.keySet());
        }
        StringBuilder csv = new StringBuilder(String.join(",", columns)).append('\n');
        for (Map<String, String> row : rows) {
            List<String> cells = columns.stream()
                    .map(column -> TextEscaping.csvCell(row.getOrDefault(column, "")))
                    .toList();
            csv.append(String.join(",", cells)).append('\n');
        }
        return csv.toString();
    }

    /** Names a trial within its experiment. */
    public String label(TrialSpec trial) {
        String label = trial.label();
        if (experiment.seeds.size() > 1) {
            label += " s" + trial.seed();
        }
        return trial.fold() > 0 ? label + " f" + trial.fold() : label;
    }

    /** Selects the engine of the latency that is shown for a classifier, the same wherever results are shown. */
    public InferenceEngine latencyEngine() {
        return latencyEngine(done());
    }

    public static InferenceEngine latencyEngine(Collection<Done> trials) {
        return trials.stream().anyMatch(done -> done.efficiency().onnxruntime() != null)
                ? InferenceEngine.ONNX_RUNTIME
                : InferenceEngine.PYTORCH;
    }
}
