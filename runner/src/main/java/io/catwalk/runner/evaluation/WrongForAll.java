package io.catwalk.runner.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the images that no model predicts correctly: they are hard, or their labels are wrong. */
public final class WrongForAll {

    private WrongForAll() {}

    /**
     * Lists the images that every one of several models gets wrong.
     *
     * @param models predictions of each model for the same images; at least one
     * @return their indices, from 0, ascending; perhaps none
     * @throws IllegalArgumentException if there is no model, or the labels of two of them differ
     */
    public static int[] of(List<PredictedClasses> models) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("expected the predictions of at least 1 model, but found none");
        }
        int[] labels = models.get(0).labels();
        boolean[] right = new boolean[labels.length];
        for (PredictedClasses model : models) {
            if (!Arrays.equals(labels, model.labels())) {
                throw new IllegalArgumentException("expected predictions of the same images, but their labels differ");
            }
            for (int i = 0; i < right.length; i++) {
                right[i] |= model.correct(i);
            }
        }
        return IntStream.range(0, right.length).filter(i -> !right[i]).toArray();
    }
}
