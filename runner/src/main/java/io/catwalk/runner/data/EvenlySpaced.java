package io.catwalk.runner.data;

import java.util.stream.IntStream;

/** Takes some of many, the same ones each time. */
public final class EvenlySpaced {

    private EvenlySpaced() {}

    /**
     * Takes some of many images.
     *
     * @param indices of all
     * @param most how many at most
     * @return all of them if they are no more, otherwise {@code most} at equal distances, in their order
     */
    public static int[] of(int[] indices, int most) {
        return indices.length <= most
                ? indices
                : IntStream.range(0, most)
                        .map(i -> indices[(int) ((long) i * indices.length / most)])
                        .toArray();
    }

    /**
     * Takes some of the first {@code count} images.
     *
     * @param count of all
     * @param most how many at most
     * @return their indices
     */
    public static int[] of(int count, int most) {
        return of(IntStream.range(0, count).toArray(), most);
    }
}
