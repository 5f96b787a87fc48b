package io.catwalk.runner.report;

import static io.catwalk.runner.report.Wording.names;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.Incomplete;
import io.catwalk.runner.results.Comparison.NoPairs;
import io.catwalk.runner.results.Comparison.Round;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says which classifier is better and how sure that is, without claiming more than the tests. */
public record ComparisonWords(Comparison comparison, RunResults results) {

    /** Answers "which one, and how sure"; says first that trials are missing. */
    public String headline() {
        String missing = incomplete();
        return (missing.isEmpty() ? "" : missing + " ") + answer() + baselines();
    }

    private String answer() {
        List<Standing> standings = comparison.standings();
        Standing best = standings.get(0);
        if (standings.size() == 1) {
            return "The accuracy of " + best.classifier() + numbers(standings)
                    + "; there is nothing to compare it with.";
        }
        if (standings.stream().allMatch(one -> one.accuracy() == 1)) {
            return Wording.capital(Wording.all(standings.size())) + " classify all "
                    + Numbers.count(results.dataset().test()) + " test images "
                    + (comparison.scope() == Scope.MODELS
                            ? String.format(
                                    Locale.ROOT, "correctly (95 %% interval %.1f to 100).", 100 * best.accuracyLow())
                            : "of every trial correctly.");
        }
        List<String> beaten = others(Outcome.BETTER, false);
        List<String> likely = others(Outcome.BETTER, true);
        boolean beatsAll = beaten.size() == standings.size() - 1;
        List<Standing> leaders = standings.stream()
                .filter(one -> PairedValues.order(one.accuracy(), best.accuracy()) == 0)
                .toList();
        List<String> equals = leaders.stream().map(Standing::classifier).toList();
        String numbers = numbers(leaders);
        String lead = equals.size() > 1
                ? names(equals) + " have the highest accuracy"
                : best.classifier() + (beatsAll ? " is the most accurate" : " has the highest accuracy");
        List<PairedComparison> pairs = comparison.ofTheBest();
        if (pairs.isEmpty()) {
            return lead + numbers + ", but " + (equals.size() > 1 ? "they are" : "it is")
                    + " not compared with any other.";
        }
        List<String> equivalent = others(Outcome.EQUIVALENT, false);
        List<String> undecided = others(Outcome.UNDECIDED, false);
        if (equivalent.size() + undecided.size() == standings.size() - 1) {
            List<String> all = standings.stream().map(Standing::classifier).toList();
            return (undecided.isEmpty()
                            ? names(all) + " are practically equivalent" + where() + ". "
                            : "No clear winner: " + names(all) + where() + ". ")
                    + lead + numbers + ".";
        }
        List<String> clauses = new ArrayList<>();
        String how = comparison.scope() == Scope.CLASSIFIERS ? "" : "significantly ";
        add(clauses, "is " + how + "worse than", others(Outcome.WORSE, false));
        add(clauses, "is probably worse than", others(Outcome.WORSE, true));
        add(clauses, "does not clearly differ from", undecided);
        add(clauses, "is practically equivalent to", equivalent);
        boolean open = !clauses.isEmpty();
        add(clauses, "is probably better than", likely);
        if (beatsAll && beaten.size() > 1) {
            clauses.add("is " + how + "better than each of the others");
        } else {
            add(clauses, "is " + how + "better than", beaten);
        }
        List<String> apart = standings.stream()
                .skip(1)
                .map(Standing::classifier)
                .filter(name -> comparison.pair(best.classifier(), name) == null)
                .toList();
        return lead + numbers
                + (open || beaten.size() + likely.size() < standings.size() - 1 - apart.size() ? ", but " : ", and ")
                + (equals.size() > 1 ? best.classifier() + " " : "") + String.join(", and ", clauses) + where()
                + (apart.isEmpty() ? "" : ", but is not compared with " + names(apart)) + ".";
    }

    /** Says the accuracy of the best and how sure it is; of several with the same accuracy each, if that differs. */
    private String numbers(List<Standing> leaders) {
        Standing best = leaders.get(0);
        boolean alike = leaders.stream().map(this::detail).distinct().count() == 1;
        return String.format(
                Locale.ROOT,
                "%s: %.2f %% (%s)",
                best.trials() == 1 ? "" : " over " + best.trials() + " " + trials(),
                100 * best.accuracy(),
                alike
                        ? detail(best)
                        : leaders.stream()
                                .map(one ->
                                        one.classifier() + ": " + detail(one).replace("; ", ", "))
                                .collect(Collectors.joining("; ")));
    }

    private String detail(Standing one) {
        Cell.Range range = Cell.percent(one.accuracyLow(), one.accuracyHigh());
        String interval = range.isPoint()
                ? range.text()
                : String.format(
                        Locale.ROOT, "95 %% interval %.1f to %.1f", 100 * one.accuracyLow(), 100 * one.accuracyHigh());
        return results.dataset().unbalanced()
                ? interval + String.format(Locale.ROOT, "; balanced accuracy %.2f %%", 100 * one.balancedAccuracy())
                : interval;
    }

    private String trials() {
        return comparison.scope() == Scope.SEEDS
                ? "seeds"
                : results.experiment().seeds().size() == 1 ? "folds" : "trials";
    }

    private String where() {
        return switch (comparison.scope()) {
            case MODELS -> " on these images";
            case SEEDS -> " on this split";
            case CLASSIFIERS -> " by these folds";
        };
    }

    private List<String> others(Outcome outcome, boolean onlyProbable) {
        return comparison.ofTheBest().stream()
                .filter(pair -> pair.outcome() == outcome && pair.onlyProbable() == onlyProbable)
                .map(PairedComparison::second)
                .toList();
    }

    private static void add(List<String> clauses, String relation, List<String> others) {
        if (!others.isEmpty()) {
            clauses.add(relation + " " + names(others));
        }
    }

    /** Says how many trials are missing, and which of the others count; empty if none is missing. */
    public String incomplete() {
        Incomplete incomplete = comparison.incomplete();
        if (incomplete == null) {
            return "";
        }
        String missing = "Only " + incomplete.done() + " of " + incomplete.planned()
                + (incomplete.done() == 1 ? " trials is done" : " trials are done");
        if (comparison.standings().size() == 1) {
            return missing + ".";
        }
        boolean folds = comparison.scope() == Scope.CLASSIFIERS;
        if (incomplete.counted().isEmpty()) {
            return missing + ", and all trained classifiers have " + (folds ? "no two folds" : "no seed")
                    + " in common: their numbers are of different trials.";
        }
        return missing + ": all numbers are of " + rounds(incomplete.counted(), folds)
                + ", which all trained classifiers have finished.";
    }

    private static String rounds(List<Round> counted, boolean folds) {
        if (folds && counted.stream().map(Round::seed).distinct().count() > 1) {
            return "those " + counted.size() + " pairs of a seed and a fold";
        }
        List<String> numbers = counted.stream()
                .map(round -> Long.toString(folds ? round.fold() : round.seed()))
                .toList();
        return (folds ? "fold" : "seed") + (numbers.size() == 1 ? " " : "s ") + names(numbers);
    }

    /** Says what a comparison of networks leaves open; beside a given model, there can be no other seeds. */
    private String models(boolean alone) {
        List<Boolean> trained = results.done().stream()
                .map(done -> done.trial().trains())
                .distinct()
                .toList();
        if (trained.equals(List.of(false))) {
            return "The result holds for these models and test images; how they were trained is not known.";
        }
        return alone
                ? "One split evaluates this trained model, not its architecture: another seed gives another accuracy. Use"
                        + " --seeds or crossval to evaluate the architecture."
                : "One seed on one split compares these trained models, not their architectures: with another seed the"
                        + " ranking may change."
                        + (trained.size() > 1 ? "" : " Use --seeds 5 or crossval to compare architectures.");
    }

    /** Returns the limits of the comparison, a sentence each. */
    public List<String> limits() {
        List<String> limits = new ArrayList<>();
        boolean alone = comparison.standings().size() == 1;
        limits.add(
                switch (comparison.scope()) {
                    case MODELS -> models(alone);
                    case SEEDS ->
                        "The seeds " + (alone ? "evaluate this architecture" : "compare these architectures")
                                + " on one split and one set of test images: the interval"
                                + (alone ? " shows" : "s show")
                                + " how much another seed changes, not what other training or test images would.";
                    case CLASSIFIERS ->
                        "The folds " + (alone ? "evaluate this architecture" : "compare these architectures")
                                + " with this length of training on this data set: with another recipe, more epochs or"
                                + " other images the " + (alone ? "accuracy" : "ranking") + " may change.";
                });
        boolean folds = comparison.scope() == Scope.CLASSIFIERS;
        if (comparison.withoutPairs() == NoPairs.TOO_FEW_SEEDS) {
            limits.add("No two classifiers are compared: that needs at least " + PairedComparison.FEWEST_SEEDS
                    + " seeds, since fewer do not show how much the results vary; try --seeds 5.");
        }
        if (comparison.withoutPairs() == NoPairs.DIFFERENT_TRIALS) {
            limits.add("No two classifiers are compared, since not all have finished the same "
                    + (folds ? "two folds." : "seed."));
        }
        if (!comparison.withoutPredictions().isEmpty()) {
            boolean one = comparison.withoutPredictions().size() == 1;
            limits.add(names(comparison.withoutPredictions()) + (one ? " has" : " have") + " no predictions"
                    + (alone ? "." : one ? " and is not compared." : " and are not compared."));
        }
        if (!comparison.withoutNetwork().isEmpty()) {
            limits.add(names(
                    comparison.withoutNetwork(),
                    " was not finished and is not ranked.",
                    " were not finished and are not ranked."));
        }
        if (!comparison.selectedBy().isEmpty()) {
            limits.add("The epoch of each network was selected by "
                    + comparison.selectedBy().stream().map(Wording::criterion).collect(Collectors.joining(" or "))
                    + " on the validation images; the pairs are compared by accuracy.");
        }
        return limits;
    }

    /** Names the baselines that the best is not clearly above; empty if it is above all. */
    String baselines() {
        StringBuilder text = new StringBuilder();
        for (Baseline baseline : comparison.baselines()) {
            PairedComparison pair = baseline.best();
            boolean open = pair == null
                    ? baseline.accuracy() >= comparison.standings().get(0).accuracyLow()
                    : pair.outcome() != Outcome.BETTER;
            if (open) {
                text.append(" The " + name(baseline.name()) + " baseline, without a network, reaches "
                        + Numbers.percent(baseline.accuracy()) + " %, which "
                        + (pair == null
                                ? "is not clearly less"
                                : pair.outcome() == Outcome.WORSE ? "is significantly more" : "does not clearly differ")
                        + ".");
            }
        }
        return text.toString();
    }

    /** Says what the baselines learned from, and how the best compares with each on the same images; empty without any. */
    String aboutBaselines() {
        StringBuilder text = new StringBuilder();
        List<String> pairs = new ArrayList<>();
        int all = results.dataset().train();
        for (Baseline baseline : comparison.baselines()) {
            Integer learned = baseline.trainImages();
            if (learned != null && baseline.name() == Baseline.Name.SUPPORT_VECTOR_MACHINE) {
                text.append(
                        "Nearest-neighbor and support-vector see histograms of gradients and colors, and learned from "
                                + (learned < all ? Numbers.count(learned) + " of " : "all ") + Numbers.count(all)
                                + " training images.");
                int test = results.dataset().test();
                boolean folds = comparison.scope() == Scope.CLASSIFIERS;
                if (folds || baseline.images() < test) {
                    String part = baseline.images() < test ? Numbers.count(baseline.images()) + " of " : "all ";
                    text.append(" They were asked about " + part + Numbers.count(test) + " test images"
                            + (folds ? " of the first fold." : "."));
                }
            }
            PairedComparison pair = baseline.best();
            if (pair != null && pair.significance().p() != null) {
                pairs.add(name(baseline.name()) + " " + Numbers.points(pair.difference()) + " (95 % interval "
                        + Cell.points(pair.low(), pair.high()).text() + ", p "
                        + Numbers.p(pair.significance().p())
                        + ")");
            }
        }
        if (!pairs.isEmpty()) {
            text.append(
                    (text.isEmpty() ? "" : " ") + comparison.standings().get(0).classifier()
                            + " against baselines, in points: " + String.join("; ", pairs) + ".");
        }
        return text.toString();
    }

    /** Names what predicts without a network. */
    public static String name(Baseline.Name name) {
        return switch (name) {
            case LARGEST_CLASS -> "majority-class";
            case NEAREST_NEIGHBOR -> "nearest-neighbor";
            case SUPPORT_VECTOR_MACHINE -> "support-vector";
        };
    }

    /** Names the outcome of a pair. */
    public static String outcome(PairedComparison pair) {
        return (pair.onlyProbable() ? "probably " : "")
                + switch (pair.outcome()) {
                    case BETTER -> "better";
                    case WORSE -> "worse";
                    case EQUIVALENT -> "equivalent";
                    case UNDECIDED -> "not clearly different";
                };
    }
}
