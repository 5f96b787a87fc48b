package io.catwalk.onnx.runtime;

/**
 * Walks over images of (count, channels, height, width) channel by channel, and says where a file wants the numbers of
 * each: one after the other, or with those of the other channels between them.
 */
final class Planes {

    private final Layout layout;
    private final int channels;
    private final int size;

    /** What is done with a channel of an image. */
    interface Write {
        /**
         * Writes one plane.
         *
         * @param channel of the image
         * @param source index of its first number as images come
         * @param target index of its first number in the file's order
         * @param step from one number to the next in the file's order
         */
        void plane(int channel, int source, int target, int step);
    }

    Planes(Signature signature) {
        layout = signature.layout();
        channels = signature.channels();
        size = signature.height() * signature.width();
    }

    /** Returns the numbers of a channel of an image. */
    int size() {
        return size;
    }

    /** Tells whether the file takes images in the order in which they come. */
    boolean inOrder() {
        return channels == 1 || layout == Layout.NCHW;
    }

    /** Walks over the channels of the first {@code length} numbers. */
    void each(int length, Write write) {
        int step = inOrder() ? 1 : channels;
        for (int source = 0; source < length; source += size) {
            int channel = source / size % channels;
            int image = source - channel * size;
            write.plane(channel, source, image + layout.index(channel, 0, channels, size), step);
        }
    }
}
