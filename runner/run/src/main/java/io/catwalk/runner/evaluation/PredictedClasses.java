package io.catwalk.runner.evaluation;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holds which class one model predicted for each image: the part of {@link Predictions} that a comparison needs,
 * without the logits.
 *
 * <p>The arrays are not copied; callers must not change them afterwards.
 *
 * @param labels true class of each image, in data-set order
 * @param predicted class with the highest logit for each image; among equals the lowest class
 */
@SuppressWarnings("ArrayRecordComponent") // equality compares their contents
public record PredictedClasses(int classes, int[] labels, int[] predicted) {

    /** Checks that there are as many predictions as labels. */
    public PredictedClasses {
        if (labels.length != predicted.length) {
            throw new IllegalArgumentException(
                    "expected " + labels.length + " predicted classes, but found " + predicted.length);
        }
    }

    /**
     * Reads them from a file that {@link Predictions#write} wrote, row by row: no logit is kept.
     *
     * @throws RequestException if there is no such file, or it is not as expected
     */
    public static PredictedClasses read(Path file) throws IOException {
        return PredictionsFile.readClasses(file);
    }

    /**
     * Lists the images that none of several models, at least one, predicts correctly, ascending: they are hard, or their
     * labels are wrong.
     */
    public static int[] wrongForAll(List<PredictedClasses> models) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("expected the predictions of at least 1 model, but found none");
        }
        int[] labels = models.get(0).labels();
        if (!models.stream().allMatch(model -> Arrays.equals(labels, model.labels()))) {
            throw new IllegalArgumentException("expected predictions of the same images, but their labels differ");
        }
        return IntStream.range(0, labels.length)
                .filter(i -> models.stream().noneMatch(model -> model.correct(i)))
                .toArray();
    }

    /** Returns the number of images. */
    public int images() {
        return labels.length;
    }

    /** Tells whether an image is predicted correctly. */
    public boolean correct(int image) {
        return predicted[image] == labels[image];
    }

    /** Tells for each image whether it is predicted correctly. */
    public boolean[] correct() {
        boolean[] correct = new boolean[labels.length];
        for (int i = 0; i < correct.length; i++) {
            correct[i] = correct(i);
        }
        return correct;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PredictedClasses that
                && classes == that.classes
                && Arrays.equals(labels, that.labels)
                && Arrays.equals(predicted, that.predicted);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * classes + Arrays.hashCode(labels)) + Arrays.hashCode(predicted);
    }

    @Override
    public String toString() {
        return "PredictedClasses[classes=" + classes + ", images=" + labels.length + "]";
    }
}
