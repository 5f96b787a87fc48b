package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Holds the images of one class that were classified as another.
 *
 * @param truth the true class
 * @param predicted the class that they were classified as
 * @param share their share of the true class's images, above 0, at most 1
 * @param images their indices in data-set order, the most confident mistake first
 */
public record ConfusedPair(int truth, int predicted, double share, List<Integer> images) {

    /** Copies the indices. */
    public ConfusedPair {
        images = List.copyOf(images);
    }

    /** Finds all pairs with at least one image, the most frequent first, then by class. */
    static List<ConfusedPair> of(ConfusionMatrix confusion, int[] truth, int[] predicted, double[] confidence) {
        record Pair(int truth, int predicted) {}
        Map<Pair, List<Integer>> mistakes = new HashMap<>();
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] != predicted[i]) {
                mistakes.computeIfAbsent(new Pair(truth[i], predicted[i]), pair -> new ArrayList<>())
                        .add(i);
            }
        }
        List<ConfusedPair> pairs = new ArrayList<>();
        for (ConfusionMatrix.Cell cell : confusion.mistakes()) {
            List<Integer> images = Objects.requireNonNull(mistakes.get(new Pair(cell.truth(), cell.predicted())));
            images.sort(Comparator.comparingDouble(i -> -confidence[i]));
            double share = confusion.share(cell.truth(), cell.predicted());
            pairs.add(new ConfusedPair(cell.truth(), cell.predicted(), share, images));
        }
        return List.copyOf(pairs);
    }
}
