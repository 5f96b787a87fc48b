package io.catwalk.runner.experiment;

import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.Paired;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Answers "which one, and how sure" in a sentence that does not claim more than the verdicts.
 *
 * @param standings the most accurate first; at least one
 * @param verdicts on their pairs, in the order of the standings; only those about the first are used
 * @param trials the word for several trials of a contestant, such as {@code folds}; empty if none has several
 * @param unbalanced whether accuracy says little about small classes, so that balanced accuracy is added
 */
record Headline(List<Standing> standings, List<Verdict> verdicts, String trials, boolean unbalanced) {

    private static final int NAMES = 4;

    String models() {
        return sentence("significantly ", " on these images", "");
    }

    String seeds() {
        return sentence("significantly ", " on this split", "");
    }

    /** Adds the odds of the verdict about the runner-up, if there is one. */
    String classifiers(String odds) {
        return sentence(
                "",
                " by these folds",
                odds.isEmpty() ? "" : "; against " + standings.get(1).contestant() + " " + odds);
    }

    /**
     * Writes the sentence.
     *
     * @param how an adverb for differences that are tested; empty for those that are probable
     */
    private String sentence(String how, String where, String odds) {
        Standing best = standings.get(0);
        String numbers = String.format(
                Locale.ROOT,
                "%s: %.2f %% (95 %% interval %.1f to %.1f%s)",
                best.trials() == 1 ? "" : " over " + best.trials() + " " + trials,
                100 * best.accuracy(),
                100 * best.accuracyLow(),
                100 * best.accuracyHigh(),
                unbalanced
                        ? String.format(Locale.ROOT, "; balanced accuracy %.2f %%", 100 * best.balancedAccuracy())
                        : "");
        if (standings.size() == 1) {
            return "The accuracy of " + best.contestant() + numbers + "; there is nothing to compare it with.";
        }
        List<String> equals = standings.stream()
                .filter(one -> Paired.order(one.accuracy(), best.accuracy()) == 0)
                .map(Standing::contestant)
                .toList();
        List<String> beaten = others(Outcome.BETTER, false);
        List<String> likely = others(Outcome.BETTER, true);
        boolean beatsAll = beaten.size() == standings.size() - 1;
        String lead;
        if (equals.size() > 1) {
            lead = names(equals) + " have the highest accuracy";
        } else {
            lead = best.contestant() + (beatsAll ? " is the most accurate" : " has the highest accuracy");
        }
        List<String> clauses = new ArrayList<>();
        add(clauses, "is " + how + "worse than", others(Outcome.WORSE, false));
        add(clauses, "is probably worse than", others(Outcome.WORSE, true));
        add(clauses, "does not clearly differ from", others(Outcome.UNDECIDED, false));
        add(clauses, "is practically equivalent to", others(Outcome.EQUIVALENT, false));
        boolean open = !clauses.isEmpty();
        add(clauses, "is probably better than", likely);
        if (beatsAll && beaten.size() > 1) {
            clauses.add("is " + how + "better than each of the others");
        } else {
            add(clauses, "is " + how + "better than", beaten);
        }
        if (clauses.isEmpty()) {
            return lead + numbers + ", but it is not compared with any other.";
        }
        List<String> apart = standings.stream()
                .skip(1)
                .map(Standing::contestant)
                .filter(name -> verdicts.stream()
                        .noneMatch(one -> one.first().equals(best.contestant())
                                && one.second().equals(name)))
                .toList();
        String who = equals.size() > 1 ? best.contestant() + " " : "";
        return lead + numbers + (open || beaten.size() + likely.size() < standings.size() - 1 ? ", but " : ", and ")
                + who + String.join(", and ", clauses) + where
                + (apart.isEmpty() ? "" : ", and is not compared with " + names(apart)) + odds + ".";
    }

    private List<String> others(Outcome outcome, boolean onlyProbable) {
        String best = standings.get(0).contestant();
        return verdicts.stream()
                .filter(one ->
                        one.first().equals(best) && one.outcome() == outcome && one.onlyProbable() == onlyProbable)
                .map(Verdict::second)
                .toList();
    }

    private static void add(List<String> clauses, String relation, List<String> others) {
        if (!others.isEmpty()) {
            clauses.add(relation + " " + names(others));
        }
    }

    /** Lists names in a sentence; if there are many, the first three and the number of the others. */
    static String names(Collection<String> names) {
        List<String> shown = new ArrayList<>(names);
        if (shown.size() > NAMES) {
            shown = new ArrayList<>(shown.subList(0, NAMES - 1));
            shown.add((names.size() - shown.size()) + " more");
        }
        return shown.size() == 1
                ? shown.get(0)
                : String.join(", ", shown.subList(0, shown.size() - 1)) + " and " + shown.get(shown.size() - 1);
    }
}
