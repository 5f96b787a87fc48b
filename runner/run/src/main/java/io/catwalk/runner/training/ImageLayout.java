package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.util.Pair;
import java.nio.FloatBuffer;

/**
 * The order in memory of the values of images and of the kernels of convolutions. All arrays keep the shape
 * (batch, channels, height, width); the order shows only in their strides, and determines how long PyTorch takes.
 * See {@code docs/adr/0011-channels-last.md}.
 */
enum ImageLayout {
    /** All values of a channel are consecutive: the order of the shape. */
    CHANNELS_FIRST,
    /** All values of a pixel are consecutive. Convolutions compute in this order, and otherwise copy to it and back. */
    CHANNELS_LAST;

    /**
     * Selects the faster layout for an initialized network: channels last if it has a convolution over images, unless
     * it normalizes over all values of an image, for which PyTorch copies to the other order and back.
     */
    static ImageLayout of(Block block) {
        return convolves(block) && !normalizesWholeImages(block) ? CHANNELS_LAST : CHANNELS_FIRST;
    }

    private static boolean convolves(Block block) {
        return block.getParameters().values().stream().map(Parameter::getShape).anyMatch(ImageLayout::isOfImages);
    }

    private static boolean normalizesWholeImages(Block block) {
        if (block instanceof LayerNorm) {
            return block.getDirectParameters().values().stream()
                    .anyMatch(parameter -> parameter.getShape().dimension() == 3);
        }
        return block.getChildren().stream().map(Pair::getValue).anyMatch(ImageLayout::normalizesWholeImages);
    }

    private static boolean isOfImages(Shape shape) {
        return shape.dimension() == 4;
    }

    /**
     * Returns values, contiguous in this layout, in the shape that a network expects, without a copy. Only shapes of
     * four sizes have more than one layout: (batch, channels, height, width), (filters, channels, height, width).
     */
    NDArray view(NDArray memory, Shape shape) {
        return this == CHANNELS_LAST && isOfImages(shape)
                ? memory.reshape(shape.get(0), shape.get(2), shape.get(3), shape.get(1))
                        .transpose(0, 3, 1, 2)
                : memory.reshape(shape);
    }

    /** Returns the values in the order of this layout, as one vector; copies only if the array has another layout. */
    NDArray memory(NDArray array) {
        boolean last = this == CHANNELS_LAST && isOfImages(array.getShape());
        return (last ? array.transpose(0, 2, 3, 1) : array).flatten();
    }

    /** Writes images, one after the other and channels first, into memory of this layout, from its position on. */
    void put(float[] images, int count, int channels, FloatBuffer target) {
        int pixelStride = pixelStride(channels);
        if (pixelStride == 1) {
            target.put(images);
            return;
        }
        int pixels = images.length / (count * channels);
        int channelStride = channelStride(pixels);
        float[] image = new float[pixels * channels];
        for (int start = 0; start < images.length; start += image.length) {
            for (int i = 0; i < image.length; i++) {
                image[i / pixels * channelStride + i % pixels * pixelStride] = images[start + i];
            }
            target.put(image);
        }
    }

    /** Copies the values of an image from this layout to channels first. */
    float[] channelsFirst(float[] image, int channels) {
        int pixels = image.length / channels;
        int pixelStride = pixelStride(channels);
        int channelStride = channelStride(pixels);
        float[] copy = new float[image.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = image[i / pixels * channelStride + i % pixels * pixelStride];
        }
        return copy;
    }

    /** Returns the distance, in values, between two neighboring pixels of a row. */
    int pixelStride(int channels) {
        return this == CHANNELS_LAST ? channels : 1;
    }

    /** Returns the distance, in values, between two channels of a pixel, in an image of {@code pixels} pixels. */
    int channelStride(int pixels) {
        return this == CHANNELS_LAST ? 1 : pixels;
    }
}
