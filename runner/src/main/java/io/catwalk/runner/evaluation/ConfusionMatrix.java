package io.catwalk.runner.evaluation;

import java.util.Arrays;

/** Counts, for each true class, how often each class was predicted. */
public final class ConfusionMatrix {

    private final int[][] counts;

    private ConfusionMatrix(int[][] counts) {
        this.counts = counts;
    }

    /**
     * Counts predictions.
     *
     * @param classes number of classes
     * @param truth true class of each image, 0 to {@code classes} - 1
     * @param predicted predicted class of each image, in the same order
     * @return (classes, classes) counts
     * @throws IllegalArgumentException if the two have different lengths
     */
    public static ConfusionMatrix of(int classes, int[] truth, int[] predicted) {
        if (truth.length != predicted.length) {
            throw new IllegalArgumentException(
                    "expected as many predictions as labels, but found " + predicted.length + " and " + truth.length);
        }
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < truth.length; i++) {
            counts[truth[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(counts);
    }

    /** Returns the number of classes. */
    public int classes() {
        return counts.length;
    }

    /**
     * Returns how many images of one class were taken for another.
     *
     * @param truth the true class
     * @param predicted the predicted class
     * @return 0 or more
     */
    public int count(int truth, int predicted) {
        return counts[truth][predicted];
    }

    /** Returns the number of images of a true class. */
    public int support(int truth) {
        return Arrays.stream(counts[truth]).sum();
    }

    /** Returns how often a class was predicted. */
    public int predictions(int predicted) {
        return Arrays.stream(counts).mapToInt(row -> row[predicted]).sum();
    }

    /** Returns the number of images predicted rightly. */
    public int correct() {
        int correct = 0;
        for (int c = 0; c < counts.length; c++) {
            correct += counts[c][c];
        }
        return correct;
    }

    /** Returns the number of all images. */
    public int images() {
        return Arrays.stream(counts).flatMapToInt(Arrays::stream).sum();
    }

    /** Returns a copy of the counts, (true class, predicted class). */
    public int[][] toArray() {
        return Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfusionMatrix that && Arrays.deepEquals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.deepToString(counts);
    }
}
