package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Draws sizes and options of layers. */
record LayerDraw(Random random) {

    int from(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    float real(float least, float most) {
        return least + random.nextFloat() * (most - least);
    }

    /** Draws one size for each axis. */
    Shape sizes(int axes, int least, int most) {
        return new Shape(
                LongStream.range(0, axes).map(axis -> from(least, most)).toArray());
    }

    /** Draws a number that divides another. */
    int divisorOf(long number) {
        return of(LongStream.rangeClosed(1, number)
                .filter(candidate -> number % candidate == 0)
                .mapToObj(candidate -> (int) candidate)
                .toList());
    }
}
