package io.catwalk.runner.data;

import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a decoder returned for one image file. Rows are turned upright and converted to 8 bits only when they are
 * asked for, so that a large photograph that is to be made small is not copied in full.
 */
final class DecodedImage {

    private final Raster raster;
    private final Samples samples;
    private final Orientation orientation;

    /** The stored bytes if they need no conversion; null otherwise. */
    private final @Nullable StoredBytes plain;

    /** The samples of one stored line, as integers and, where they are bytes, as bytes. */
    private int[] stored = {};

    private byte[] bytes = {};

    DecodedImage(Raster raster, Samples samples, Orientation orientation) {
        this.raster = raster;
        this.samples = samples;
        this.orientation = orientation;
        plain = samples.areStored() ? StoredBytes.of(raster) : null;
    }

    /** Bytes of samples in memory, which are read many times faster from there than through a raster. */
    @SuppressWarnings("ArrayRecordComponent")
    private record StoredBytes(byte[] data, int[] bands, int pixelStride, int lineStride) {

        /** Returns null if the samples are stored in another way. */
        static @Nullable StoredBytes of(Raster raster) {
            if (!(raster.getSampleModel() instanceof ComponentSampleModel model)
                    || !(raster.getDataBuffer() instanceof DataBufferByte buffer)
                    || buffer.getNumBanks() != 1) {
                return null;
            }
            int start = buffer.getOffset()
                    + (raster.getMinY() - raster.getSampleModelTranslateY()) * model.getScanlineStride()
                    + (raster.getMinX() - raster.getSampleModelTranslateX()) * model.getPixelStride();
            int[] bands = IntStream.of(model.getBandOffsets())
                    .map(offset -> start + offset)
                    .toArray();
            return new StoredBytes(buffer.getData(), bands, model.getPixelStride(), model.getScanlineStride());
        }

        void read(int line, boolean isColumn, int[] row, int pixels) {
            int step = isColumn ? lineStride : pixelStride;
            int start = line * (isColumn ? pixelStride : lineStride);
            for (int c = 0; c < bands.length; c++) {
                for (int x = 0; x < pixels; x++) {
                    row[c * pixels + x] = data[start + bands[c] + x * step] & 0xff;
                }
            }
        }

        /**
         * Copies the image as it is stored to (bands, height, width). Most images are read like this; it is the fastest
         * way.
         */
        void copy(byte[] target, int height, int width) {
            int to = 0;
            for (int band : bands) {
                for (int y = 0; y < height; y++) {
                    int from = band + y * lineStride;
                    for (int x = 0; x < width; x++) {
                        target[to + x] = data[from + x * pixelStride];
                    }
                    to += width;
                }
            }
        }
    }

    /** Returns 1 if the file is gray, 3 if it has colors. */
    int channels() {
        return samples.channels();
    }

    /** Returns the height of the upright image, in pixels. */
    int height() {
        return orientation.isTransposed() ? raster.getWidth() : raster.getHeight();
    }

    /** Returns the width of the upright image, in pixels. */
    int width() {
        return orientation.isTransposed() ? raster.getHeight() : raster.getWidth();
    }

    /** Reads one row of the upright image, from 0, the top, as numbers from 0 to 255, (channels, width). */
    void row(int y, int[] row) {
        int line = orientation.isColumnReversed() ? height() - 1 - y : y;
        int pixels = width();
        if (plain == null) {
            int bands = raster.getNumBands();
            if (stored.length == 0) {
                stored = new int[pixels * bands];
            }
            read(line, pixels, bands);
            samples.convert(stored, row, pixels);
        } else {
            plain.read(line, orientation.isTransposed(), row, pixels);
        }
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

    /** Returns the upright image, resized by a rule if there is one. */
    RasterImage raster(@Nullable ResizeRule rule) {
        return rule == null
                ? new RasterImage(channels(), height(), width(), pixels())
                : new RasterImage(channels(), rule.size().height(), rule.size().width(), Resampling.resize(this, rule));
    }

    private byte[] pixels() {
        int channels = channels();
        int height = height();
        int width = width();
        byte[] pixels = new byte[channels * height * width];
        if (plain != null && orientation.equals(Orientation.UPRIGHT)) {
            plain.copy(pixels, height, width);
            return pixels;
        }
        int[] row = new int[channels * width];
        for (int y = 0; y < height; y++) {
            row(y, row);
            for (int c = 0; c < channels; c++) {
                int to = (c * height + y) * width;
                int from = c * width;
                for (int x = 0; x < width; x++) {
                    pixels[to + x] = (byte) row[from + x];
                }
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
