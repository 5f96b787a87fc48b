package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.Interval;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Compares two trained models on the same test images.
 *
 * @param first name of the first model
 * @param second name of the second
 * @param images number of test images
 * @param test exact McNemar test of the two
 * @param adjustedP its probability, Holm-corrected for all pairs compared together, 0 to 1
 */
public record ModelPair(String first, String second, int images, McNemar test, double adjustedP) {

    /** The limits of a comparison of trained models, for readers of its verdicts. */
    public static final String LIMITS = "One seed on one split compares these trained models, not their architectures:"
            + " with another seed the ranking may change. Use --seeds 5 or crossval to compare architectures.";

    private static final double LEVEL = 0.05;
    private static final double CONFIDENCE = 1 - LEVEL;

    /**
     * Compares each model with each that follows it.
     *
     * @param names the models' names
     * @param correct for each model whether it predicts each test image correctly, the images in the same order
     * @return all pairs, their probabilities corrected together
     * @throws IllegalArgumentException if names and models differ in number, or the models' images do
     */
    public static List<ModelPair> all(List<String> names, List<boolean[]> correct) {
        Paired.sameLength(names.size(), correct.size(), "names as models");
        List<int[]> pairs = Paired.pairs(names.size());
        List<McNemar> tests = pairs.stream()
                .map(pair -> McNemar.of(correct.get(pair[0]), correct.get(pair[1])))
                .toList();
        double[] adjusted = Holm.adjust(tests.stream().mapToDouble(McNemar::p).toArray());
        return IntStream.range(0, pairs.size())
                .mapToObj(i -> new ModelPair(
                        names.get(pairs.get(i)[0]),
                        names.get(pairs.get(i)[1]),
                        correct.get(0).length,
                        tests.get(i),
                        adjusted[i]))
                .toList();
    }

    /** Returns the first model's accuracy minus the second's, -1 to 1. */
    public double difference() {
        return paired().lost();
    }

    /**
     * Returns Tango's score interval of the difference, 95 % for this pair alone: it says how large the difference may
     * be, while {@link #adjustedP} says whether there is one, corrected for all pairs. It excludes 0 wherever the
     * outcome is decided; where it excludes 0 and the outcome is undecided, {@link #verdict} says why.
     *
     * @return bounds of the first model's accuracy minus the second's, -1 to 1
     */
    public Interval interval() {
        return paired().interval(CONFIDENCE);
    }

    private PairedAccuracy paired() {
        return new PairedAccuracy(images, test);
    }

    /** Returns which is better at the 5 percent level; never equivalent, which such a test cannot show. */
    public Outcome outcome() {
        if (adjustedP >= LEVEL) {
            return Outcome.UNDECIDED;
        }
        return difference() > 0 ? Outcome.BETTER : Outcome.WORSE;
    }

    /** Writes the outcome in words. */
    public String verdict() {
        String relation = switch (outcome()) {
            case BETTER -> first + " is significantly better than " + second;
            case WORSE -> first + " is significantly worse than " + second;
            case EQUIVALENT, UNDECIDED -> first + " and " + second + " do not clearly differ";
        };
        return String.format(
                Locale.ROOT,
                "%s on these images: %s; of %d, only %s got %d right and only %s got %d right; McNemar with %s%s",
                relation,
                Paired.points(difference(), "", interval()),
                images,
                first,
                test.onlyFirst(),
                second,
                test.onlySecond(),
                Holm.words(adjustedP),
                stricter());
    }

    /** Says why the interval excludes 0 though the outcome is undecided; empty in all other cases. */
    private String stricter() {
        if (outcome() != Outcome.UNDECIDED || interval().contains(0)) {
            return "";
        }
        return test.p() < LEVEL
                ? Holm.STRICTER_THAN_INTERVAL
                : "; the interval, an approximation, excludes 0, but the exact test does not";
    }
}
