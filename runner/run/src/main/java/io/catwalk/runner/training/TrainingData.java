package io.catwalk.runner.training;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;

/**
 * What a network is trained on: training and validation images together, and the normalization of the training images
 * alone. Without validation images the weights of the last epoch are kept.
 */
public record TrainingData(ImageSource images, Split split, Normalization normalization) {

    /** Normalizes by the training images of the split. */
    public static TrainingData of(ImageSource images, Split split) {
        return new TrainingData(images, split, images.normalization(split.train()));
    }
}
