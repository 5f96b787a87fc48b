package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Says which images are training images and which are held out for validation. The arrays are not
 * copied: callers must not write to them.
 *
 * @param train ascending indices; at least one
 * @param validation ascending indices, none of them in {@code train}; may be empty
 */
@SuppressWarnings("ArrayRecordComponent")
public record Split(int[] train, int[] validation) {

    /** What to try where images that belong together leave too little to divide. */
    private static final String FEWER_SHARED =
            "remove images that many groups share (catwalk data DIR lists equal files)";

    /** Checks the order and that no index is in both. */
    public Split {
        if (train.length == 0) {
            throw new IllegalArgumentException("Split: expected at least 1 training index, found none");
        }
        checkAscending("train", train);
        checkAscending("validation", validation);
        for (int index : validation) {
            if (Arrays.binarySearch(train, index) >= 0) {
                throw new IllegalArgumentException(
                        "Split: expected disjoint indices, found %d in train and validation".formatted(index));
            }
        }
    }

    /**
     * Holds out a stratified part: every class gives its share to within one image and keeps at least
     * one training image.
     *
     * @param fraction share of the validation images, above 0 and below 1
     */
    public static Split holdOut(int[] labels, int classes, double fraction, long seed) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new RequestException("Validation fraction: expected a number above 0 and below 1, found %s; try 0.1"
                    .formatted(fraction));
        }
        SplittableRandom random = Stratification.random(seed, "hold-out");
        List<int[]> shuffled = Stratification.shuffledByClass(labels, classes, random);
        int wanted = (int) Math.round(fraction * labels.length);
        int[] validation = Stratification.draw(shuffled, wanted, 1);
        if (validation.length == 0) {
            throw new RequestException(
                    ("Validation fraction: %s of %d images in %d classes leaves no image to validate on; "
                                    + "try a larger fraction or more images")
                            .formatted(fraction, labels.length, classes));
        }
        return new Split(allBut(validation, labels.length), validation);
    }

    /**
     * Holds out a part like {@link #holdOut(int[], int, double, long)}, but whole clusters of images that belong
     * together. Each class gives no more than its share, unless its smallest cluster is larger than that.
     *
     * @param fraction share of the validation images, above 0 and below 1
     */
    public static Split holdOut(ImageSource images, int classes, double fraction, long seed) {
        int[] labels = images.labels();
        Split single = holdOut(labels, classes, fraction, seed);
        if (!images.isClustered()) {
            return single;
        }
        int[] wanted = images.select(single.validation).countPerClass(classes);
        int[] validation = Clusters.of(images, classes, Set.of()).draw(wanted, Stratification.random(seed, "hold-out"));
        if (validation.length == 0) {
            throw new RequestException(
                    ("Validation fraction: %s of %d images leaves no image to validate on, because duplicates and"
                                    + " images of one group stay together; try more images or smaller groups, %s, or"
                                    + " name validation images (folder val, or column split)")
                            .formatted(fraction, labels.length, FEWER_SHARED));
        }
        return new Split(allBut(validation, labels.length), validation);
    }

    /**
     * Splits into stratified folds: every image is a validation image in exactly one of them. The folds differ by at
     * most one image, in total and in each class.
     */
    static List<Split> folds(int[] labels, int classes, int k, long seed) {
        SplittableRandom random = Stratification.random(seed, "folds");
        // Dealing the classes one after the other, like one pack of cards, balances classes and totals alike.
        int[] pack = Stratification.shuffledByClass(labels, classes, random).stream()
                .flatMapToInt(Arrays::stream)
                .toArray();
        List<Split> folds = new ArrayList<>();
        for (int fold = 0; fold < k; fold++) {
            int[] validation = IntStream.iterate(fold, i -> i < pack.length, i -> i + k)
                    .map(i -> pack[i])
                    .sorted()
                    .toArray();
            folds.add(new Split(allBut(validation, pack.length), validation));
        }
        return List.copyOf(folds);
    }

    /**
     * Splits into folds like {@link #folds(int[], int, int, long)}, but whole clusters of images that belong together.
     * The folds differ by as much as the clusters make necessary.
     *
     * @param k the number of folds; at least 2, and no more than each class has clusters with its images
     */
    public static List<Split> folds(ImageSource images, List<String> classes, int k, long seed) {
        Clusters clusters = Clusters.of(images, classes.size(), Set.of());
        int[] apart = clusters.perClass();
        int scarcest = IntStream.range(0, apart.length)
                .filter(c -> apart[c] > 0)
                .boxed()
                .min(Comparator.comparingInt(c -> apart[c]))
                .orElseThrow();
        int fewest = apart[scarcest];
        if (k < 2 || k > fewest) {
            throw new RequestException(
                    ("Folds: expected 2 or more, and of each class as many images that are neither duplicates nor of one"
                                    + " group, found %d folds and %d such images of class %s; try %s")
                            .formatted(
                                    k,
                                    fewest,
                                    classes.get(scarcest),
                                    fewest < 2 ? "more images, or " + FEWER_SHARED : Math.min(5, fewest)));
        }
        if (!images.isClustered()) {
            return folds(images.labels(), classes.size(), k, seed);
        }
        List<int[]> parts = clusters.deal(k, Stratification.random(seed, "folds"));
        requireSeveralOfEveryClass(parts, images, classes);
        return parts.stream()
                .map(fold -> new Split(allBut(fold, images.size()), fold))
                .toList();
    }

    /** Refuses parts of which one has all images of a class: without that part, the class cannot be trained on. */
    private static void requireSeveralOfEveryClass(List<int[]> parts, ImageSource images, List<String> classes) {
        int[] having = new int[classes.size()];
        for (int[] part : parts) {
            int[] counts = images.select(part).countPerClass(classes.size());
            for (int c = 0; c < having.length; c++) {
                having[c] += counts[c] > 0 ? 1 : 0;
            }
        }
        for (int c = 0; c < having.length; c++) {
            if (having[c] == 1) {
                throw new RequestException(
                        ("Folds: expected images of class %s in at least 2 of %d folds, so that each leaves some to"
                                        + " train on, found all in one, because duplicates and images of one group stay"
                                        + " together; try smaller groups, another --split-seed, or %s")
                                .formatted(classes.get(c), parts.size(), FEWER_SHARED));
            }
        }
    }

    /** Returns the SHA-256 of 32-bit big-endian numbers: the length of each part, before its indices. */
    public String sha256() {
        return new Sha256()
                .add(train.length)
                .add(train)
                .add(validation.length)
                .add(validation)
                .hex();
    }

    /**
     * Chooses images to hold out as the test set, in equal shares of each class, the same whatever the seed of a run is.
     * Images of one cluster stay together, also with validation images.
     *
     * @param validated clusters that also have validation images; none of their images is chosen
     * @param share above 0 and below 1
     * @return ascending; every class has at least one of them, and at least one other
     */
    static int[] testShare(ImageSource images, Set<Integer> validated, List<String> classes, double share) {
        Clusters clusters = Clusters.of(images, classes.size(), validated);
        int[] sizes = images.countPerClass(classes.size());
        int[] apart = Clusters.of(images, classes.size(), Set.of()).perClass();
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
        int[] chosen = clusters.draw(wanted, Stratification.random(0, "test share"));
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

    /** Returns the indices below a size that are not among some ascending ones. */
    static int[] allBut(int[] some, int size) {
        return IntStream.range(0, size)
                .filter(i -> Arrays.binarySearch(some, i) < 0)
                .toArray();
    }

    private static void checkAscending(String name, int[] indices) {
        int previous = -1;
        for (int index : indices) {
            if (index <= previous) {
                throw new IllegalArgumentException("Split: expected ascending %s indices from 0, found %d after %d"
                        .formatted(name, index, previous));
            }
            previous = index;
        }
    }

    /** Draws from every class in proportion to its size. */
    static final class Stratification {

        private Stratification() {}

        /** Derives the random numbers of one purpose, so that two purposes with one seed are not correlated. */
        static SplittableRandom random(long seed, String purpose) {
            return new SplittableRandom(new SplittableRandom(seed).nextLong() + purpose.hashCode());
        }

        static int[] countPerClass(int[] labels, int classes) {
            int[] counts = new int[classes];
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] < 0 || labels[i] >= classes) {
                    throw new IllegalArgumentException(
                            "Expected labels from 0 to %d, found %d at index %d".formatted(classes - 1, labels[i], i));
                }
                counts[labels[i]]++;
            }
            return counts;
        }

        /** Returns the indices of each class in random order. */
        static List<int[]> shuffledByClass(int[] labels, int classes, SplittableRandom random) {
            int[] counts = countPerClass(labels, classes);
            List<int[]> byClass = new ArrayList<>();
            for (int count : counts) {
                byClass.add(new int[count]);
            }
            for (int i = labels.length - 1; i >= 0; i--) {
                byClass.get(labels[i])[--counts[labels[i]]] = i;
            }
            byClass.forEach(indices -> shuffle(indices, random));
            return byClass;
        }

        /**
         * Draws {@code total} indices in proportion to the sizes of the classes, by the method of the largest
         * remainder (ties go to the lower class), leaving {@code kept} in every class: fewer are drawn if
         * the classes do not have more to give.
         */
        static int[] draw(List<int[]> shuffledByClass, int total, int kept) {
            long all = shuffledByClass.stream()
                    .mapToLong(indices -> indices.length)
                    .sum();
            int[] room = shuffledByClass.stream()
                    .mapToInt(indices -> Math.max(0, indices.length - kept))
                    .toArray();
            int[] share = new int[room.length];
            long[] remainder = new long[room.length];
            for (int c = 0; c < room.length; c++) {
                long exact = (long) total * shuffledByClass.get(c).length;
                share[c] = (int) Math.min(room[c], exact / all);
                remainder[c] = exact % all;
            }
            int missing = total - Arrays.stream(share).sum();
            IntStream.range(0, room.length)
                    .filter(c -> share[c] < room[c])
                    .boxed()
                    .sorted(Comparator.comparingLong((Integer c) -> -remainder[c]))
                    .limit(missing)
                    .forEach(c -> share[c]++);
            return IntStream.range(0, room.length)
                    .flatMap(c -> Arrays.stream(shuffledByClass.get(c), 0, share[c]))
                    .sorted()
                    .toArray();
        }

        /** Shuffles in place (Fisher and Yates, in the form of Durstenfeld 1964). */
        private static void shuffle(int[] values, SplittableRandom random) {
            for (int i = values.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int value = values[i];
                values[i] = values[j];
                values[j] = value;
            }
        }
    }
}
