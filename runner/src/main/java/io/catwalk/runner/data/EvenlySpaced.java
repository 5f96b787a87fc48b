package io.catwalk.runner.data;

import java.util.stream.IntStream;

/** Selects some items of many, evenly spaced and always the same. */
public final class EvenlySpaced {

    private EvenlySpaced() {}

    /**
     * Selects some of many images.
     *
     * @param indices indices of all images
     * @param most largest number of images to select
     * @return all indices if there are no more than {@code most}, otherwise {@code most} of them, evenly spaced, in
     *     their order
     */
    public static int[] of(int[] indices, int most) {
        return indices.length <= most
                ? indices
                : IntStream.range(0, most)
                        .map(i -> indices[(int) ((long) i * indices.length / most)])
                        .toArray();
    }

    /**
     * Selects some of the first {@code count} images.
     *
     * @param count number of all images
     * @param most largest number of images to select
     * @return their indices
     */
    public static int[] of(int count, int most) {
        return of(IntStream.range(0, count).toArray(), most);
    }
}
