package io.catwalk.runner.data;

/**
 * Holds one image in memory. The array is not copied: callers must not write to it.
 *
 * @param channels 1 for gray, 3 for red, green, blue; at least 1
 * @param height rows, in pixels; at least 1
 * @param width columns, in pixels; at least 1
 * @param pixels unsigned bytes of shape (channels, height, width), row-major
 */
@SuppressWarnings("ArrayRecordComponent")
public record RasterImage(int channels, int height, int width, byte[] pixels) {

    /**
     * Checks that the array fits the shape.
     *
     * @throws IllegalArgumentException if it does not
     */
    public RasterImage {
        if (channels < 1 || height < 1 || width < 1 || pixels.length != (long) channels * height * width) {
            throw new IllegalArgumentException("Expected pixels of shape (%d, %d, %d), each at least 1, found %d bytes"
                    .formatted(channels, height, width, pixels.length));
        }
    }

    /**
     * Returns the image with this number of channels.
     *
     * @param wanted 3 for a gray image, which then has its pixels in each channel; or as many as there are
     * @return shape (wanted, height, width)
     * @throws IllegalArgumentException if the image has several channels, and another number is asked for
     */
    RasterImage withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        if (channels != 1) {
            throw new IllegalArgumentException("Expected a gray image, found one of " + channels + " channels");
        }
        byte[] copies = new byte[Math.multiplyExact(wanted, pixels.length)];
        for (int to = 0; to < copies.length; to += pixels.length) {
            System.arraycopy(pixels, 0, copies, to, pixels.length);
        }
        return new RasterImage(wanted, height, width, copies);
    }
}
