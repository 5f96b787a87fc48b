package io.catwalk.runner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Draws from every class in proportion to its size. */
final class Stratification {

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
        long all = shuffledByClass.stream().mapToLong(indices -> indices.length).sum();
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
