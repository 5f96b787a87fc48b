package io.catwalk.runner.statistics;

import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.ConfusionMatrix.Cell;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Computes the interval of a metric that has no formula for it, by drawing the test images many times with
 * replacement (Efron, "Bootstrap methods: another look at the jackknife", 1979; percentile method).
 *
 * <p>A draw of few images may miss a class altogether. Such a class is left out of the mean of that draw, as by
 * scikit-learn; as a 0 it would put the whole interval below the metric. A class that the test images do not have, and
 * that is never predicted, counts as 0 in every draw, as it does in the metric.
 */
public final class Bootstrap {

    private Bootstrap() {}

    /**
     * Computes the interval of macro F1.
     *
     * @param resamples how often the images are drawn; at least 100; 2000 give two stable digits
     * @param confidence above 0 and below 1, such as 0.95
     * @return bounds within 0 to 1; null if a class has a single image, which more than a third of the draws miss
     */
    public static @Nullable Interval macroF1(
            PredictedClasses predictions, int resamples, double confidence, long seed) {
        if (resamples < 100) {
            throw new IllegalArgumentException("expected at least 100 resamples, but found " + resamples);
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("expected a confidence above 0 and below 1, but found " + confidence);
        }
        ConfusionMatrix matrix =
                ConfusionMatrix.of(predictions.classes(), predictions.labels(), predictions.predicted());
        if (IntStream.range(0, matrix.classes()).anyMatch(c -> matrix.support(c) == 1)) {
            return null;
        }
        Cells cells = Cells.of(matrix);
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            scores[r] = cells.macroF1(cells.draw(random));
        }
        Arrays.sort(scores);
        return new Interval(quantile(scores, (1 - confidence) / 2), quantile(scores, (1 + confidence) / 2));
    }

    /**
     * The filled cells of a confusion matrix, largest first. Only its cell matters for an image, and most cells are
     * empty if there are many classes.
     */
    private record Cells(ConfusionMatrix matrix, List<Cell> cells, List<Integer> small, int unseen) {

        /** From this number of images on, one binomial draw costs less than drawing the images of a cell one by one. */
        private static final int LARGE = 64;

        /** Lists, too, the index of the cell of each image in a small cell, and counts the classes that do not occur. */
        static Cells of(ConfusionMatrix matrix) {
            List<Cell> cells = matrix.cells().stream()
                    .sorted(Comparator.comparingInt(cell -> -cell.images()))
                    .toList();
            List<Integer> small = IntStream.range(0, cells.size())
                    .filter(i -> cells.get(i).images() < LARGE)
                    .flatMap(i -> IntStream.range(0, cells.get(i).images()).map(image -> i))
                    .boxed()
                    .toList();
            int unseen = (int) IntStream.range(0, matrix.classes())
                    .filter(c -> matrix.support(c) == 0 && matrix.predictions(c) == 0)
                    .count();
            return new Cells(matrix, cells, small, unseen);
        }

        /** Draws as many images as there are, with replacement, and counts them by cell: a multinomial draw. */
        int[] draw(SplittableRandom random) {
            int[] counts = new int[cells.size()];
            int images = matrix.images();
            int draws = images;
            for (int i = 0; i < counts.length && cells.get(i).images() >= LARGE; i++) {
                counts[i] = binomial(draws, (double) cells.get(i).images() / images, random);
                draws -= counts[i];
                images -= cells.get(i).images();
            }
            for (int draw = 0; draw < draws; draw++) {
                counts[small.get(random.nextInt(small.size()))]++;
            }
            return counts;
        }

        /** F1 needs, for each class, how often it is predicted correctly, and how often it is true and predicted. */
        double macroF1(int[] counts) {
            int classes = matrix.classes();
            int[] right = new int[classes];
            int[] appearances = new int[classes];
            for (int i = 0; i < counts.length; i++) {
                int truth = cells.get(i).truth();
                int predicted = cells.get(i).predicted();
                right[truth] += truth == predicted ? counts[i] : 0;
                appearances[truth] += counts[i];
                appearances[predicted] += counts[i];
            }
            double sum = 0;
            int drawn = 0;
            for (int c = 0; c < classes; c++) {
                if (appearances[c] > 0) {
                    sum += 2.0 * right[c] / appearances[c];
                    drawn++;
                }
            }
            return sum / (drawn + unseen);
        }
    }

    /**
     * Draws how many of some trials succeed, by inversion: adds up the probabilities from the most probable number
     * outwards, alternating between both sides, until they exceed a uniform number. The number of steps is about the
     * standard deviation.
     */
    static int binomial(int trials, double probability, SplittableRandom random) {
        if (trials == 0 || probability == 1) {
            return trials;
        }
        int mode = (int) ((trials + 1) * probability);
        double odds = probability / (1 - probability);
        double ofHigh = BinomialDistribution.of(trials, probability).probability(mode);
        double ofLow = ofHigh;
        double left = random.nextDouble() - ofHigh;
        int low = mode;
        int high = mode;
        while (left >= 0 && (low > 0 || high < trials)) {
            if (high < trials) {
                ofHigh *= odds * (trials - high) / (high + 1);
                high++;
                left -= ofHigh;
                if (left < 0) {
                    return high;
                }
            }
            if (low > 0) {
                ofLow *= low / (odds * (trials - low + 1));
                low--;
                left -= ofLow;
                if (left < 0) {
                    return low;
                }
            }
        }
        return mode; // also where rounding leaves a remainder of about 1e-13
    }

    private static double quantile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
