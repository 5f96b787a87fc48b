package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures how well predictions agree with the truth, corrected for class sizes or for chance.
 *
 * @param accuracy share of images predicted correctly, 0 to 1
 * @param balancedAccuracy mean recall of the classes that have images, 0 to 1
 * @param matthews Matthews correlation of several classes, -1 to 1 (Gorodkin, "Comparing two K-category
 *     assignments by a K-category correlation coefficient", 2004); 0 where labels or predictions have only one class
 * @param kappa Cohen's kappa, -1 to 1 ("A coefficient of agreement for nominal scales", 1960); 0 where
 *     labels and predictions have only one class, the same
 * @param flags what is undefined and set to 0, in sentences
 */
record Agreement(double accuracy, double balancedAccuracy, double matthews, double kappa, List<String> flags) {

    static Agreement of(ConfusionMatrix confusion) {
        double images = confusion.images();
        double correct = confusion.correct();
        double recalls = 0;
        int present = 0;
        double expected = 0;
        double truthSquares = 0;
        double predictedSquares = 0;
        for (int c = 0; c < confusion.classes(); c++) {
            double support = confusion.support(c);
            double predictions = confusion.predictions(c);
            if (support > 0) {
                recalls += confusion.count(c, c) / support;
                present++;
            }
            expected += support * predictions;
            truthSquares += support * support;
            predictedSquares += predictions * predictions;
        }
        double truthSpread = images * images - truthSquares;
        double predictedSpread = images * images - predictedSquares;
        double covariance = correct * images - expected;
        List<String> flags = new ArrayList<>();
        if (truthSpread == 0 || predictedSpread == 0) {
            flags.add("all " + (truthSpread == 0 ? "images are" : "predictions are")
                    + " of one class: the Matthews correlation is set to 0");
        }
        if (expected == images * images) {
            flags.add("all images and predictions are of the same class: Cohen's kappa is set to 0");
        }
        return new Agreement(
                correct / images,
                recalls / present,
                ratio(covariance, Math.sqrt(truthSpread * predictedSpread)),
                ratio(covariance, images * images - expected),
                List.copyOf(flags));
    }

    private static double ratio(double numerator, double denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }
}
