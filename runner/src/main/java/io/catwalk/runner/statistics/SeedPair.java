package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares two architectures that were trained with several seeds on one split.
 *
 * @param first name of the first architecture
 * @param second name of the second
 * @param seeds number of trained networks of each
 * @param test Welch's t-test of their accuracies
 * @param adjustedP its probability, Holm-corrected for all pairs compared together, 0 to 1
 */
public record SeedPair(String first, String second, int seeds, WelchTTest test, double adjustedP) {

    /** The limits of a comparison over seeds, for readers of its verdicts. */
    public static final String LIMITS = "The seeds compare these architectures with these recipes on one split and one"
            + " set of test images: the intervals show how much another seed changes, not what other training or test"
            + " images would. Use crossval to vary the images, and several data sets to speak of images in general.";

    private static final double LEVEL = 0.05;
    private static final double CONFIDENCE = 1 - LEVEL;

    /**
     * Compares each architecture with each that follows it.
     *
     * @param names the architectures' names
     * @param accuracies for each architecture its accuracy with each seed, 0 to 1
     * @return all pairs, their probabilities corrected together
     * @throws io.catwalk.runner.RequestException if one has fewer seeds than {@link WelchTTest#FEWEST_SEEDS}
     * @throws IllegalArgumentException if names and architectures differ in number
     */
    public static List<SeedPair> all(List<String> names, List<double[]> accuracies) {
        Paired.sameLength(names.size(), accuracies.size(), "names as architectures");
        List<int[]> pairs = Paired.pairs(names.size());
        List<WelchTTest> tests = pairs.stream()
                .map(pair -> WelchTTest.of(accuracies.get(pair[0]), accuracies.get(pair[1])))
                .toList();
        double[] adjusted =
                Holm.adjust(tests.stream().mapToDouble(WelchTTest::p).toArray());
        return IntStream.range(0, pairs.size())
                .mapToObj(i -> new SeedPair(
                        names.get(pairs.get(i)[0]),
                        names.get(pairs.get(i)[1]),
                        accuracies.get(pairs.get(i)[0]).length,
                        tests.get(i),
                        adjusted[i]))
                .toList();
    }

    /**
     * Says why there are no verdicts with so few seeds.
     *
     * @param seeds fewer than {@link WelchTTest#FEWEST_SEEDS}
     * @return a sentence
     */
    public static String refusal(int seeds) {
        return "There are no verdicts: " + WelchTTest.refusal(seeds) + ".";
    }

    /**
     * Returns Welch's interval of the difference, 95 % for this pair alone.
     *
     * @return bounds of the first architecture's mean accuracy minus the second's; null if neither varies over the
     *     seeds
     */
    public @Nullable Interval interval() {
        return test.interval(CONFIDENCE);
    }

    /** Returns which is better at the 5 percent level; never equivalent, which such a test cannot show. */
    public Outcome outcome() {
        if (adjustedP >= LEVEL) {
            return Outcome.UNDECIDED;
        }
        return test.difference() > 0 ? Outcome.BETTER : Outcome.WORSE;
    }

    /** Writes the outcome in words, with its numbers in percentage points. */
    public String verdict() {
        String relation = switch (outcome()) {
            case BETTER -> first + " is significantly better than " + second;
            case WORSE -> first + " is significantly worse than " + second;
            case EQUIVALENT, UNDECIDED -> first + " and " + second + " do not clearly differ";
        };
        String over = " over " + seeds + " seeds";
        Interval interval = interval();
        if (interval == null) {
            return relation + " on this split: " + Paired.points(test.difference()) + " points" + over
                    + "; neither varies over its seeds, so there is no spread to compare the difference with";
        }
        return String.format(
                Locale.ROOT,
                "%s on this split: %s; Welch with %s%s",
                relation,
                Paired.points(test.difference(), over, interval),
                Holm.words(adjustedP),
                outcome() == Outcome.UNDECIDED && !interval.contains(0) ? Holm.STRICTER_THAN_INTERVAL : "");
    }
}
