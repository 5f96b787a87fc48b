package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.PairedComparison;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds how the classifiers of an experiment compare over several data sets, as {@code across.json} shows it.
 *
 * @param regionPoints largest difference in accuracy that does not matter, in percentage points
 * @param classifiers labels, the best rank first; in the order of the request where there is no ranking
 * @param dataSets the results of each data set, in the order of the request
 * @param ranking mean ranks with Friedman's test and Nemenyi's critical difference; null if there are too few
 *     data sets on which every classifier has a trained network
 * @param withoutNetwork labels of the classifiers without a trained network on any data set
 * @param pairs every two, in the order of the classifiers; empty where there is no ranking
 */
public record MultiDatasetComparison(
        int schema,
        String name,
        String command,
        double regionPoints,
        List<String> classifiers,
        List<DataSet> dataSets,
        @Nullable CriticalDifference ranking,
        List<String> withoutNetwork,
        List<PairedComparison> pairs) {

    private static final int SCHEMA = 1;

    /** Probability of a false alarm of Friedman's test, and of any of Nemenyi's. */
    public static final double LEVEL = 0.05;

    /**
     * Holds the results of one data set.
     *
     * @param name of the data set; the name of the folder before the run has begun
     * @param classes number of classes, 0 before the run has begun
     * @param train number of images that are trained on
     * @param test number of test images of a trial
     * @param finished number of trials that are done, failed or lost
     * @param counts whether it counts in the ranking: every classifier of the ranking has a network here
     * @param accuracies of each classifier, the mean over its seeds and folds, 0 to 1; a classifier without a
     *     trained network is missing
     * @param intervals of these accuracies, with 95 % confidence
     * @param leaders the most accurate classifier, and those that it is not clearly better than; empty if nobody was
     *     compared with it
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
            Map<String, Double> accuracies,
            Map<String, Interval> intervals,
            List<String> leaders) {}

    /** Compares over runs, by their folders; null where one has not begun. They have the request of the first. */
    static MultiDatasetComparison of(String name, ExperimentSpec first, Map<String, @Nullable RunResults> runs) {
        Set<String> planned = new LinkedHashSet<>();
        first.trials(new Outcomes()).forEach(trial -> planned.add(trial.label()));
        Set<String> placed = new LinkedHashSet<>(planned);
        List<Map<String, Double>> accuracies =
                runs.values().stream().map(MultiDatasetComparison::accuracies).toList();
        placed.removeIf(one -> accuracies.stream().noneMatch(row -> row.containsKey(one)));
        List<DataSet> dataSets = new ArrayList<>();
        runs.forEach((folder, results) -> dataSets.add(dataSet(folder, results, placed)));
        List<DataSet> counted = dataSets.stream().filter(DataSet::counts).toList();
        boolean ranked = placed.size() > 1 && counted.size() >= CriticalDifference.FEWEST_DATA_SETS;
        CriticalDifference ranking =
                ranked ? CriticalDifference.of(List.copyOf(placed), scores(placed, counted), LEVEL) : null;
        List<String> order = ranking == null
                ? List.copyOf(planned)
                : ranking.ranks().stream()
                        .map(CriticalDifference.Rank::classifier)
                        .toList();
        Set<String> without = new LinkedHashSet<>(planned);
        without.removeAll(placed);
        return new MultiDatasetComparison(
                SCHEMA,
                name,
                Reasons.withoutFolders(first.command()),
                first.region(),
                order,
                dataSets,
                ranking,
                List.copyOf(without),
                ranking == null
                        ? List.of()
                        : PairedComparison.ofDataSets(
                                order, scores(order, counted), new EquivalenceRegion(first.region())));
    }

    private static Map<String, Double> accuracies(@Nullable RunResults results) {
        Map<String, Double> accuracies = new LinkedHashMap<>();
        standings(results).forEach(one -> accuracies.put(one.classifier(), one.accuracy()));
        return accuracies;
    }

    private static List<Standing> standings(@Nullable RunResults results) {
        return results == null || results.comparison() == null
                ? List.of()
                : results.comparison().standings();
    }

    private static DataSet dataSet(String folder, @Nullable RunResults results, Set<String> placed) {
        Map<String, Double> accuracies = accuracies(results);
        Map<String, Interval> intervals = new LinkedHashMap<>();
        standings(results)
                .forEach(one -> intervals.put(one.classifier(), new Interval(one.accuracyLow(), one.accuracyHigh())));
        return results == null
                ? new DataSet(folder, folder, 0, 0, 0, 0, 0, false, Map.of(), Map.of(), List.of())
                : new DataSet(
                        folder,
                        results.dataset().name(),
                        results.dataset().classes().size(),
                        results.dataset().train(),
                        results.dataset().test(),
                        results.experiment().planned(),
                        results.experiment().finished(),
                        !placed.isEmpty() && accuracies.keySet().containsAll(placed),
                        accuracies,
                        intervals,
                        leaders(results.comparison()));
    }

    private static List<String> leaders(@Nullable Comparison comparison) {
        if (comparison == null
                || (comparison.ofTheBest().isEmpty() && comparison.standings().size() > 1)) {
            return List.of(); // nobody was compared with the best
        }
        return Stream.concat(
                        Stream.of(comparison.standings().get(0).classifier()),
                        comparison.ofTheBest().stream()
                                .filter(pair -> !pair.clearlyBetter())
                                .map(PairedComparison::second))
                .toList();
    }

    private static double[][] scores(Collection<String> classifiers, List<DataSet> counted) {
        return counted.stream()
                .map(one -> classifiers.stream()
                        .mapToDouble(classifier ->
                                Objects.requireNonNull(one.accuracies().get(classifier)))
                        .toArray())
                .toArray(double[][]::new);
    }
}
