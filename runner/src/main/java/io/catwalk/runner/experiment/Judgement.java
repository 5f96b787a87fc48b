package io.catwalk.runner.experiment;

import io.catwalk.api.Criterion;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.experiment.Comparison.Scope;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.statistics.Bootstrap;
import io.catwalk.runner.statistics.ClassifierPair;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.ModelPair;
import io.catwalk.runner.statistics.ParetoFront;
import io.catwalk.runner.statistics.ParetoFront.Better;
import io.catwalk.runner.statistics.ParetoFront.Objective;
import io.catwalk.runner.statistics.SeedPair;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.statistics.WelchTTest;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Evaluates a contest: the standings, the verdicts and how certain they are. */
final class Judgement {

    private static final double CONFIDENCE = 0.95;
    private static final int RESAMPLES = 2000;

    private final Contest contest;
    private final Results.Dataset images;
    private final EquivalenceRegion region;
    private final @Nullable Baselines baselines;
    private final Observations observations;
    private final Map<String, PredictedClasses> predictions = new LinkedHashMap<>();
    private final List<Standing> standings;

    /**
     * Ranks the contestants.
     *
     * @param contest with at least one trained network
     * @param read returns the predictions of a trial; null if there are none
     * @param images numbers of training and test images of a trial
     * @param region which differences between classifiers do not matter
     * @param baselines accuracies without a network; null if they are not known
     */
    Judgement(
            Contest contest,
            Function<TrialSpec, @Nullable PredictedClasses> read,
            Results.Dataset images,
            EquivalenceRegion region,
            @Nullable Baselines baselines) {
        this.contest = contest;
        this.images = images;
        this.region = region;
        this.baselines = baselines;
        observations = new Observations(contest.folds(), images);
        contest.trials().forEach((contestant, trials) -> {
            if (trials.size() == 1) {
                PredictedClasses first = read.apply(trials.get(0));
                if (first != null) {
                    predictions.put(contestant, first);
                }
            }
        });
        Map<String, Boolean> front = front();
        // The bootstrap of each takes a while, and they are independent.
        standings = contest.trials().entrySet().parallelStream()
                .map(one -> standing(one.getKey(), one.getValue(), front.get(one.getKey())))
                .sorted(Comparator.comparingDouble(Standing::accuracy).reversed())
                .toList();
    }

    Comparison comparison() {
        if (contest.folds()) {
            return classifiers();
        }
        return contest.trials().values().stream().allMatch(trials -> trials.size() == 1) ? models() : seeds();
    }

    private Comparison models() {
        List<String> names = standings.stream()
                .map(Standing::contestant)
                .filter(predictions::containsKey)
                .toList();
        List<Verdict> verdicts = List.of();
        CochranQ cochranQ = null;
        if (contest.paired() && names.size() > 1) {
            List<boolean[]> correct = names.stream()
                    .map(name -> Objects.requireNonNull(predictions.get(name)).correct())
                    .toList();
            verdicts = ModelPair.all(names, correct).stream()
                    .map(Judgement::verdict)
                    .toList();
            cochranQ = CochranQ.of(correct);
        }
        List<String> limits = new ArrayList<>();
        limits.add(
                standings.size() == 1
                        ? "One split evaluates this trained model, not its architecture: another seed gives another"
                                + " accuracy. Use --seeds or crossval to evaluate the architecture."
                        : ModelPair.LIMITS);
        List<String> silent = standings.stream()
                .map(Standing::contestant)
                .filter(name -> !predictions.containsKey(name))
                .toList();
        if (!silent.isEmpty()) {
            limits.add("There are no predictions of " + Headline.names(silent) + ", and so no verdicts.");
        }
        return comparison(Scope.MODELS, headline(verdicts, "").models(), limits, cochranQ, verdicts);
    }

    /** Compares architectures on one split: each seed is another training, evaluated on the same images. */
    private Comparison seeds() {
        List<String> limits = new ArrayList<>();
        List<Verdict> verdicts = List.of();
        int seeds = trials(standings.get(0)).size();
        if (standings.size() == 1) {
            limits.add("The seeds evaluate this architecture with this recipe on one split and one set of test images:"
                    + " the interval shows how much another seed changes, not what other images would.");
        } else {
            limits.add(SeedPair.LIMITS);
            if (contest.paired() && seeds < WelchTTest.FEWEST_SEEDS) {
                limits.add(SeedPair.refusal(seeds));
            } else if (contest.paired()) {
                verdicts = SeedPair.all(names(), scores()).stream()
                        .map(Judgement::verdict)
                        .toList();
            }
        }
        return comparison(Scope.SEEDS, headline(verdicts, "seeds").seeds(), limits, null, verdicts);
    }

    private Comparison classifiers() {
        List<ClassifierPair> pairs = List.of();
        if (contest.paired() && standings.size() > 1) {
            pairs = ClassifierPair.all(names(), scores(), observations.testShare(), region);
        }
        List<Verdict> verdicts = pairs.stream().map(Judgement::verdict).toList();
        boolean oneSeed = contest.results().keySet().stream()
                        .map(TrialSpec::seed)
                        .distinct()
                        .count()
                == 1;
        Headline headline = headline(verdicts, oneSeed ? "folds" : "trials");
        List<String> limits = new ArrayList<>();
        if (standings.size() == 1) {
            limits.add("The folds evaluate this architecture with this recipe at this length on this data set: another"
                    + " recipe, more epochs or other images give another accuracy.");
        } else {
            limits.add(ClassifierPair.LIMITS);
            limits.add("One data set gives no critical-difference diagram: that needs "
                    + CriticalDifference.FEWEST_DATA_SETS + ".");
        }
        return comparison(
                Scope.CLASSIFIERS,
                headline.classifiers(pairs.isEmpty() ? "" : pairs.get(0).odds()),
                limits,
                null,
                verdicts);
    }

    private Comparison comparison(
            Scope scope, String headline, List<String> limits, @Nullable CochranQ cochranQ, List<Verdict> verdicts) {
        limits.addAll(contest.leftOut());
        List<Criterion> criteria = contest.trials().values().stream()
                .flatMap(List::stream)
                .map(trial -> trial.recipe().selectBy())
                .distinct()
                .sorted()
                .toList();
        if (!criteria.equals(List.of(Criterion.ACCURACY))) {
            limits.add("The epoch of each network was selected by "
                    + criteria.stream()
                            .map(criterion -> new Measure(criterion).title())
                            .collect(Collectors.joining(" or "))
                    + " on the validation images; the verdicts are about accuracy.");
        }
        if (baselines != null) {
            limits.add(0, baselines.sentence());
        }
        return new Comparison(
                scope,
                headline,
                String.join(" ", limits),
                region.points(),
                baselines,
                cochranQ,
                standings,
                verdicts,
                contest.incomplete());
    }

    private Headline headline(List<Verdict> verdicts, String trials) {
        return new Headline(standings, verdicts, trials, images.unbalanced());
    }

    private static Verdict verdict(ModelPair pair) {
        return new Verdict(
                pair.first(),
                pair.second(),
                pair.difference(),
                pair.interval().low(),
                pair.interval().high(),
                pair.adjustedP(),
                null,
                null,
                null,
                pair.outcome(),
                pair.verdict());
    }

    private static Verdict verdict(SeedPair pair) {
        Interval interval = pair.interval();
        return new Verdict(
                pair.first(),
                pair.second(),
                pair.test().difference(),
                interval == null ? null : (Double) interval.low(),
                interval == null ? null : (Double) interval.high(),
                pair.adjustedP(),
                null,
                null,
                null,
                pair.outcome(),
                pair.verdict());
    }

    private static Verdict verdict(ClassifierPair pair) {
        Interval interval = pair.interval();
        return new Verdict(
                pair.first(),
                pair.second(),
                pair.test().difference(),
                interval.low(),
                interval.high(),
                pair.test().p(),
                pair.posterior().worse(),
                pair.posterior().equivalent(),
                pair.posterior().better(),
                pair.outcome(),
                pair.verdict());
    }

    private Standing standing(String contestant, List<TrialSpec> trials, @Nullable Boolean onFront) {
        boolean single = trials.size() == 1;
        Interval accuracy = single ? wilson(trials.get(0)) : student(trials, Metrics::accuracy);
        PredictedClasses answers = predictions.get(contestant);
        Interval macroF1 = !single
                ? student(trials, Judgement::macroF1)
                : answers == null ? null : Bootstrap.macroF1(answers, RESAMPLES, CONFIDENCE, 0);
        return new Standing(
                contestant,
                trials.size(),
                mean(trials, Metrics::accuracy),
                single ? null : Spread.of(each(trials, Metrics::accuracy)).standardDeviation(),
                accuracy.low(),
                accuracy.high(),
                mean(trials, Metrics::balancedAccuracy),
                mean(trials, Judgement::macroF1),
                macroF1 == null ? null : macroF1.low(),
                macroF1 == null ? null : macroF1.high(),
                onFront);
    }

    private Interval wilson(TrialSpec trial) {
        return new Interval(contest.score(trial, Metrics::accuracyLow), contest.score(trial, Metrics::accuracyHigh));
    }

    private Interval student(List<TrialSpec> trials, ToDoubleFunction<Metrics> metric) {
        Interval interval = observations.interval(trials, trial -> contest.score(trial, metric));
        return new Interval(Math.max(0, interval.low()), Math.min(1, interval.high()));
    }

    private double[] each(List<TrialSpec> trials, ToDoubleFunction<Metrics> metric) {
        return trials.stream()
                .mapToDouble(trial -> contest.score(trial, metric))
                .toArray();
    }

    private double mean(List<TrialSpec> trials, ToDoubleFunction<Metrics> metric) {
        return trials.stream()
                .mapToDouble(trial -> contest.score(trial, metric))
                .average()
                .orElseThrow();
    }

    private List<String> names() {
        return standings.stream().map(Standing::contestant).toList();
    }

    /** Returns the scores that the tests of architectures compare, in the order of the standings. */
    private List<double[]> scores() {
        return standings.stream()
                .map(standing -> observations.each(trials(standing), trial -> contest.score(trial, Metrics::accuracy)))
                .toList();
    }

    private static double macroF1(Metrics metrics) {
        return metrics.macro().f1();
    }

    private List<TrialSpec> trials(Standing standing) {
        return Objects.requireNonNull(contest.trials().get(standing.contestant()));
    }

    private record Candidate(String contestant, double accuracy, double micros) {}

    /** Returns, for each contestant with a latency, whether it is on the front. */
    private Map<String, Boolean> front() {
        List<Candidate> candidates = new ArrayList<>();
        contest.trials().forEach((contestant, trials) -> {
            Latency latency = contest.latency(contestant);
            if (latency != null) {
                candidates.add(new Candidate(contestant, mean(trials, Metrics::accuracy), latency.p50Micros()));
            }
        });
        List<Candidate> front = ParetoFront.of(
                candidates,
                List.of(
                        new Objective<>(Better.HIGHER, Candidate::accuracy),
                        new Objective<>(Better.LOWER, Candidate::micros)));
        Map<String, Boolean> known = new LinkedHashMap<>();
        candidates.forEach(one -> known.put(one.contestant(), front.contains(one)));
        return known;
    }
}
