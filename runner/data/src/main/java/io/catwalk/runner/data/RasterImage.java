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

    /** Checks that the array fits the shape. */
    public RasterImage {
        if (channels < 1 || height < 1 || width < 1 || pixels.length != (long) channels * height * width) {
            throw new IllegalArgumentException("Expected pixels of shape (%d, %d, %d), each at least 1, found %d bytes"
                    .formatted(channels, height, width, pixels.length));
        }
    }

    /** Returns the image with no side longer than this; a larger one is reduced by averaging over squares of pixels. */
    public RasterImage atMost(int longest) {
        int side = (Math.max(width, height) + longest - 1) / longest;
        if (side == 1) {
            return this;
        }
        int rows = Math.max(1, height / side);
        int columns = Math.max(1, width / side);
        byte[] small = new byte[channels * rows * columns];
        for (int i = 0; i < small.length; i++) {
            int plane = i / (rows * columns) * height * width;
            small[i] = average(plane, i / columns % rows * side, i % columns * side, side);
        }
        return new RasterImage(channels, rows, columns, small);
    }

    private byte average(int plane, int top, int left, int side) {
        int sum = 0;
        int count = 0;
        for (int y = top; y < Math.min(top + side, height); y++) {
            for (int x = left; x < Math.min(left + side, width); x++) {
                sum += pixels[plane + y * width + x] & 0xff;
                count++;
            }
        }
        return (byte) (sum / count);
    }

    /**
     * Returns the image with this number of channels.
     *
     * @param wanted 3 for a gray image, which then has its pixels in each channel; or as many as there are
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
