package io.catwalk.runner.data;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a decoder made of one image file, and turns it upright and into 8 bits row by row, as it is asked for: a
 * large photograph that is to become small is not copied in full.
 */
final class DecodedImage {

    private final Raster raster;
    private final Samples samples;
    private final Orientation orientation;

    /** The samples of one stored line, and those of them that are bytes. */
    private int[] stored = {};

    private byte[] bytes = {};

    DecodedImage(Raster raster, Samples samples, Orientation orientation) {
        this.raster = raster;
        this.samples = samples;
        this.orientation = orientation;
    }

    /** Returns 1 if the file is gray, 3 if it has colors. */
    int channels() {
        return samples.channels();
    }

    /** Returns the rows of the upright image, in pixels. */
    int height() {
        return orientation.isTransposed() ? raster.getWidth() : raster.getHeight();
    }

    /** Returns the columns of the upright image, in pixels. */
    int width() {
        return orientation.isTransposed() ? raster.getHeight() : raster.getWidth();
    }

    /**
     * Reads one row of the upright image.
     *
     * @param y from 0, the top
     * @param row what to fill with numbers from 0 to 255, (channels, width)
     */
    void row(int y, int[] row) {
        int line = orientation.isColumnReversed() ? height() - 1 - y : y;
        int pixels = width();
        int bands = raster.getNumBands();
        if (stored.length == 0) {
            stored = new int[pixels * bands];
        }
        read(line, pixels, bands);
        samples.convert(stored, row, pixels);
        if (orientation.isRowReversed()) {
            for (int c = 0; c < samples.channels(); c++) {
                reverse(row, c * pixels, pixels);
            }
        }
    }

    private void read(int line, int pixels, int bands) {
        int x = orientation.isTransposed() ? line : 0;
        int y = orientation.isTransposed() ? 0 : line;
        int w = orientation.isTransposed() ? 1 : pixels;
        int h = orientation.isTransposed() ? pixels : 1;
        if (raster.getTransferType() == DataBuffer.TYPE_BYTE && raster.getNumDataElements() == bands) {
            // Many times faster than asking for each sample.
            if (bytes.length == 0) {
                bytes = new byte[stored.length];
            }
            raster.getDataElements(raster.getMinX() + x, raster.getMinY() + y, w, h, bytes);
            for (int i = 0; i < bytes.length; i++) {
                stored[i] = Byte.toUnsignedInt(bytes[i]);
            }
        } else {
            raster.getPixels(raster.getMinX() + x, raster.getMinY() + y, w, h, stored);
        }
    }

    /**
     * Returns all pixels.
     *
     * @param channels 1 for gray, 3 for color; a gray image has its pixels once for each
     * @param rule how to resize it, or null to keep its size
     * @return unsigned bytes of shape (channels, height, width), row-major
     * @throws IllegalArgumentException if there are colors, and gray is asked for
     */
    byte[] pixels(int channels, @Nullable ResizeRule rule) {
        if (channels < channels()) {
            throw new IllegalArgumentException("expected 3 channels for a color image, found " + channels);
        }
        byte[] pixels = rule == null ? pixels() : Resampling.resize(this, rule);
        if (channels == channels()) {
            return pixels;
        }
        byte[] result = new byte[channels * pixels.length];
        for (int to = 0; to < result.length; to += pixels.length) {
            System.arraycopy(pixels, 0, result, to, pixels.length);
        }
        return result;
    }

    private byte[] pixels() {
        int channels = channels();
        int height = height();
        int width = width();
        byte[] pixels = new byte[channels * height * width];
        int[] row = new int[channels * width];
        for (int y = 0; y < height; y++) {
            row(y, row);
            for (int i = 0; i < row.length; i++) {
                pixels[(i / width * height + y) * width + i % width] = (byte) row[i];
            }
        }
        return pixels;
    }

    private static void reverse(int[] values, int from, int count) {
        for (int i = from, j = from + count - 1; i < j; i++, j--) {
            int first = values[i];
            values[i] = values[j];
            values[j] = first;
        }
    }
}
