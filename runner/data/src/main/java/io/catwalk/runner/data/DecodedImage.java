package io.catwalk.runner.data;

import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.runner.data.ImageTags.Orientation;
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
final class DecodedImage implements PixelRows {

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

        /** Copies the image as it is stored to (bands, height, width): the fastest way, by which most are read. */
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

    @Override
    public int channels() {
        return samples.channels();
    }

    @Override
    public int height() {
        return orientation.isTransposed() ? raster.getWidth() : raster.getHeight();
    }

    @Override
    public int width() {
        return orientation.isTransposed() ? raster.getHeight() : raster.getWidth();
    }

    @Override
    public void row(int y, int[] row) {
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
                : new RasterImage(channels(), rule.height(), rule.width(), Resampling.resize(this, rule));
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

    /**
     * Resizes images. Where an axis shrinks, a new pixel is the mean of the source pixels whose centers lie in its area,
     * which Pillow calls BOX; where it grows, a new pixel is interpolated between centers, BILINEAR. The result equals that
     * of Pillow to within one gray level: {@code resize}, {@code ImageOps.fit} and {@code ImageOps.pad}. That of ONNX files
     * that resize images themselves is the same ({@link io.catwalk.onnx.compose.EmbeddedResizing}).
     */
    record Resampling(PixelRows image, Axis columns, Axis rows) {

        /**
         * Half a gray level, and a little more than what sums of floats are off by: means that lie in the middle between two
         * levels, as many do, are rounded up whatever the order in which they were summed.
         */
        private static final double HALF = EmbeddedResizing.HALF;

        static byte[] resize(PixelRows image, ResizeRule rule) {
            int width = rule.width();
            int height = rule.height();
            double across = image.width();
            double down = image.height();
            double excess = across * height - down * width;
            boolean wide = excess > 0;
            Axis columns = Axis.whole(image.width(), width);
            Axis rows = Axis.whole(image.height(), height);
            if (excess != 0) {
                switch (rule.fit()) {
                    case STRETCH -> {}
                    case CROP -> {
                        columns = wide ? Axis.middle(image.width(), excess, image.height(), height, width) : columns;
                        rows = wide ? rows : Axis.middle(image.height(), -excess, image.width(), width, height);
                    }
                    case PAD -> {
                        columns = wide ? columns : Axis.within(image.width(), across * height / down, width);
                        rows = wide ? Axis.within(image.height(), down * width / across, height) : rows;
                    }
                }
            }
            return new Resampling(image, columns, rows).run();
        }

        /** Reads the source row by row and adds each to the rows that it contributes to, which are few at any time. */
        private byte[] run() {
            int channels = image.channels();
            int width = columns.length();
            byte[] result = new byte[Math.multiplyExact(channels * width, rows.length())];
            double[][] sums = new double[rows.count()][];
            int[] source = new int[channels * image.width()];
            double[] narrowed = new double[channels * width];
            int open = 0;
            for (int y = rows.first(0); y < rows.end(rows.count() - 1); y++) {
                image.row(y, source);
                columns.apply(source, narrowed, channels);
                for (int i = open; i < rows.count() && rows.first(i) <= y; i++) {
                    if (sums[i] == null) {
                        sums[i] = new double[narrowed.length];
                    }
                    double weight = rows.weight(i, y);
                    for (int j = 0; j < narrowed.length; j++) {
                        sums[i][j] += weight * narrowed[j];
                    }
                    if (y == rows.end(i) - 1) {
                        write(sums[i], result, rows.offset() + i);
                        sums[i] = null;
                        open = i + 1;
                    }
                }
            }
            return result;
        }

        private void write(double[] row, byte[] result, int y) {
            int width = columns.length();
            for (int i = 0; i < row.length; i++) {
                int channel = i / width;
                result[(channel * rows.length() + y) * width + i % width] = (byte) Math.floor(row[i] + HALF);
            }
        }

        /**
         * Says which source pixels each new pixel of a row or column is made of, and with which weights.
         *
         * @param length of the result, with the black at its ends
         * @param offset of the first new pixel in it
         * @param first index of the first source pixel of each new one
         * @param weights of that source pixel and of those after it
         */
        @SuppressWarnings("ArrayRecordComponent")
        private record Axis(int length, int offset, int[] first, double[][] weights) {

            static Axis whole(int from, int to) {
                return of(from, 0, (double) from / to, to, to, 0);
            }

            /**
             * Takes the middle of the source, where {@code become} new pixels are as long as {@code seen} of the source.
             *
             * @param excess the source is longer by {@code excess / become}
             */
            static Axis middle(int from, double excess, int seen, int become, int to) {
                // In steps that sums in double precision keep, and a file that resizes can count.
                double start = Math.floor(excess * (1 << 25) / become) / (1 << 26);
                return of(from, start, (double) seen / become, to, to, 0);
            }

            /** Puts the source into the middle of the result. Halves are rounded to the even number, as Python does. */
            static Axis within(int from, double wanted, int length) {
                int to = Math.max(1, (int) Math.rint(wanted));
                return of(from, 0, (double) from / to, to, length, (int) Math.rint((length - to) * 0.5));
            }

            private static Axis of(int from, double start, double scale, int to, int length, int offset) {
                boolean shrinks = scale > 1;
                double reach = shrinks ? scale * 0.5 : 1;
                int[] first = new int[to];
                double[][] weights = new double[to][];
                for (int i = 0; i < to; i++) {
                    double center = start + (i + 0.5) * scale;
                    first[i] = Math.max(0, (int) (center - reach + 0.5));
                    weights[i] = new double[Math.min(from, (int) (center + reach + 0.5)) - first[i]];
                    double sum = 0;
                    for (int j = 0; j < weights[i].length; j++) {
                        double distance = (first[i] + j + 0.5 - center) / (shrinks ? scale : 1);
                        weights[i][j] = shrinks ? box(distance) : Math.max(0, 1 - Math.abs(distance));
                        sum += weights[i][j];
                    }
                    for (int j = 0; j < weights[i].length; j++) {
                        weights[i][j] /= sum;
                    }
                }
                return new Axis(length, offset, first, weights);
            }

            private static double box(double distance) {
                return distance > -0.5 && distance <= 0.5 ? 1 : 0;
            }

            int count() {
                return first.length;
            }

            int first(int i) {
                return first[i];
            }

            int end(int i) {
                return first[i] + weights[i].length;
            }

            double weight(int i, int source) {
                return weights[i][source - first[i]];
            }

            /** Computes a row of (channels, length) from one of (channels, source). */
            void apply(int[] source, double[] result, int channels) {
                int from = source.length / channels;
                for (int c = 0; c < channels; c++) {
                    for (int i = 0; i < first.length; i++) {
                        double sum = 0;
                        double[] shares = weights[i];
                        int at = c * from + first[i];
                        for (int j = 0; j < shares.length; j++) {
                            sum += shares[j] * source[at + j];
                        }
                        result[c * length + offset + i] = sum;
                    }
                }
            }
        }
    }
}
