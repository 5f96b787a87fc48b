package io.catwalk.runner.data;

import io.catwalk.runner.data.Split.Stratification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Finds the images that belong together, and draws and deals them in whole clusters. A cluster may be one image, and may
 * have images of several classes.
 *
 * @param sizes number of images of each class, in all clusters
 * @param members the images of each cluster, ascending; the clusters are sorted by their first image
 */
@SuppressWarnings("ArrayRecordComponent")
record Clusters(int[] labels, int[] sizes, List<int[]> members) {

    /** Returns for each image the first, perhaps itself, with the same pixels or group; an empty one is no group. */
    static int[] firsts(ImageSource images, List<String> groups) {
        int[] firsts = IntStream.range(0, images.size()).toArray();
        Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < images.size(); i++) {
            Integer other = groups.get(i).isEmpty() ? null : known.putIfAbsent(groups.get(i), i);
            if (other != null) {
                join(firsts, i, other);
            }
        }
        // Pixels are read only where the hashes of their sums, which are cached, are equal. Most are unique: a map of
        // all would take many times the memory of the array.
        int[] hashes = IntStream.range(0, images.size())
                .map(i -> Arrays.hashCode(images.sums(i)))
                .toArray();
        int[] sorted = hashes.clone();
        Arrays.sort(sorted);
        Map<Integer, List<Integer>> byHash = new HashMap<>();
        for (int i = 0; i < hashes.length; i++) {
            int at = Arrays.binarySearch(sorted, hashes[i]);
            if ((at > 0 && sorted[at - 1] == hashes[i]) || (at + 1 < sorted.length && sorted[at + 1] == hashes[i])) {
                byHash.computeIfAbsent(hashes[i], hash -> new ArrayList<>()).add(i);
            }
        }
        byHash.values().forEach(alike -> joinDuplicates(images, alike, firsts));
        return IntStream.range(0, images.size()).map(i -> first(firsts, i)).toArray();
    }

    /** Compares pixels only where their hashes are equal: an object that is moved leaves all sums as they were. */
    private static void joinDuplicates(ImageSource images, List<Integer> alike, int[] firsts) {
        Map<Integer, List<Integer>> byPixels = new HashMap<>();
        for (int image : alike) {
            byte[] pixels = images.read(image, image + 1);
            List<Integer> different = byPixels.computeIfAbsent(Arrays.hashCode(pixels), hash -> new ArrayList<>());
            different.stream()
                    .filter(one -> Arrays.equals(images.read(one, one + 1), pixels))
                    .findFirst()
                    .ifPresentOrElse(one -> join(firsts, one, image), () -> different.add(image));
        }
    }

    /** Joins the clusters of two images; each leads, perhaps over others, to its first image. */
    private static void join(int[] firsts, int a, int b) {
        int one = first(firsts, a);
        int other = first(firsts, b);
        firsts[Math.max(one, other)] = Math.min(one, other);
    }

    private static int first(int[] firsts, int image) {
        int at = image;
        while (firsts[at] != at) {
            firsts[at] = firsts[firsts[at]];
            at = firsts[at];
        }
        return at;
    }

    /** Collects the clusters but for some, of which none is drawn or dealt. */
    static Clusters of(ImageSource images, int classes, Set<Integer> leftOut) {
        int[] clusters = images.clusters();
        Map<Integer, List<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < clusters.length; i++) {
            if (!leftOut.contains(clusters[i])) {
                members.computeIfAbsent(clusters[i], cluster -> new ArrayList<>())
                        .add(i);
            }
        }
        return new Clusters(
                images.labels(),
                images.countPerClass(classes),
                members.values().stream()
                        .map(some -> some.stream().mapToInt(Integer::intValue).toArray())
                        .toList());
    }

    /** Returns in how many clusters each class has images. */
    int[] perClass() {
        int[] counts = new int[sizes.length];
        for (int[] cluster : members) {
            for (int label : classes(cluster)) {
                counts[label]++;
            }
        }
        return counts;
    }

    /** Returns the classes of a cluster, each once. */
    private int[] classes(int[] cluster) {
        return IntStream.of(cluster).map(image -> labels[image]).distinct().toArray();
    }

    /**
     * Draws clusters in random order, as long as no class gets more images than are wanted of it. A class that then has
     * none gets the smallest cluster that leaves every class at least one image, if there is such a cluster.
     *
     * @param wanted number of images of each class; fewer than there are, unless there are none
     */
    int[] draw(int[] wanted, SplittableRandom random) {
        List<int[]> shuffled = shuffled(random);
        int[] counts = new int[sizes.length];
        BitSet drawn = new BitSet();
        for (int[] cluster : shuffled) {
            if (isAdded(cluster, counts, wanted)) {
                IntStream.of(cluster).forEach(drawn::set);
            }
        }
        for (int c = 0; c < sizes.length; c++) {
            if (wanted[c] > 0 && counts[c] == 0) {
                addSmallest(shuffled, c, counts).forEach(drawn::set);
            }
        }
        return drawn.stream().toArray();
    }

    /** Counts and returns the images of the smallest cluster of a class that leaves every class an image. */
    private IntStream addSmallest(List<int[]> clusters, int label, int[] counts) {
        int[] most = IntStream.of(sizes).map(size -> size - 1).toArray();
        List<int[]> rising = clusters.stream()
                .filter(cluster -> IntStream.of(cluster).anyMatch(image -> labels[image] == label))
                .sorted(Comparator.comparingInt((int[] cluster) -> cluster.length))
                .toList();
        for (int[] cluster : rising) {
            if (isAdded(cluster, counts, most)) {
                return IntStream.of(cluster);
            }
        }
        return IntStream.empty();
    }

    /** Says how well a cluster fits into a part that has some images already. */
    private record Place(int part, double missing, double crowding, int images) {

        static final Comparator<Place> BEST_FIRST = Comparator.comparingDouble((Place place) -> -place.missing)
                .thenComparingDouble(Place::crowding)
                .thenComparingInt(Place::images);
    }

    /**
     * Deals all clusters into parts with nearly equal numbers of images of each class, the largest clusters first. If
     * clusters have images of several classes, a part may get none of a class.
     *
     * @param parts at least 1, and no more than there are clusters
     */
    List<int[]> deal(int parts, SplittableRandom random) {
        int[][] counts = new int[parts][sizes.length];
        int[] totals = new int[parts];
        int[] left = perClass();
        List<BitSet> dealt =
                IntStream.range(0, parts).mapToObj(part -> new BitSet()).toList();
        List<int[]> falling = shuffled(random).stream()
                .sorted(Comparator.comparingInt((int[] cluster) -> -cluster.length))
                .toList();
        for (int[] cluster : falling) {
            int[] classes = classes(cluster);
            int best = IntStream.range(0, parts)
                    .mapToObj(part -> new Place(
                            part, missing(classes, counts[part], left), crowding(cluster, counts[part]), totals[part]))
                    .min(Place.BEST_FIRST)
                    .orElseThrow()
                    .part;
            totals[best] += cluster.length;
            for (int label : classes) {
                left[label]--;
            }
            for (int image : cluster) {
                dealt.get(best).set(image);
                counts[best][labels[image]]++;
            }
        }
        return dealt.stream().map(part -> part.stream().toArray()).toList();
    }

    /**
     * Counts the classes of a cluster that a part with these numbers of images has not got yet. A class counts for more
     * if fewer clusters of it are left, since the part has fewer other chances to get it.
     */
    private static double missing(int[] classes, int[] counts, int[] left) {
        double missing = 0;
        for (int label : classes) {
            if (counts[label] == 0) {
                missing += 1.0 / left[label];
            }
        }
        return missing;
    }

    /** Returns how full a part with these numbers of images is of the classes of the cluster. */
    private double crowding(int[] cluster, int[] counts) {
        double crowding = 0;
        for (int image : cluster) {
            crowding += (double) counts[labels[image]] / sizes[labels[image]];
        }
        return crowding;
    }

    /** Counts the images of a cluster, unless that would be more than the most of a class. */
    private boolean isAdded(int[] cluster, int[] counts, int[] most) {
        boolean fits = true;
        for (int image : cluster) {
            counts[labels[image]]++;
            fits &= counts[labels[image]] <= most[labels[image]];
        }
        if (!fits) {
            for (int image : cluster) {
                counts[labels[image]]--;
            }
        }
        return fits;
    }

    /** Returns the clusters in random order, by the class of their first image. */
    private List<int[]> shuffled(SplittableRandom random) {
        int[] first = members.stream().mapToInt(cluster -> labels[cluster[0]]).toArray();
        return Stratification.shuffledByClass(first, sizes.length, random).stream()
                .flatMapToInt(Arrays::stream)
                .mapToObj(members::get)
                .toList();
    }
}
