package io.catwalk.runner.experiment;

import io.catwalk.api.Choice;
import io.catwalk.api.Criterion;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.SearchSpace;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.results.RunResults.Tuning.Candidate;
import io.catwalk.runner.results.RunResults.Tuning.Score;
import io.catwalk.runner.statistics.Spread;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import io.catwalk.runner.trial.TrialSpec.Purpose;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Specifies a search among candidates, which are the classifiers of the experiment. In each rung, every
 * candidate is scored by the mean, over the folds of the training images, of its recipe's criterion, and the
 * best ones go on to the next rung. The best of the last rung is trained in full and evaluated on the test images,
 * once.
 *
 * @param strategy how the candidates were chosen and are scored
 * @param rungs budgets in rising order, at least one; the first has all candidates
 * @param choices what distinguishes each candidate, name to value, in the order of the classifiers
 */
public record TuningSpec(Tuning.Strategy strategy, List<Rung> rungs, List<Map<String, Object>> choices) {

    private static final String BEST = "best";
    private static final int MOST_CANDIDATES = 10_000;
    private static final int MOST_ETA = 1_000;

    /** Number of draws for each point before the space counts as exhausted. */
    private static final int DRAWS = 1_000;

    /**
     * Limits the cost of each candidate.
     *
     * @param epochs of each training, at least 1; the schedule of the recipe has this length
     */
    public record Rung(int epochs, int candidates) {}

    /** Checks that there is something to search. */
    public TuningSpec {
        rungs = List.copyOf(rungs);
        choices = List.copyOf(choices);
        if (choices.isEmpty() || rungs.isEmpty() || rungs.get(0).candidates() != choices.size()) {
            throw new RequestException("expected candidates to search among, but there are none");
        }
        for (int i = 0; i < rungs.size(); i++) {
            Rung rung = rungs.get(i);
            if (rung.epochs() < 1
                    || rung.candidates() < 1
                    || (i > 0
                            && (rung.epochs() <= rungs.get(i - 1).epochs()
                                    || rung.candidates() > rungs.get(i - 1).candidates()))) {
                throw new RequestException("expected rungs with ever more epochs and ever fewer candidates, but found "
                        + rung.epochs() + " epochs with " + rung.candidates() + " candidates");
            }
        }
    }

    /**
     * Lists every point.
     *
     * @throws RequestException if the space is empty, too large or has a range
     */
    public static List<Map<String, Object>> grid(SearchSpace space) {
        check(space);
        space.choices().forEach((name, choice) -> {
            if (choice.isRange()) {
                throw new RequestException("expected values of " + name + " for a grid, but found the range "
                        + choice.words() + ": name them with --search " + name + "=A,B, or search with --strategy"
                        + " random");
            }
        });
        if (size(space) > MOST_CANDIDATES) {
            throw new RequestException("expected a grid of at most " + MOST_CANDIDATES
                    + " points, but this one has more: search over less, or with --strategy random");
        }
        return space.points().stream().map(Hyperparameters::values).toList();
    }

    /**
     * Draws points without replacement.
     *
     * @param count how many points, at least 1; fewer are drawn if there are not that many
     * @throws RequestException if the space is empty, or the count below 1
     */
    public static List<Map<String, Object>> random(SearchSpace space, int count, long seed) {
        check(space);
        if (count < 1) {
            throw new RequestException("--candidates must be at least 1, but is " + count);
        }
        if (count > MOST_CANDIDATES) {
            throw new RequestException("--candidates must be at most " + MOST_CANDIDATES + ", but is " + count);
        }
        boolean ranges = space.choices().values().stream().anyMatch(Choice::isRange);
        Set<Map<String, Object>> points = new LinkedHashSet<>();
        points.add(space.defaults().values());
        if (!ranges && count >= size(space)) {
            points.addAll(grid(space));
            return List.copyOf(points);
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (long draw = 0; points.size() < count && draw < (long) DRAWS * count; draw++) {
            Map<String, Object> point = new LinkedHashMap<>();
            space.choices().forEach((name, choice) -> point.put(name, choice.at(random.nextDouble())));
            points.add(point);
        }
        return List.copyOf(points);
    }

    /**
     * Plans successive halving: each rung has one {@code eta}th of the candidates of the previous rung,
     * for {@code eta} times as many epochs, so that each rung costs about the same. If there are too few
     * epochs for so many rungs, rungs without more epochs than the previous one are left out.
     *
     * @param candidates of the first rung, at least 1
     * @param epochs of the last rung, at least 1
     * @param eta at least 2
     * @return rungs with rising epochs; the last one has at least 2 candidates, unless there is only one
     * @throws RequestException if a number is out of its range
     */
    public static List<Rung> halving(int candidates, int epochs, int eta) {
        if (eta < 2 || epochs < 1 || candidates < 1) {
            throw new RequestException("expected --eta of at least 2, and at least 1 epoch and candidate, but found "
                    + eta + ", " + epochs + " and " + candidates);
        }
        if (eta > MOST_ETA) {
            throw new RequestException("--eta must be at most " + MOST_ETA + ", but is " + eta);
        }
        List<Integer> counts = new ArrayList<>();
        for (int left = candidates; counts.isEmpty() || left >= 2; left = left / eta) {
            counts.add(left);
        }
        List<Rung> rungs = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            double share = Math.pow(eta, counts.size() - 1 - i);
            int budget = (int) Math.max(1, Math.round(epochs / share));
            // With the same number of epochs, the same trainings would only be repeated.
            if (rungs.isEmpty() || budget > rungs.get(rungs.size() - 1).epochs()) {
                rungs.add(new Rung(budget, counts.get(i)));
            }
        }
        return rungs;
    }

    private static double size(SearchSpace space) {
        return space.choices().values().stream()
                .mapToDouble(choice -> choice.values().size())
                .reduce(1, (product, values) -> product * values);
    }

    private static void check(SearchSpace space) {
        if (space.choices().isEmpty()) {
            throw new RequestException("expected a space to search, but it is empty: name something with --search");
        }
    }

    /** Returns the variant of a candidate, whose number is from 1. */
    public static String variant(int number) {
        return "t" + (number < 10 ? "0" : "") + number;
    }

    /** Lists the trials that are known to be needed, given what has finished. */
    List<TrialSpec> trials(ExperimentSpec spec, Outcomes finished) {
        List<Set<Integer>> survivors = survivors(spec, finished);
        List<TrialSpec> trials = new ArrayList<>();
        for (int i = 0; i < survivors.size(); i++) {
            for (int candidate : survivors.get(i)) {
                trials.addAll(trials(spec, candidate, rungs.get(i)));
            }
        }
        if (survivors.size() == rungs.size() && trials.stream().allMatch(finished::has)) {
            best(spec, survivors, rungs.size() - 1, finished).stream()
                    .findFirst()
                    .ifPresent(winner -> trials.add(full(spec, winner)));
        }
        return trials;
    }

    /** Lists the trials of every candidate on every rung, and the full training, whichever they will be. */
    List<TrialSpec> possible(ExperimentSpec spec) {
        List<TrialSpec> possible = new ArrayList<>(List.of(full(spec, 0)));
        for (Rung rung : rungs) {
            for (int candidate = 0; candidate < spec.classifiers().size(); candidate++) {
                possible.addAll(trials(spec, candidate, rung));
            }
        }
        return possible;
    }

    /** Returns the candidates of each rung that is known, given what has finished, in the order of their numbers. */
    private List<Set<Integer>> survivors(ExperimentSpec spec, Outcomes finished) {
        List<Set<Integer>> survivors = new ArrayList<>(List.of(all()));
        while (survivors.size() < rungs.size()) {
            int last = survivors.size() - 1;
            if (!survivors.get(last).stream()
                    .flatMap(c -> trials(spec, c, rungs.get(last)).stream())
                    .allMatch(finished::has)) {
                break;
            }
            survivors.add(new TreeSet<>(best(spec, survivors, last, finished).stream()
                    .limit(rungs.get(last + 1).candidates())
                    .toList()));
        }
        return survivors;
    }

    /** Counts the trials of the whole search, if none fails. */
    int planned(ExperimentSpec spec) {
        int scored = rungs.stream().mapToInt(Rung::candidates).sum();
        return scored * spec.seeds().size() * spec.split().lastFold() + 1;
    }

    /** Counts the epochs of the whole search, if none fails and the full training is as long as the longest. */
    long plannedEpochs(ExperimentSpec spec) {
        long scored = rungs.stream()
                .mapToLong(rung -> (long) rung.epochs() * rung.candidates())
                .sum();
        int longest = spec.classifiers().stream()
                .mapToInt(one -> one.recipe().epochs())
                .max()
                .orElse(0);
        return scored * spec.seeds().size() * spec.split().lastFold() + longest;
    }

    /** Returns the outcome of the search so far. */
    Tuning outcome(ExperimentSpec spec, Outcomes finished) {
        // A journal may also have scores of candidates that are out since a trial was tried again.
        List<Set<Integer>> survivors = survivors(spec, finished);
        Set<Integer> ranked = new LinkedHashSet<>();
        for (int i = survivors.size() - 1; i >= 0; i--) {
            ranked.addAll(best(spec, survivors, i, finished));
        }
        ranked.addAll(all());
        List<Candidate> candidates = ranked.stream()
                .map(c -> new Candidate(c + 1, choices.get(c), scores(spec, c, survivors, finished)))
                .toList();
        // The full training in the journal may be that of another candidate, which was the best before.
        boolean trained = trials(spec, finished).stream()
                .filter(trial -> trial.fold() == 0)
                .anyMatch(full -> finished.has(full)
                        && Objects.requireNonNull(finished.of(full)).trial().equals(full));
        Integer best = trained ? (Integer) candidates.get(0).number() : null;
        return new Tuning(spec.classifiers().get(0).name(), strategy, criterion(spec), candidates, best);
    }

    /** Returns the criterion of all candidates, which also selects the epochs: only numbers are searched over. */
    private static Criterion criterion(ExperimentSpec spec) {
        return spec.classifiers().get(0).recipe().selectBy();
    }

    /** Returns the score of a trial, in the criterion's own unit: a share from 0 to 1, or nats. */
    private static double score(Criterion criterion, Metrics metrics) {
        return switch (criterion) {
            case ACCURACY -> metrics.accuracy();
            case BALANCED_ACCURACY -> metrics.balancedAccuracy();
            case MACRO_F1 -> metrics.macro().f1();
            case LOSS -> Objects.requireNonNull(metrics.logLoss());
        };
    }

    private Set<Integer> all() {
        return new TreeSet<>(IntStream.range(0, choices.size()).boxed().toList());
    }

    private List<Score> scores(ExperimentSpec spec, int candidate, List<Set<Integer>> survivors, Outcomes finished) {
        return IntStream.range(0, survivors.size())
                .filter(i -> survivors.get(i).contains(candidate))
                .mapToObj(rungs::get)
                .map(rung -> score(spec, candidate, rung, finished))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Ranks the candidates of a rung that have a score, the best first. */
    private List<Integer> best(ExperimentSpec spec, List<Set<Integer>> survivors, int rung, Outcomes finished) {
        record Scored(int candidate, double mean) {}
        Comparator<Double> bestFirst =
                criterion(spec) == Criterion.LOSS ? Comparator.naturalOrder() : Comparator.reverseOrder();
        return survivors.get(rung).stream()
                .flatMap(c -> {
                    Score score = score(spec, c, rungs.get(rung), finished);
                    return score == null ? Stream.<Scored>empty() : Stream.of(new Scored(c, score.mean()));
                })
                .sorted(Comparator.comparing(Scored::mean, bestFirst).thenComparing(Scored::candidate))
                .map(Scored::candidate)
                .toList();
    }

    /** Returns the score over the folds; null unless all of them are done. */
    private static @Nullable Score score(ExperimentSpec spec, int candidate, Rung rung, Outcomes finished) {
        List<Double> folds = new ArrayList<>();
        for (TrialSpec trial : trials(spec, candidate, rung)) {
            if (!(finished.of(trial) instanceof TrialOutcome.Done done)) {
                return null;
            }
            folds.add(score(criterion(spec), done.metrics().test()));
        }
        double[] values = folds.stream().mapToDouble(Double::doubleValue).toArray();
        if (values.length == 1) {
            return new Score(rung.epochs(), folds, values[0], null);
        }
        Spread spread = Spread.of(values);
        return new Score(rung.epochs(), folds, spread.mean(), spread.standardDeviation());
    }

    private static List<TrialSpec> trials(ExperimentSpec spec, int candidate, Rung rung) {
        ClassifierConfig one = spec.classifiers().get(candidate);
        ClassifierConfig limited = one.withVariant(one.variant() + "-" + rung.epochs() + "ep");
        List<TrialSpec> trials = new ArrayList<>();
        for (long seed : spec.seeds()) {
            for (int fold = 1; fold <= spec.split().lastFold(); fold++) {
                trials.add(spec.trial(limited, one.recipe().withEpochs(rung.epochs()), seed, fold, Purpose.SCORE));
            }
        }
        return trials;
    }

    private static TrialSpec full(ExperimentSpec spec, int candidate) {
        ClassifierConfig best = spec.classifiers().get(candidate).withVariant(BEST);
        return spec.trial(best, best.recipe(), spec.seeds().get(0), 0, Purpose.SHIP);
    }
}
