package io.catwalk.api;

import java.util.random.RandomGenerator;

/** Changes the images of a training batch, in a way that no {@link Augmentation} has; their classes stay as they are. */
@FunctionalInterface
public interface BatchAugmentation {

    /**
     * Changes images in place. Called by several threads at once, each with a batch of its own.
     *
     * @param images one array for each image of the batch, (channels, height, width) in row-major order, normalized: 0 is
     *     the mean of the channel, 1 its standard deviation
     * @param random the only source of random numbers; the same images get the same numbers in a training with the same
     *     seed
     */
    void change(float[][] images, RandomGenerator random);
}
