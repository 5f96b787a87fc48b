package io.catwalk.runner.evaluation;

import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds every metric of one set of predictions. Undefined metrics follow scikit-learn's {@code
 * zero_division=0}, or are null. No number is ever NaN.
 *
 * @param metrics those that are one number each
 * @param classes each class's scores, in class order
 * @param confusion true against predicted classes
 * @param calibration expected calibration error and reliability curve; null without scores
 * @param riskCoverage error rate of the most confident predictions; null without scores
 */
public record Evaluation(
        Metrics metrics,
        List<ClassScores> classes,
        ConfusionMatrix confusion,
        @Nullable Calibration calibration,
        @Nullable RiskCoverage riskCoverage) {

    /** Of fewer images of a class, nothing can be said about this class alone. */
    public static final int FEWEST_IMAGES = 10;

    /** Computes all metrics. */
    public static Evaluation of(Predictions predictions, List<String> classNames) {
        return of(List.of(() -> predictions), classNames);
    }

    /**
     * Computes all metrics of predictions that are joined, such as those of the folds. Besides one part at a time, it
     * takes memory per image and per class, but not per image and class.
     *
     * @param parts what is evaluated; at least one, each read twice
     */
    public static Evaluation of(List<Supplier<Predictions>> parts, List<String> classNames) {
        ImageScores answers = new ImageScores(parts, classNames.size());
        RocAuc areas = answers.rocAuc(parts);
        return of(answers.truth, answers.predicted, classNames, answers, areas);
    }

    /** Computes what can be known without scores. */
    public static Evaluation of(PredictedClasses predictions, List<String> classNames) {
        return of(predictions.labels(), predictions.predicted(), classNames, null, null);
    }

    private static Evaluation of(
            int[] truth,
            int[] predicted,
            List<String> classNames,
            @Nullable ImageScores answers,
            @Nullable RocAuc areas) {
        ConfusionMatrix confusion = ConfusionMatrix.of(classNames.size(), truth, predicted);
        List<ClassScores> classes = new ArrayList<>();
        for (int c = 0; c < classNames.size(); c++) {
            classes.add(ClassScores.of(classNames.get(c), confusion, c, areas == null ? null : areas.of(c)));
        }
        Interval interval = Interval.wilson(confusion.correct(), confusion.images(), 0.95);
        Calibration calibration = answers == null ? null : Calibration.of(truth, predicted, answers.confidence);
        Metrics metrics = new Metrics(
                confusion.images(),
                (double) confusion.correct() / confusion.images(),
                interval.low(),
                interval.high(),
                Metrics.Averages.macro(classes),
                Metrics.Averages.micro(confusion),
                Metrics.Averages.weighted(classes),
                confusion.balancedAccuracy(),
                confusion.matthews(),
                confusion.kappa(),
                answers == null ? null : (Double) (answers.logLoss / truth.length),
                answers == null ? null : (Double) ((double) answers.amongTwo / truth.length),
                meanRocAuc(classes),
                calibration == null ? null : (Double) calibration.expectedError());
        return new Evaluation(
                metrics,
                classes,
                confusion,
                calibration,
                answers == null ? null : RiskCoverage.of(truth, predicted, answers.confidence));
    }

    public double accuracy() {
        return metrics.accuracy();
    }

    /**
     * Returns the classes with the lowest recall among those with at least {@value #FEWEST_IMAGES} images, in class
     * order; several if they tie, none if no class has so many.
     */
    public List<ClassScores> hardest() {
        List<ClassScores> large = classes.stream()
                .filter(scores -> scores.support() >= FEWEST_IMAGES)
                .toList();
        double lowest = large.stream().mapToDouble(ClassScores::recall).min().orElse(0);
        return large.stream().filter(scores -> scores.recall() == lowest).toList();
    }

    private static @Nullable Double meanRocAuc(List<ClassScores> classes) {
        OptionalDouble mean = classes.stream()
                .map(ClassScores::rocAuc)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
        return mean.isPresent() ? mean.getAsDouble() : null;
    }

    public int images() {
        return confusion.images();
    }

    /** Holds what metrics are computed from: some numbers for each image, but not one for each image and class. */
    private static final class ImageScores {

        private final int classes;
        private int[] truth = {};
        private int[] predicted = {};

        /** The probability of the predicted class of each image. */
        private double[] confidence = {};

        private double[] ofTruth = {};
        private double logLoss;

        /** Number of images whose truth is among the two best classes. */
        private int amongTwo;

        /**
         * Reads all predictions twice: the first time prepares the ranking of each class, which the second computes.
         */
        ImageScores(List<Supplier<Predictions>> parts, int classes) {
            this.classes = classes;
            parts.forEach(part -> add(part.get()));
        }

        private void add(Predictions part) {
            if (part.classes() != classes) {
                throw new IllegalArgumentException("expected " + part.classes()
                        + " class names, one per class of the predictions, but found " + classes);
            }
            int from = truth.length;
            int to = Math.addExact(from, part.images());
            truth = Arrays.copyOf(truth, to);
            predicted = Arrays.copyOf(predicted, to);
            confidence = Arrays.copyOf(confidence, to);
            ofTruth = Arrays.copyOf(ofTruth, to);
            double[] probabilities = new double[classes];
            for (int i = 0; i < part.images(); i++) {
                double logSumExp = Predictions.softmax(part.logits(), i * classes, probabilities);
                int label = part.labels()[i];
                int answer = part.predicted(i);
                truth[from + i] = label;
                predicted[from + i] = answer;
                confidence[from + i] = probabilities[answer];
                ofTruth[from + i] = probabilities[label];
                // From the logits, so that a confident and wrong prediction has its full loss: scikit-learn clips at
                // 36.
                logLoss += logSumExp - part.logits()[i * classes + label];
                amongTwo += part.beforeTruth(i) < 2 ? 1 : 0;
            }
        }

        RocAuc rocAuc(List<Supplier<Predictions>> parts) {
            RocAuc areas = new RocAuc(truth, ofTruth, classes);
            double[] probabilities = new double[classes];
            for (Supplier<Predictions> supplier : parts) {
                Predictions part = supplier.get();
                for (int i = 0; i < part.images(); i++) {
                    Predictions.softmax(part.logits(), i * classes, probabilities);
                    areas.add(part.labels()[i], probabilities);
                }
            }
            return areas;
        }
    }

    /**
     * Computes, for each class, the area under the receiver operating characteristic against the rest: the chance that an
     * image of the class has a higher probability of it than another image; equal probabilities count half (Mann and
     * Whitney, 1947). Each image's probability of its own class is kept; the other probabilities are added image by image.
     */
    private static final class RocAuc {

        private final int images;
        private final double[][] positives;
        private final long[] halfWins;

        RocAuc(int[] truth, double[] ofTruth, int classes) {
            images = truth.length;
            int[] sizes = new int[classes];
            for (int label : truth) {
                sizes[label]++;
            }
            positives = new double[classes][];
            Arrays.setAll(positives, c -> new double[sizes[c]]);
            for (int i = 0; i < images; i++) {
                positives[truth[i]][--sizes[truth[i]]] = ofTruth[i];
            }
            for (double[] ofClass : positives) {
                Arrays.sort(ofClass);
            }
            halfWins = new long[classes];
        }

        /** Counts, for each other class, which of its images have a higher probability of it than this image has. */
        void add(int truth, double[] probabilities) {
            for (int c = 0; c < positives.length; c++) {
                if (c != truth) {
                    double[] ofClass = positives[c];
                    double probability = probabilities[c];
                    int below = below(ofClass, probability);
                    // Only where a probability is equal, those above it need a second search.
                    boolean equal = below < ofClass.length && ofClass[below] == probability;
                    int notAbove = equal ? below(ofClass, Math.nextUp(probability)) : below;
                    halfWins[c] += 2L * ofClass.length - below - notAbove;
                }
            }
        }

        /** Returns how many of some ascending numbers are below a bound. */
        private static int below(double[] ascending, double bound) {
            int from = 0;
            int to = ascending.length;
            while (from < to) {
                int middle = (from + to) >>> 1;
                if (ascending[middle] < bound) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
            return from;
        }

        /** Returns a class's area, 0 to 1; null where all images are of the class, or none is. */
        @Nullable
        Double of(int label) {
            int inside = positives[label].length;
            int outside = images - inside;
            return inside == 0 || outside == 0 ? null : (Double) (halfWins[label] / (2.0 * inside * outside));
        }
    }
}
