package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Names the images of one class that were taken for another.
 *
 * @param truth the true class
 * @param predicted the class they were taken for
 * @param share how many of the true class's images they are, above 0, at most 1
 * @param images their indices in data-set order, the most confident mistake first
 */
public record ConfusedPair(int truth, int predicted, double share, List<Integer> images) {

    /** Keeps the indices as they are. */
    public ConfusedPair {
        images = List.copyOf(images);
    }

    /** Finds all pairs with at least one image, the most frequent first, then by class. */
    static List<ConfusedPair> of(ConfusionMatrix confusion, int[] truth, int[] predicted, double[] confidence) {
        int classes = confusion.classes();
        List<List<Integer>> mistakes = new ArrayList<>();
        for (int pair = 0; pair < classes * classes; pair++) {
            mistakes.add(new ArrayList<>());
        }
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] != predicted[i]) {
                mistakes.get(truth[i] * classes + predicted[i]).add(i);
            }
        }
        List<ConfusedPair> pairs = new ArrayList<>();
        for (int pair = 0; pair < classes * classes; pair++) {
            List<Integer> images = mistakes.get(pair);
            if (!images.isEmpty()) {
                images.sort(Comparator.comparingDouble(i -> -confidence[i]));
                int from = pair / classes;
                pairs.add(new ConfusedPair(
                        from, pair % classes, (double) images.size() / confusion.support(from), images));
            }
        }
        pairs.sort(Comparator.comparingInt(pair -> -pair.images().size()));
        return List.copyOf(pairs);
    }
}
