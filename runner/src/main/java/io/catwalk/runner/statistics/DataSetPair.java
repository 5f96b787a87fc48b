package io.catwalk.runner.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares two classifiers over several data sets.
 *
 * @param first name of the first classifier
 * @param second name of the second
 * @param dataSets number of data sets
 * @param wins number of data sets on which the first is more accurate
 * @param losses number of data sets on which the second is
 * @param difference mean of the first accuracies minus the second, -1 to 1
 * @param posterior probabilities that the first is worse, equivalent, better
 * @param region which differences do not matter
 */
public record DataSetPair(
        String first,
        String second,
        int dataSets,
        int wins,
        int losses,
        double difference,
        BayesianSignedRankTest posterior,
        EquivalenceRegion region) {

    /** The limits of a comparison over data sets, for readers of its verdicts. */
    public static final String LIMITS = "The data sets are the sample: the tests speak of data sets like these, with"
            + " these recipes at this length. They ignore how precisely each accuracy is known; the"
            + " report of each data set shows that.";

    /**
     * Compares each classifier with each that follows it.
     *
     * @param names the classifiers' names
     * @param scores (data sets, classifiers), 0 to 1
     * @param region which differences do not matter
     * @return all pairs
     * @throws io.catwalk.runner.RequestException if there are fewer than {@link CriticalDifference#FEWEST_DATA_SETS}
     * @throws IllegalArgumentException if a row has another length than the names
     */
    public static List<DataSetPair> all(List<String> names, double[][] scores, EquivalenceRegion region) {
        CriticalDifference.requireEnough(scores.length);
        for (double[] row : scores) {
            Paired.sameLength(names.size(), row.length, "names as scores");
        }
        List<DataSetPair> pairs = new ArrayList<>();
        for (int[] pair : Paired.pairs(names.size())) {
            double[] differences = Arrays.stream(scores)
                    .mapToDouble(row -> row[pair[0]] - row[pair[1]])
                    .toArray();
            pairs.add(new DataSetPair(
                    names.get(pair[0]),
                    names.get(pair[1]),
                    scores.length,
                    (int) Arrays.stream(differences)
                            .filter(one -> Paired.order(one, 0) > 0)
                            .count(),
                    (int) Arrays.stream(differences)
                            .filter(one -> Paired.order(one, 0) < 0)
                            .count(),
                    Paired.mean(differences),
                    BayesianSignedRankTest.of(differences, region),
                    region));
        }
        return pairs;
    }

    /** Returns the outcome whose probability is at least 0.95; undecided if there is none. */
    public Outcome outcome() {
        return Outcome.of(posterior.worse(), posterior.equivalent(), posterior.better());
    }

    /** Writes the outcome in words, with its numbers in percentage points. */
    public String verdict() {
        String relation = switch (outcome()) {
            case BETTER -> first + " is better than " + second;
            case WORSE -> first + " is worse than " + second;
            case EQUIVALENT -> first + " and " + second + " are practically equivalent";
            case UNDECIDED -> first + " and " + second + ": the data sets show no clear difference";
        };
        return String.format(
                Locale.ROOT,
                "%s: ahead on %d of %d data sets, behind on %d, %s points on average; %s",
                relation,
                wins,
                dataSets,
                losses,
                Paired.points(difference),
                Odds.words(outcome(), posterior.worse(), posterior.equivalent(), posterior.better(), region));
    }
}
