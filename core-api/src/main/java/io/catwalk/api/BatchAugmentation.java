package io.catwalk.api;

import java.util.random.RandomGenerator;

/**
 * A classifier's own augmentation of training batches, for changes that no {@link Augmentation} makes. The images keep
 * their classes.
 */
@FunctionalInterface
public interface BatchAugmentation {

    /**
     * Changes images in place. Called by several threads at once, each with its own batch.
     *
     * @param images one array for each image of the batch, (channels, height, width) in row-major order, normalized: 0
     *     is the mean of the channel, 1 its standard deviation
     * @param random the only allowed source of random numbers; with the same seed, the same images get the same numbers
     */
    void change(float[][] images, RandomGenerator random);
}
