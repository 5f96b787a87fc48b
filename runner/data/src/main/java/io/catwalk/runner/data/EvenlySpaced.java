package io.catwalk.runner.data;

import java.util.stream.IntStream;

/** Selects some items of many, evenly spaced and always the same. */
public final class EvenlySpaced {

    private EvenlySpaced() {}

    /** Selects at most so many of some images, evenly spaced and in their order. */
    public static int[] of(int[] indices, int most) {
        return indices.length <= most
                ? indices
                : IntStream.range(0, most)
                        .map(i -> indices[(int) ((long) i * indices.length / most)])
                        .toArray();
    }

    /** Selects some of the first {@code count} images. */
    public static int[] of(int count, int most) {
        return of(IntStream.range(0, count).toArray(), most);
    }
}
