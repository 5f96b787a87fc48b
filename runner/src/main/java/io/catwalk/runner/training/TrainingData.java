package io.catwalk.runner.training;

import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.data.Split;

/**
 * Holds what a network is trained on.
 *
 * @param images training and validation images together
 * @param split which are which; without validation images the weights of the last epoch are kept
 * @param normalization of the pixels, taken from the training images alone
 */
public record TrainingData(ImageSource images, Split split, Normalization normalization) {

    /** Normalizes by the training images of the split. */
    public static TrainingData of(ImageSource images, Split split) {
        return new TrainingData(images, split, Normalization.of(images, split.train()));
    }
}
