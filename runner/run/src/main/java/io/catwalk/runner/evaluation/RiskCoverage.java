package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells how often a model errs if it answers only the images that it is most confident of (El-Yaniv and Wiener, "On the
 * Foundations of Noise-free Selective Classification", 2010). Images of equal confidence are answered together.
 *
 * @param area area under the curve (AURC): the error rate, averaged over the coverages that each image adds to (Geifman,
 *     Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", 2019), 0 to 1
 * @param knee of all thresholds the one farthest below the chord, which leads from no images and no errors to all images;
 *     that of all images if none is below it
 * @param curve by rising coverage: for each percent of the images the first threshold that answers so many, up to all
 */
public record RiskCoverage(double area, Threshold knee, List<Threshold> curve) {

    private static final int PERCENT = 100;

    /**
     * The images of at least some confidence.
     *
     * @param confidence the lowest among them, 0 to 1
     * @param coverage their share of all images, 0 to 1
     * @param error share of them that is predicted wrongly, 0 to 1
     */
    public record Threshold(double confidence, double coverage, double error) {

        private double belowChord(double errorOfAll) {
            return coverage * errorOfAll - error;
        }
    }

    static RiskCoverage of(int[] truth, int[] predicted, double[] confidence) {
        int[] falling = IntStream.range(0, confidence.length)
                .boxed()
                .sorted(Comparator.comparingDouble(image -> -confidence[image]))
                .mapToInt(Integer::intValue)
                .toArray();
        List<Threshold> all = new ArrayList<>();
        List<Threshold> curve = new ArrayList<>();
        double area = 0;
        int wrong = 0;
        int before = 0;
        for (int to = 1; to <= falling.length; to++) {
            int image = falling[to - 1];
            wrong += truth[image] == predicted[image] ? 0 : 1;
            if (to < falling.length && confidence[falling[to]] == confidence[image]) {
                continue;
            }
            Threshold step = new Threshold(confidence[image], (double) to / falling.length, (double) wrong / to);
            all.add(step);
            area += step.error * (to - before) / falling.length;
            if ((long) PERCENT * to / falling.length > (long) PERCENT * before / falling.length) {
                curve.add(step);
            }
            before = to;
        }
        double errorOfAll = all.get(all.size() - 1).error;
        Threshold knee = all.stream()
                .max(Comparator.<Threshold>comparingDouble(step -> step.belowChord(errorOfAll))
                        .thenComparingDouble(Threshold::coverage))
                .orElseThrow();
        return new RiskCoverage(area, knee, curve);
    }
}
