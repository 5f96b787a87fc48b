package io.catwalk.runner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Finds images that belong together, because they have the same pixels or the same group. */
final class ClusterSearch {

    private final ImageSource images;
    private final List<String> groups;

    /** For each image, the lowest index known so far of the images that it belongs to. */
    private final int[] first;

    private ClusterSearch(ImageSource images, List<String> groups) {
        this.images = images;
        this.groups = groups;
        this.first = IntStream.range(0, images.size()).toArray();
    }

    /**
     * Finds the clusters of images: for each image, the index of the first one of its cluster, perhaps its own.
     *
     * @param groups of each image; empty if it has none
     */
    static int[] firsts(ImageSource images, List<String> groups) {
        ClusterSearch search = new ClusterSearch(images, groups);
        search.joinGroups();
        search.joinDuplicates();
        return IntStream.range(0, images.size()).map(search::find).toArray();
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

    /** Reads pixels only where the hashes of their sums, which are cached, are equal. */
    private void joinDuplicates() {
        int[] hashes = IntStream.range(0, first.length)
                .map(i -> Arrays.hashCode(images.sums(i)))
                .toArray();
        int[] sorted = hashes.clone();
        Arrays.sort(sorted);
        Map<Integer, List<Integer>> byHash = new HashMap<>();
        for (int i = 0; i < first.length; i++) {
            if (isRepeated(sorted, hashes[i])) {
                byHash.computeIfAbsent(hashes[i], hash -> new ArrayList<>()).add(i);
            }
        }
        byHash.values().forEach(this::joinDuplicatesAmong);
    }

    /** Compares pixels only where their hashes are equal: an object that is moved leaves all sums as they were. */
    private void joinDuplicatesAmong(List<Integer> alike) {
        Map<Integer, List<Integer>> byPixels = new HashMap<>();
        for (int image : alike) {
            byte[] pixels = images.read(image, image + 1);
            List<Integer> different = byPixels.computeIfAbsent(Arrays.hashCode(pixels), hash -> new ArrayList<>());
            different.stream()
                    .filter(one -> Arrays.equals(images.read(one, one + 1), pixels))
                    .findFirst()
                    .ifPresentOrElse(one -> join(one, image), () -> different.add(image));
        }
    }

    /** Most hashes are unique: a map of all would take many times the memory of the array. */
    private static boolean isRepeated(int[] sorted, int hash) {
        int at = Arrays.binarySearch(sorted, hash);
        return (at > 0 && sorted[at - 1] == hash) || (at + 1 < sorted.length && sorted[at + 1] == hash);
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
