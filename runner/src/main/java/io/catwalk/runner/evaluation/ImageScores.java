package io.catwalk.runner.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Holds what metrics are computed from: some numbers for each image, but not one for each image and class. */
final class ImageScores {

    private final int classes;
    private int[] truth = {};
    private int[] predicted = {};
    private double[] confidence = {};
    private double[] ofTruth = {};
    private double logLoss;
    private int amongTwo;

    /**
     * Reads all predictions twice: the first time prepares the ranking of each class, which the second computes.
     *
     * @param parts predictions, one after the other; at least one
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
            double logSumExp = part.softmax(i, probabilities);
            int label = part.labels()[i];
            int answer = part.predicted(i);
            truth[from + i] = label;
            predicted[from + i] = answer;
            confidence[from + i] = probabilities[answer];
            ofTruth[from + i] = probabilities[label];
            // From the logits, so that a confident and wrong prediction has its full loss: scikit-learn clips at 36.
            logLoss += logSumExp - part.logits()[i * classes + label];
            amongTwo += part.beforeTruth(i) < 2 ? 1 : 0;
        }
    }

    int[] truth() {
        return truth;
    }

    int[] predicted() {
        return predicted;
    }

    /** Returns the probability of the predicted class for each image. */
    double[] confidence() {
        return confidence;
    }

    double meanLogLoss() {
        return logLoss / truth.length;
    }

    /** Returns the share of images whose truth is among the two best classes. */
    double top2Accuracy() {
        return (double) amongTwo / truth.length;
    }

    RocAuc rocAuc(List<Supplier<Predictions>> parts) {
        RocAuc areas = new RocAuc(truth, ofTruth, classes);
        double[] probabilities = new double[classes];
        for (Supplier<Predictions> supplier : parts) {
            Predictions part = supplier.get();
            for (int i = 0; i < part.images(); i++) {
                part.softmax(i, probabilities);
                areas.add(part.labels()[i], probabilities);
            }
        }
        return areas;
    }
}
