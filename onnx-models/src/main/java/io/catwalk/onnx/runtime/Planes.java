package io.catwalk.onnx.runtime;

/**
 * Iterates over images of (count, channels, height, width) channel by channel, and tells where the numbers of each
 * channel go in the layout of a file: one after the other, or interleaved with the other channels.
 */
final class Planes {

    private final Layout layout;
    private final int channels;
    private final int size;

    /** Receives each channel of an image. */
    interface Write {
        /**
         * Writes one plane.
         *
         * @param channel of the image
         * @param source index of its first number in the given images
         * @param target index of its first number in the layout of the file
         * @param step distance from one number to the next in the layout of the file
         */
        void plane(int channel, int source, int target, int step);
    }

    Planes(Signature signature) {
        layout = signature.layout();
        channels = signature.channels();
        size = signature.height() * signature.width();
    }

    /** Returns how many numbers a channel of an image has. */
    int size() {
        return size;
    }

    /** Tells whether the file takes images in the order in which they are given. */
    boolean inOrder() {
        return channels == 1 || layout == Layout.NCHW;
    }

    /** Iterates over the channels of the first {@code length} numbers. */
    void each(int length, Write write) {
        int step = inOrder() ? 1 : channels;
        for (int source = 0; source < length; source += size) {
            int channel = source / size % channels;
            int image = source - channel * size;
            write.plane(channel, source, image + layout.index(channel, 0, channels, size), step);
        }
    }
}
