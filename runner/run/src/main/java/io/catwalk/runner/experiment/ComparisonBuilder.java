package io.catwalk.runner.experiment;

import io.catwalk.api.Criterion;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.Incomplete;
import io.catwalk.runner.results.Comparison.NoPairs;
import io.catwalk.runner.results.Comparison.Round;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.results.Observations;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.Bootstrap;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedValues;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compares classifiers by their paired trials: the standings, and every pair with its test. */
public final class ComparisonBuilder {

    private static final double CONFIDENCE = 0.95;
    private static final int RESAMPLES = 2000;

    private final PairedTrials paired;
    private final RunResults.Dataset images;
    private final EquivalenceRegion region;
    private final @Nullable Baselines baselines;
    private final Observations observations;
    private final Map<String, PredictedClasses> predictions = new LinkedHashMap<>();
    private final List<Standing> standings;

    /**
     * Ranks the classifiers.
     *
     * @param paired with at least one trained network
     * @param baselines accuracies without a network; null if they are not known
     */
    ComparisonBuilder(
            PairedTrials paired,
            Function<TrialSpec, @Nullable PredictedClasses> read,
            RunResults.Dataset images,
            EquivalenceRegion region,
            @Nullable Baselines baselines) {
        this.paired = paired;
        this.images = images;
        this.region = region;
        this.baselines = baselines;
        observations = new Observations(paired.folds(), images);
        paired.trials().forEach((classifier, trials) -> {
            if (trials.size() == 1) {
                PredictedClasses first = read.apply(trials.get(0).trial());
                if (first != null) {
                    predictions.put(classifier, first);
                }
            }
        });
        Map<String, Boolean> front = front();
        // The bootstrap of each takes a while, and they are independent.
        standings = paired.trials().entrySet().parallelStream()
                .map(one -> standing(one.getKey(), one.getValue(), front.get(one.getKey())))
                .sorted(Comparator.comparingDouble(Standing::accuracy).reversed())
                .toList();
    }

    /**
     * Compares the classifiers of an experiment by the trials that all of them have finished.
     *
     * @param planned all trials, in the order of the request
     * @param predictions of a trial that is done, on its test images; null if there are none
     * @param baselines accuracies without a network; null if they are not known
     * @return how they stand; null if there is no trained network
     */
    public static @Nullable Comparison compare(
            List<TrialSpec> planned,
            Outcomes finished,
            Function<TrialSpec, @Nullable PredictedClasses> predictions,
            RunResults.Dataset images,
            EquivalenceRegion region,
            @Nullable Baselines baselines) {
        PairedTrials paired = PairedTrials.of(planned, finished);
        return paired.trials().isEmpty()
                ? null
                : new ComparisonBuilder(paired, predictions, images, region, baselines).comparison();
    }

    Comparison comparison() {
        boolean single = paired.trials().values().stream().allMatch(trials -> trials.size() == 1);
        Scope scope = paired.folds() ? Scope.CLASSIFIERS : single ? Scope.MODELS : Scope.SEEDS;
        List<String> silent = scope != Scope.MODELS
                ? List.of()
                : names().stream()
                        .filter(name -> !predictions.containsKey(name))
                        .toList();
        List<boolean[]> correct = scope == Scope.MODELS && paired.paired()
                ? names().stream()
                        .flatMap(name -> Stream.ofNullable(predictions.get(name)))
                        .map(PredictedClasses::correct)
                        .toList()
                : List.of();
        List<PairedComparison> pairs = pairs(scope, silent, correct);
        List<Criterion> criteria = paired.trials().values().stream()
                .flatMap(List::stream)
                .map(Done::trial)
                .filter(TrialSpec::trains)
                .map(trial -> trial.recipe().selectBy())
                .distinct()
                .sorted()
                .toList();
        return new Comparison(
                scope,
                region.points(),
                baselines == null ? List.of() : baselines(scope, baselines),
                correct.size() < 2 ? null : CochranQ.of(correct),
                standings,
                pairs,
                pairs.isEmpty() ? reason(scope) : null,
                silent,
                paired.withoutNetwork(),
                paired.incomplete(),
                criteria.equals(List.of(Criterion.ACCURACY)) ? List.of() : criteria);
    }

    private List<PairedComparison> pairs(Scope scope, List<String> silent, List<boolean[]> correct) {
        if (!paired.paired() || standings.size() < 2) {
            return List.of();
        }
        return switch (scope) {
            case MODELS -> {
                List<String> names = new ArrayList<>(names());
                names.removeAll(silent);
                yield PairedComparison.ofModels(names, correct);
            }
            // Each seed is another training, evaluated on the same images.
            case SEEDS ->
                trials(standings.get(0)).size() < PairedComparison.FEWEST_SEEDS
                        ? List.of()
                        : PairedComparison.ofSeeds(names(), scores());
            case CLASSIFIERS -> PairedComparison.ofFolds(names(), scores(), observations.testShare(), region);
        };
    }

    /** Compares the best with what needs no network, on the images that both were asked about. */
    private List<Baseline> baselines(Scope scope, Baselines known) {
        PredictedClasses best =
                scope == Scope.MODELS ? predictions.get(standings.get(0).classifier()) : null;
        boolean[] largest = new boolean[known.testImages()];
        if (best != null && best.images() == known.testImages()) {
            for (int i = 0; i < largest.length; i++) {
                largest[i] = best.labels()[i] == known.largestClass();
            }
        } else {
            Arrays.fill(largest, 0, known.largestRight(), true);
            best = null;
        }
        int[] all = ImageSource.evenlySpaced(largest.length, largest.length);
        List<Baseline> compared = new ArrayList<>();
        compared.add(baseline(Baseline.Name.LARGEST_CLASS, null, largest, best, all));
        Map<Baseline.Name, String> learned = new EnumMap<>(Baseline.Name.class);
        learned.put(Baseline.Name.NEAREST_NEIGHBOR, known.nearestRight());
        if (known.supportRight() != null) {
            learned.put(Baseline.Name.SUPPORT_VECTOR_MACHINE, known.supportRight());
        }
        for (Map.Entry<Baseline.Name, String> one : learned.entrySet()) {
            boolean[] right = known.right(one.getValue());
            compared.add(baseline(one.getKey(), known.trainImages(), right, best, known.asked()));
        }
        return List.copyOf(compared);
    }

    private Baseline baseline(
            Baseline.Name name,
            @Nullable Integer trainImages,
            boolean[] right,
            @Nullable PredictedClasses best,
            int[] asked) {
        int count = 0;
        boolean[] own = new boolean[right.length];
        for (int i = 0; i < right.length; i++) {
            count += right[i] ? 1 : 0;
            own[i] = best != null && best.correct(asked[i]);
        }
        Accuracy accuracy = Accuracy.of(right.length, count);
        List<String> names = List.of(standings.get(0).classifier(), name.name().toLowerCase(Locale.ROOT));
        return new Baseline(
                name,
                right.length,
                trainImages,
                accuracy.share(),
                accuracy.low(),
                accuracy.high(),
                best == null
                        ? null
                        : PairedComparison.ofModels(names, List.of(own, right)).get(0));
    }

    private NoPairs reason(Scope scope) {
        if (standings.size() < 2) {
            return NoPairs.ONE_CLASSIFIER;
        }
        if (!paired.paired()) {
            return NoPairs.DIFFERENT_TRIALS;
        }
        return scope == Scope.SEEDS ? NoPairs.TOO_FEW_SEEDS : NoPairs.NO_PREDICTIONS;
    }

    private Standing standing(String classifier, List<Done> trials, @Nullable Boolean onFront) {
        boolean single = trials.size() == 1;
        Interval accuracy =
                single ? trials.get(0).metrics().test().accuracyInterval() : student(trials, Metrics::accuracy);
        PredictedClasses answers = predictions.get(classifier);
        Interval macroF1 = !single
                ? student(trials, ComparisonBuilder::macroF1)
                : answers == null ? null : Bootstrap.macroF1(answers, RESAMPLES, CONFIDENCE, 0);
        DoubleSummaryStatistics seconds = trials.stream()
                .map(trial -> trial.efficiency().trainingSeconds())
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        return new Standing(
                classifier,
                trials.size(),
                mean(trials, Metrics::accuracy),
                single
                        ? null
                        : Spread.of(trials.stream()
                                        .mapToDouble(test(Metrics::accuracy))
                                        .toArray())
                                .standardDeviation(),
                accuracy.low(),
                accuracy.high(),
                mean(trials, Metrics::balancedAccuracy),
                mean(trials, ComparisonBuilder::macroF1),
                macroF1 == null ? null : macroF1.low(),
                macroF1 == null ? null : macroF1.high(),
                onFront,
                seconds.getCount() == 0 ? null : GeneralizationGap.of(trials, images),
                seconds.getCount() == 0
                        ? null
                        : new Standing.Seconds(seconds.getAverage(), seconds.getMin(), seconds.getMax()),
                trials.stream()
                        .map(trial -> trial.timing().steps())
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    private Interval student(List<Done> trials, ToDoubleFunction<Metrics> metric) {
        Interval interval = observations.interval(trials, test(metric));
        return new Interval(Math.max(0, interval.low()), Math.min(1, interval.high()));
    }

    private static double mean(List<Done> trials, ToDoubleFunction<Metrics> metric) {
        return trials.stream().mapToDouble(test(metric)).average().orElseThrow();
    }

    /** Takes a metric from the test images of a trial. */
    private static ToDoubleFunction<Done> test(ToDoubleFunction<Metrics> metric) {
        return trial -> metric.applyAsDouble(trial.metrics().test());
    }

    private List<String> names() {
        return standings.stream().map(Standing::classifier).toList();
    }

    /** Returns the scores that the tests of architectures compare, in the order of the standings. */
    private List<double[]> scores() {
        return standings.stream()
                .map(standing -> observations.each(trials(standing), test(Metrics::accuracy)))
                .toList();
    }

    private static double macroF1(Metrics metrics) {
        return metrics.macro().f1();
    }

    private List<Done> trials(Standing standing) {
        return Objects.requireNonNull(paired.trials().get(standing.classifier()));
    }

    record Candidate(String classifier, double accuracy, double micros) {

        private boolean dominates(Candidate other) {
            int better = PairedValues.order(accuracy, other.accuracy);
            int slower = PairedValues.order(micros, other.micros);
            return better >= 0 && slower <= 0 && (better > 0 || slower < 0);
        }
    }

    /** Lists those that no other is at least as good as in both respects, and better in one; equals stay together. */
    static List<Candidate> paretoFront(List<Candidate> candidates) {
        return candidates.stream()
                .filter(one -> candidates.stream().noneMatch(other -> other.dominates(one)))
                .toList();
    }

    /** Returns, for each classifier with a latency, whether it is on the front. */
    private Map<String, Boolean> front() {
        List<Candidate> candidates = new ArrayList<>();
        paired.trials().forEach((classifier, trials) -> {
            Latency latency = paired.latency(classifier);
            if (latency != null) {
                candidates.add(new Candidate(classifier, mean(trials, Metrics::accuracy), latency.p50Micros()));
            }
        });
        List<Candidate> front = paretoFront(candidates);
        Map<String, Boolean> known = new LinkedHashMap<>();
        candidates.forEach(one -> known.put(one.classifier(), front.contains(one)));
        return known;
    }

    /**
     * Pairs the trained networks of an experiment. If the classifiers share enough, only the seeds and folds count that all
     * of them have finished, so that none profits from an easier fold.
     *
     * @param trials that count, of each classifier with a trained network, in the order of the request
     * @param paired whether the classifiers share a seed or, with folds, two folds
     * @param incomplete which trials count, if trials are missing; null if none is
     */
    record PairedTrials(
            Map<String, List<Done>> trials,
            List<Done> all,
            boolean folds,
            boolean paired,
            List<String> withoutNetwork,
            @Nullable Incomplete incomplete) {

        static PairedTrials of(List<TrialSpec> planned, Outcomes finished) {
            List<Done> all = new ArrayList<>();
            Map<String, List<Done>> trials = new LinkedHashMap<>();
            Set<String> without = new LinkedHashSet<>();
            Set<Round> rounds = new LinkedHashSet<>();
            for (TrialSpec trial : planned) {
                rounds.add(Round.of(trial));
                without.add(trial.label());
                if (finished.of(trial) instanceof Done done) {
                    all.add(done);
                    trials.computeIfAbsent(trial.label(), label -> new ArrayList<>())
                            .add(done);
                }
            }
            without.removeAll(trials.keySet());
            Set<Round> shared = new LinkedHashSet<>(rounds);
            trials.values()
                    .forEach(own -> shared.retainAll(
                            own.stream().map(done -> Round.of(done.trial())).collect(Collectors.toSet())));
            boolean folds = rounds.stream().anyMatch(round -> round.fold() > 0);
            boolean paired = shared.stream().map(Round::fold).distinct().count() >= (folds ? 2 : 1);
            if (paired) {
                trials.values().forEach(own -> own.removeIf(done -> !shared.contains(Round.of(done.trial()))));
            }
            // A classifier without any network has no numbers, and is named among those without a rank.
            boolean missing = !trials.isEmpty() && shared.size() < rounds.size();
            Incomplete incomplete = missing
                    ? new Incomplete(planned.size(), all.size(), paired ? List.copyOf(shared) : List.of())
                    : null;
            return new PairedTrials(trials, all, folds, paired, List.copyOf(without), incomplete);
        }

        /** Returns the latency of a classifier: that of its first network that was measured on a quiet machine. */
        @Nullable
        Latency latency(String classifier) {
            InferenceEngine engine = RunResults.latencyEngine(all);
            return all.stream()
                    .filter(done -> done.trial().label().equals(classifier))
                    .map(done -> done.efficiency().latency(engine))
                    .filter(latency ->
                            latency != null && latency.busy() == null && Double.isFinite(latency.p50Micros()))
                    .findFirst()
                    .orElse(null);
        }
    }
}
