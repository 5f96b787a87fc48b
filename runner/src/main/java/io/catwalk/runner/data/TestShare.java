package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Holds out images as the test set, in equal shares of each class. Images that belong together, because they have the
 * same pixels or the same group, stay together. The same images are held out every time: the seed of a run has no
 * effect.
 */
final class TestShare {

    private static final long SEED = 0;

    private final ImageSource images;
    private final List<String> groups;

    /** For each image, the lowest index known so far of the images that it belongs to. */
    private final int[] first;

    private TestShare(ImageSource images, List<String> groups) {
        this.images = images;
        this.groups = groups;
        this.first = IntStream.range(0, images.size()).toArray();
    }

    /**
     * Chooses the images.
     *
     * @param images all images
     * @param groups of each image; empty if it has none
     * @param classes their names
     * @param share above 0 and below 1
     * @return indices of the test images, ascending; every class has at least one of them, and at least one other
     * @throws RequestException if a class has nothing to give
     */
    static int[] of(ImageSource images, List<String> groups, List<String> classes, double share) {
        List<int[]> clusters = new TestShare(images, groups).clusters();
        int[] sizes = images.countPerClass(classes.size());
        int[] labels = clusters.stream()
                .mapToInt(cluster -> images.labels()[cluster[0]])
                .toArray();
        List<int[]> byClass =
                Stratification.shuffledByClass(labels, classes.size(), Stratification.random(SEED, "test share"));
        BitSet chosen = new BitSet();
        for (int c = 0; c < classes.size(); c++) {
            List<int[]> its =
                    IntStream.of(byClass.get(c)).mapToObj(clusters::get).toList();
            if (its.size() < 2) {
                throw new RequestException(
                        ("Class %s: expected at least 2 images that are neither duplicates nor of one group,"
                                        + " one for training and one for testing, found %d of %d; add images or remove the class")
                                .formatted(classes.get(c), its.size(), sizes[c]));
            }
            choose(its, Math.max(1, Math.round(share * sizes[c])), chosen);
        }
        return chosen.stream().toArray();
    }

    /** Takes the clusters that still fit; the smallest cluster if none does. */
    private static void choose(List<int[]> clusters, long wanted, BitSet chosen) {
        long taken = 0;
        int[] smallest = clusters.get(0);
        for (int[] cluster : clusters) {
            if (taken + cluster.length <= wanted) {
                IntStream.of(cluster).forEach(chosen::set);
                taken += cluster.length;
            }
            smallest = cluster.length < smallest.length ? cluster : smallest;
        }
        if (taken == 0) {
            IntStream.of(smallest).forEach(chosen::set);
        }
    }

    /** Returns the clusters of images that belong together, sorted by their first image; a cluster may be one image. */
    private List<int[]> clusters() {
        joinGroups();
        joinDoubles();
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int i = 0; i < first.length; i++) {
            members.computeIfAbsent(find(i), one -> new ArrayList<>()).add(i);
        }
        return members.values().stream()
                .map(some -> some.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    private void joinGroups() {
        Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < first.length; i++) {
            Integer other = groups.get(i).isEmpty() ? null : known.putIfAbsent(groups.get(i), i);
            if (other != null) {
                join(i, other);
            }
        }
    }

    /** Compares pixels only where their sums, which are cached, are equal. */
    private void joinDoubles() {
        Map<List<Long>, List<Integer>> bySums = new HashMap<>();
        for (int i = 0; i < first.length; i++) {
            List<Long> sums = Arrays.stream(images.sums(i)).boxed().toList();
            bySums.computeIfAbsent(sums, one -> new ArrayList<>()).add(i);
        }
        for (List<Integer> alike : bySums.values()) {
            List<Integer> different = new ArrayList<>();
            for (int image : alike) {
                different.stream()
                        .filter(one -> isDouble(one, image))
                        .findFirst()
                        .ifPresentOrElse(one -> join(one, image), () -> different.add(image));
            }
        }
    }

    private boolean isDouble(int a, int b) {
        return Arrays.equals(images.read(a, a + 1), images.read(b, b + 1));
    }

    private void join(int a, int b) {
        int one = find(a);
        int other = find(b);
        first[Math.max(one, other)] = Math.min(one, other);
    }

    private int find(int image) {
        int at = image;
        while (first[at] != at) {
            first[at] = first[first[at]];
            at = first[at];
        }
        return at;
    }
}
