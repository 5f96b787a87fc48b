package io.catwalk.runner.report.words;

import io.catwalk.runner.Markdown;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Across;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.CriticalDifference.Rank;
import java.util.ArrayList;
import java.util.List;

/**
 * Says how classifiers compare over several data sets.
 *
 * @param across the numbers
 */
public record DataSetsWords(Across across) {

    /** Answers "which one, and how sure". */
    public String headline() {
        CriticalDifference ranking = across.ranking();
        long counted = across.dataSets().stream().filter(Across.DataSet::counts).count();
        int placed = across.classifiers().size() - across.withoutNetwork().size();
        if (ranking == null) {
            return placed < 2
                    ? "There is no ranking: it needs at least 2 classifiers with trained networks."
                    : "There is no ranking: it needs at least " + CriticalDifference.FEWEST_DATA_SETS
                            + " data sets, but " + counted + (counted == 1 ? " counts." : " count.");
        }
        if (ranking.p() >= Across.LEVEL) {
            return "No difference between the " + placed + " classifiers is found over " + counted
                    + " data sets: Friedman's test gives p " + Numbers.p(ranking.p())
                    + ", and so the ranks may be chance.";
        }
        Rank best = ranking.ranks().get(0);
        Rank last = ranking.ranks().get(ranking.ranks().size() - 1);
        return "Over " + counted + " data sets "
                + (last.average() - best.average() < ranking.difference()
                        ? "no two classifiers differ significantly"
                        : best.classifier() + " ranks significantly above " + last.classifier())
                + ": average ranks " + Numbers.fixed(best.average(), 2) + " (" + best.classifier() + ") to "
                + Numbers.fixed(last.average(), 2) + " (" + last.classifier() + "), critical difference "
                + Numbers.fixed(ranking.difference(), 2) + ", Friedman p " + Numbers.p(ranking.p()) + ".";
    }

    /** Returns the limits of the comparison, a sentence each. */
    public List<String> limits() {
        List<String> limits = new ArrayList<>(List.of("The data sets are the sample: the tests speak of data sets like"
                + " these, with these recipes at this length. They ignore how precisely each accuracy is known; the"
                + " report of each data set shows that."));
        List<String> without = across.withoutNetwork();
        if (!without.isEmpty()) {
            limits.add(ComparisonWords.names(without) + (without.size() == 1 ? " has" : " have")
                    + " no trained network on any data set and no rank.");
        }
        List<String> open = across.dataSets().stream()
                .filter(one -> !one.counts())
                .map(Across.DataSet::folder)
                .toList();
        if (!open.isEmpty() && without.size() < across.classifiers().size()) {
            limits.add(ComparisonWords.names(open) + (open.size() == 1 ? " does" : " do")
                    + " not count: not every classifier has a trained network there.");
        }
        return limits;
    }

    /** Returns a header and a row for each classifier: its accuracies in percent, and its mean rank if there is one. */
    public List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("classifier"));
        across.dataSets().forEach(one -> head.add(one.folder()));
        CriticalDifference ranking = across.ranking();
        if (ranking != null) {
            head.add("mean rank");
        }
        rows.add(head);
        for (String classifier : across.classifiers()) {
            List<String> row = new ArrayList<>(List.of(classifier));
            for (Across.DataSet one : across.dataSets()) {
                Double accuracy = one.accuracies().get(classifier);
                row.add(accuracy == null ? "-" : Numbers.percent(accuracy));
            }
            if (ranking != null) {
                ranking.ranks().stream()
                        .filter(rank -> rank.classifier().equals(classifier))
                        .forEach(rank -> row.add(Numbers.fixed(rank.average(), 2)));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Explains the ranks. */
    public static String ranksExplained(CriticalDifference ranking) {
        return "On each data set the most accurate has rank 1, and ties share their ranks. Friedman's test asks whether all"
                + " have the same mean rank: chi-square " + Numbers.fixed(ranking.friedman(), 2) + ", p "
                + Numbers.p(ranking.p()) + ". Only where it says no (p below " + Across.LEVEL
                + ") do Nemenyi's differences count: two mean ranks differ significantly if they are at least "
                + Numbers.fixed(ranking.difference(), 2) + " apart.";
    }

    /** Explains the odds of the pairs. */
    public String oddsExplained() {
        return "The odds are of the Bayesian signed-rank test: how probable it is that on a further data set like these the"
                + " first is better or worse by more than " + across.regionPoints() + " points, or neither; an outcome"
                + " counts that is at least 95 % probable.";
    }

    /** Returns everything as Markdown: one row per classifier, one column per data set. */
    public String markdown() {
        StringBuilder text = new StringBuilder(Markdown.table(table()));
        text.append("\nAccuracy on the test images, in percent; with several seeds or folds, the mean.\n");
        text.append("\n**").append(headline()).append("**\n\n");
        CriticalDifference ranking = across.ranking();
        if (ranking != null) {
            text.append(ranksExplained(ranking)).append("\n\n");
            across.pairs()
                    .forEach(pair -> text.append("- ")
                            .append(ComparisonWords.pair(pair, across.regionPoints()))
                            .append('\n'));
            text.append('\n').append(oddsExplained()).append("\n\n");
        }
        return text.append(String.join(" ", limits())).append('\n').toString();
    }
}
