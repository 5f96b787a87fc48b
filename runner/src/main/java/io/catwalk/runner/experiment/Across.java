package io.catwalk.runner.experiment;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.DataSetPair;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds how the contestants of an experiment compare over several data sets, as {@code across.json} shows it.
 *
 * @param schema version of this format
 * @param name of the folder
 * @param command command line of the user
 * @param headline the answer to "which one", in a sentence
 * @param limits the limits of the comparison, in sentences
 * @param regionPoints largest difference in accuracy that does not matter, in percentage points
 * @param contestants labels, the best rank first; in the order of the request where there is no ranking
 * @param dataSets the results of each data set, in the order of the request
 * @param ranking mean ranks with Friedman's test and Nemenyi's critical difference; null if there are too few
 *     data sets on which every contestant has a trained network
 * @param pairs the odds of every pair, in the order of the contestants; empty where there is no ranking
 */
public record Across(
        int schema,
        String name,
        String command,
        String headline,
        String limits,
        double regionPoints,
        List<String> contestants,
        List<DataSet> dataSets,
        @Nullable CriticalDifference ranking,
        List<Pair> pairs) {

    /** Probability of a false alarm of Friedman's test, and of any of Nemenyi's. */
    public static final double LEVEL = 0.05;

    /** Copies the lists. */
    public Across {
        contestants = List.copyOf(contestants);
        dataSets = List.copyOf(dataSets);
        pairs = List.copyOf(pairs);
    }

    /**
     * Holds the results of one data set.
     *
     * @param folder of its run
     * @param name of the data set; the name of the folder before the run has begun
     * @param classes number of classes, 0 before the run has begun
     * @param train number of images that are trained on
     * @param test number of test images of a trial
     * @param planned number of trials
     * @param finished number of trials that are done or failed
     * @param counts whether it counts in the ranking: every contestant of the ranking has a network here
     * @param accuracies of each contestant, the mean over its seeds and folds, 0 to 1; a contestant without a
     *     trained network is missing
     */
    public record DataSet(
            String folder,
            String name,
            int classes,
            int train,
            int test,
            int planned,
            int finished,
            boolean counts,
            Map<String, Double> accuracies) {}

    /**
     * Compares two contestants over the data sets.
     *
     * @param first label of the first contestant
     * @param second label of the second
     * @param wins number of data sets on which the first is more accurate
     * @param losses number of data sets on which the second is
     * @param difference mean accuracy of the first minus that of the second, -1 to 1
     * @param worse probability that the first is worse by more than the region on a further data set
     * @param equivalent probability that they differ by no more
     * @param better probability that the first is better by more
     * @param outcome that follows from these probabilities
     * @param sentence the same in words
     */
    public record Pair(
            String first,
            String second,
            int wins,
            int losses,
            double difference,
            double worse,
            double equivalent,
            double better,
            Outcome outcome,
            String sentence) {}

    /**
     * Returns the table of accuracies in percent, with the mean ranks if there is a ranking.
     *
     * @return a header and a row for each contestant: its label, a cell for each data set, a dash where it has no
     *     trained network
     */
    public List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("classifier"));
        dataSets.forEach(one -> head.add(one.folder()));
        if (ranking != null) {
            head.add("mean rank");
        }
        rows.add(head);
        for (String contestant : contestants) {
            List<String> row = new ArrayList<>(List.of(contestant));
            for (DataSet one : dataSets) {
                Double accuracy = one.accuracies().get(contestant);
                row.add(accuracy == null ? "-" : String.format(Locale.ROOT, "%.2f", 100 * accuracy));
            }
            if (ranking != null) {
                ranking.ranks().stream()
                        .filter(rank -> rank.classifier().equals(contestant))
                        .forEach(rank -> row.add(String.format(Locale.ROOT, "%.2f", rank.average())));
            }
            rows.add(row);
        }
        return rows;
    }

    /**
     * Explains the ranks.
     *
     * @param ranking ranks with their tests
     * @return sentences
     */
    public static String ranksExplained(CriticalDifference ranking) {
        return String.format(
                Locale.ROOT,
                "On each data set the most accurate has rank 1, and ties share their ranks. Friedman's test asks whether"
                        + " all have the same mean rank: chi-square %.2f, p %s. Only where it says no (p below %s) do Nemenyi's"
                        + " differences count: two mean ranks differ significantly if they are at least %.2f apart.",
                ranking.friedman(),
                Numbers.p(ranking.p()),
                LEVEL,
                ranking.difference());
    }

    /**
     * Explains the odds of the pairs.
     *
     * @return a sentence
     */
    public String oddsExplained() {
        return "The odds are of the Bayesian signed-rank test: how probable it is that on a further data set like these"
                + " the first is better or worse by more than " + regionPoints + " points, or neither; a verdict is one"
                + " that is at least 95 % probable.";
    }

    static Across of(String name, CollectionSpec spec, List<@Nullable Results> results) {
        List<Map<String, Double>> accuracies =
                results.stream().map(Across::accuracies).toList();
        Set<String> planned = new LinkedHashSet<>();
        spec.first().trials(new Outcomes()).forEach(trial -> planned.add(trial.label()));
        Set<String> placed = new LinkedHashSet<>(planned);
        placed.removeIf(one -> accuracies.stream().noneMatch(row -> row.containsKey(one)));
        List<DataSet> dataSets = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            boolean counts = !placed.isEmpty() && accuracies.get(i).keySet().containsAll(placed);
            dataSets.add(dataSet(spec.members().get(i), results.get(i), counts, accuracies.get(i)));
        }
        List<DataSet> counted = dataSets.stream().filter(DataSet::counts).toList();
        double[][] scores = counted.stream()
                .map(one -> placed.stream()
                        .mapToDouble(contestant ->
                                Objects.requireNonNull(one.accuracies().get(contestant)))
                        .toArray())
                .toArray(double[][]::new);
        boolean ranked = placed.size() > 1 && counted.size() >= CriticalDifference.FEWEST_DATA_SETS;
        CriticalDifference ranking = ranked ? CriticalDifference.of(List.copyOf(placed), scores, LEVEL) : null;
        List<String> order = ranking == null
                ? List.copyOf(planned)
                : ranking.ranks().stream()
                        .map(CriticalDifference.Rank::classifier)
                        .toList();
        double region = spec.first().region();
        return new Across(
                CollectionSpec.SCHEMA,
                name,
                Reasons.withoutFolders(spec.first().command()),
                headline(placed, counted.size(), ranking),
                limits(planned, placed, dataSets),
                region,
                order,
                dataSets,
                ranking,
                ranking == null ? List.of() : pairs(order, counted, new EquivalenceRegion(region)));
    }

    private static Map<String, Double> accuracies(@Nullable Results results) {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        if (results != null && results.comparison() != null) {
            results.comparison().standings().forEach(one -> accuracies.put(one.contestant(), one.accuracy()));
        }
        return accuracies;
    }

    private static DataSet dataSet(
            CollectionSpec.Member member, @Nullable Results results, boolean counts, Map<String, Double> accuracies) {
        return results == null
                ? new DataSet(member.folder(), member.folder(), 0, 0, 0, 0, 0, false, accuracies)
                : new DataSet(
                        member.folder(),
                        results.dataset().name(),
                        results.dataset().classes().size(),
                        results.dataset().train(),
                        results.dataset().test(),
                        results.experiment().planned(),
                        results.experiment().finished(),
                        counts,
                        accuracies);
    }

    private static List<Pair> pairs(List<String> order, List<DataSet> counted, EquivalenceRegion region) {
        double[][] scores = counted.stream()
                .map(one -> order.stream()
                        .mapToDouble(contestant ->
                                Objects.requireNonNull(one.accuracies().get(contestant)))
                        .toArray())
                .toArray(double[][]::new);
        return DataSetPair.all(order, scores, region).stream()
                .map(pair -> new Pair(
                        pair.first(),
                        pair.second(),
                        pair.wins(),
                        pair.losses(),
                        pair.difference(),
                        pair.posterior().worse(),
                        pair.posterior().equivalent(),
                        pair.posterior().better(),
                        pair.outcome(),
                        pair.verdict()))
                .toList();
    }

    private static String headline(Set<String> placed, int dataSets, @Nullable CriticalDifference ranking) {
        if (ranking == null) {
            return placed.size() < 2
                    ? "There is no ranking: it needs at least 2 classifiers with trained networks."
                    : "There is no ranking: " + CriticalDifference.refusal(dataSets) + ".";
        }
        if (ranking.p() >= LEVEL) {
            return String.format(
                    Locale.ROOT,
                    "No difference between the %d classifiers is found over %d data sets: Friedman's test gives p ="
                            + " %.4f, and so the ranks may be chance.",
                    placed.size(),
                    dataSets,
                    ranking.p());
        }
        String verdict = ranking.verdict();
        return "Over " + dataSets + " data sets " + verdict + ".";
    }

    private static String limits(Set<String> planned, Set<String> placed, List<DataSet> dataSets) {
        List<String> limits = new ArrayList<>();
        limits.add(DataSetPair.LIMITS);
        Set<String> without = new LinkedHashSet<>(planned);
        without.removeAll(placed);
        if (!without.isEmpty()) {
            limits.add(Headline.names(without) + (without.size() == 1 ? " has" : " have")
                    + " no trained network on any data set and no row here.");
        }
        List<String> open = dataSets.stream()
                .filter(one -> !one.counts())
                .map(DataSet::folder)
                .toList();
        if (!open.isEmpty() && !placed.isEmpty()) {
            limits.add(Headline.names(open) + (open.size() == 1 ? " does" : " do")
                    + " not count: not every classifier has a trained network there.");
        }
        return String.join(" ", limits);
    }
}
