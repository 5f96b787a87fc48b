package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds every metric of one set of predictions. Undefined metrics follow scikit-learn's {@code
 * zero_division=0}, or are null. No number is ever NaN.
 *
 * @param accuracy share of images predicted correctly, 0 to 1
 * @param accuracyInterval its 95 % Wilson interval
 * @param macro averages that give each class the same weight
 * @param micro averages over all images at once
 * @param weighted averages that weight each class by its images
 * @param balancedAccuracy mean recall of the classes that have images, 0 to 1
 * @param matthews Matthews correlation of all classes, -1 to 1
 * @param kappa Cohen's kappa, -1 to 1
 * @param logLoss mean cross entropy in nats, 0 or more
 * @param top2Accuracy share of images whose truth is among the two best classes, 0 to 1
 * @param rocAucMacro mean over the classes' ROC AUC, 0 to 1; null where no class has one
 * @param classes each class's scores, in class order
 * @param confusion true against predicted classes
 * @param calibration expected calibration error and reliability curve
 * @param riskCoverage error rate of the most confident predictions
 */
public record Evaluation(
        double accuracy,
        Interval accuracyInterval,
        Metrics.Averages macro,
        Metrics.Averages micro,
        Metrics.Averages weighted,
        double balancedAccuracy,
        double matthews,
        double kappa,
        double logLoss,
        double top2Accuracy,
        @Nullable Double rocAucMacro,
        List<ClassScores> classes,
        ConfusionMatrix confusion,
        Calibration calibration,
        RiskCoverage riskCoverage) {

    /** Of fewer images of a class, nothing can be said about this class alone. */
    public static final int FEWEST_IMAGES = 10;

    /** Copies the lists. */
    public Evaluation {
        classes = List.copyOf(classes);
    }

    /** Computes all metrics. */
    public static Evaluation of(Predictions predictions, List<String> classNames) {
        return of(List.of(() -> predictions), classNames);
    }

    /**
     * Computes all metrics of predictions that are joined, such as those of the folds. Besides one part at a time, it
     * takes memory per image and per class, but not per image and class.
     *
     * @param parts what is evaluated; at least one, each read twice
     * @param classNames one name per class
     */
    public static Evaluation of(List<Supplier<Predictions>> parts, List<String> classNames) {
        ImageScores answers = new ImageScores(parts, classNames.size());
        int[] truth = answers.truth();
        int[] predicted = answers.predicted();
        RocAuc areas = answers.rocAuc(parts);
        ConfusionMatrix confusion = ConfusionMatrix.of(classNames.size(), truth, predicted);
        List<ClassScores> classes = new ArrayList<>();
        for (int c = 0; c < classNames.size(); c++) {
            classes.add(ClassScores.of(classNames.get(c), confusion, c, areas.of(c)));
        }
        return new Evaluation(
                (double) confusion.correct() / confusion.images(),
                Interval.wilson(confusion.correct(), confusion.images(), 0.95),
                Metrics.Averages.macro(classes),
                Metrics.Averages.micro(confusion),
                Metrics.Averages.weighted(classes),
                confusion.balancedAccuracy(),
                confusion.matthews(),
                confusion.kappa(),
                answers.meanLogLoss(),
                answers.top2Accuracy(),
                meanRocAuc(classes),
                classes,
                confusion,
                Calibration.of(truth, predicted, answers.confidence()),
                RiskCoverage.of(truth, predicted, answers.confidence()));
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

    /** Returns the number of images. */
    public int images() {
        return confusion.images();
    }

    /** Returns the metrics that are one number each. */
    public Metrics metrics() {
        return new Metrics(
                images(),
                accuracy,
                accuracyInterval.low(),
                accuracyInterval.high(),
                macro,
                micro,
                weighted,
                balancedAccuracy,
                matthews,
                kappa,
                logLoss,
                top2Accuracy,
                rocAucMacro,
                calibration.expectedError());
    }
}
