package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Holds out images as the test set, in equal shares of each class. Images of one cluster stay together, also with
 * validation images. The same images are held out every time: the seed of a run has no effect.
 */
final class TestShare {

    private static final long SEED = 0;

    private TestShare() {}

    /**
     * Chooses the images.
     *
     * @param validated clusters that also have validation images; none of their images is chosen
     * @param share above 0 and below 1
     * @return indices of the test images, ascending; every class has at least one of them, and at least one other
     */
    static int[] of(ImageSource images, Set<Integer> validated, List<String> classes, double share) {
        Clusters clusters = Clusters.of(images, classes.size(), validated);
        int[] sizes = images.countPerClass(classes.size());
        int[] apart = Clusters.of(images, classes.size()).perClass();
        int[] free = clusters.perClass();
        for (int c = 0; c < sizes.length; c++) {
            if (apart[c] < 2) {
                throw new RequestException(
                        ("Class %s: expected at least 2 images that are neither duplicates nor of one group,"
                                        + " one for training and one for testing, found %d of %d; add images or remove the class")
                                .formatted(classes.get(c), apart[c], sizes[c]));
            }
            if (free[c] == 0) {
                throw new RequestException(
                        ("Class %s: expected test images that are neither duplicates of validation images nor of their"
                                        + " groups, found none among %d; add images, or name the test images (folder"
                                        + " test, or column split)")
                                .formatted(classes.get(c), sizes[c]));
            }
        }
        int[] wanted = IntStream.of(sizes)
                .map(size -> (int) Math.min(size - 1, Math.max(1, Math.round(share * size))))
                .toArray();
        int[] chosen = clusters.draw(wanted, Stratification.random(SEED, "test share"));
        int[] counts = Stratification.countPerClass(
                IntStream.of(chosen).map(i -> images.labels()[i]).toArray(), sizes.length);
        for (int c = 0; c < sizes.length; c++) {
            if (counts[c] == 0) {
                throw new RequestException(
                        ("Class %s: expected test images that leave every class some to train on, found none of %d,"
                                        + " because duplicates and images of one group stay together; make the groups"
                                        + " smaller or name the test images in a column split")
                                .formatted(classes.get(c), sizes[c]));
            }
        }
        return chosen;
    }
}
