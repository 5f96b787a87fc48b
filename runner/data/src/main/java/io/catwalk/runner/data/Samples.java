package io.catwalk.runner.data;

import java.awt.color.ColorSpace;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Converts stored samples to gray or red, green and blue from 0 to 255. Samples are taken as they are stored, without
 * a color profile or gamma; 16 bits are rounded to 8; transparent pixels are put on white.
 */
interface Samples {

    int WHITE = 255;

    /** Returns 1 for gray, 3 for color. */
    int channels();

    /** Converts one line of (pixels, bands) to one of (channels, pixels). */
    void convert(int[] stored, int[] line, int pixels);

    /** Returns whether the stored samples are the channels themselves, as bytes, and nothing else. */
    default boolean areStored() {
        return false;
    }

    /** Finds out how samples are stored; empty if the way is not supported. */
    static Optional<Samples> of(ColorModel model, Raster raster) {
        int type = raster.getTransferType();
        int bits = IntStream.of(raster.getSampleModel().getSampleSize()).max().orElse(0);
        if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_SHORT || bits > Short.SIZE) {
            return Optional.empty();
        }
        if (model instanceof IndexColorModel palette) {
            return Optional.of(Palette.of(palette));
        }
        return switch (model.getColorSpace().getType()) {
            case ColorSpace.TYPE_GRAY -> Optional.of(new Plain(1, model));
            case ColorSpace.TYPE_RGB -> Optional.of(new Plain(3, model));
            case ColorSpace.TYPE_CMYK -> Optional.of(new Inks(model));
            default -> Optional.empty();
        };
    }

    /** Gray or color, with optional alpha after the colors; further samples of a file are left out. */
    record Plain(int channels, ColorModel model) implements Samples {

        @Override
        public boolean areStored() {
            return model.getNumComponents() == channels && areBytes();
        }

        private boolean areBytes() {
            return IntStream.of(model.getComponentSize()).allMatch(bits -> bits == Byte.SIZE);
        }

        @Override
        public void convert(int[] stored, int[] line, int pixels) {
            int bands = model.getNumComponents();
            boolean alpha = model.hasAlpha();
            for (int c = 0; c < channels; c++) {
                for (int x = 0, to = c * pixels, from = c; x < pixels; x++, from += bands) {
                    line[to + x] = stored[from];
                }
            }
            if (!areBytes()) {
                for (int i = 0; i < channels * pixels; i++) {
                    line[i] = eightBits(line[i], most(model, i / pixels));
                }
            }
            if (alpha) {
                int most = most(model, channels);
                for (int i = 0; i < channels * pixels; i++) {
                    int opacity = eightBits(stored[i % pixels * bands + channels], most);
                    line[i] = model.isAlphaPremultiplied()
                            ? Math.min(WHITE, line[i] + WHITE - opacity)
                            : onWhite(line[i], opacity);
                }
            }
        }
    }

    /** Indices into a table of colors. */
    record Palette(IndexColorModel model, int channels) implements Samples {

        static Palette of(IndexColorModel model) {
            boolean gray = IntStream.range(0, model.getMapSize())
                    .allMatch(i -> model.getRed(i) == model.getGreen(i) && model.getRed(i) == model.getBlue(i));
            return new Palette(model, gray ? 1 : 3);
        }

        @Override
        public void convert(int[] stored, int[] line, int pixels) {
            for (int x = 0; x < pixels; x++) {
                int color = model.getRGB(stored[x]);
                for (int c = 0; c < channels; c++) {
                    line[c * pixels + x] = onWhite((color >> (16 - 8 * c)) & 0xff, color >>> 24);
                }
            }
        }
    }

    /** Cyan, magenta, yellow and black ink on white, converted as by other programs that ignore profiles. */
    record Inks(ColorModel model) implements Samples {

        @Override
        public int channels() {
            return 3;
        }

        @Override
        public void convert(int[] stored, int[] line, int pixels) {
            int bands = model.getNumComponents();
            for (int x = 0; x < pixels; x++) {
                int light = WHITE - eightBits(stored[x * bands + 3], most(model, 3));
                for (int c = 0; c < 3; c++) {
                    int ofInk = WHITE - eightBits(stored[x * bands + c], most(model, c));
                    line[c * pixels + x] = (ofInk * light + WHITE / 2) / WHITE;
                }
            }
        }
    }

    /**
     * The four components of a JPEG file as they are stored. Adobe's programs store the light that is left, not the
     * ink, and all other programs followed them.
     *
     * @param isYcck whether the first three are luma and chroma
     */
    record JpegInks(boolean isYcck) implements Samples {

        @Override
        public int channels() {
            return 3;
        }

        @Override
        public void convert(int[] stored, int[] line, int pixels) {
            for (int x = 0; x < pixels; x++) {
                int at = 4 * x;
                int light = stored[at + 3];
                double cb = stored[at + 1] - 128;
                double cr = stored[at + 2] - 128;
                for (int c = 0; c < 3; c++) {
                    int ofInk = isYcck ? WHITE - color(c, stored[at], cb, cr) : stored[at + c];
                    line[c * pixels + x] = (ofInk * light + WHITE / 2) / WHITE;
                }
            }
        }

        /** Converts luma and chroma to a color channel (ITU-T T.871, 7). */
        private static int color(int channel, int luma, double cb, double cr) {
            double value = switch (channel) {
                case 0 -> luma + 1.402 * cr;
                case 1 -> luma - 0.344136 * cb - 0.714136 * cr;
                default -> luma + 1.772 * cb;
            };
            return (int) Math.max(0, Math.min(WHITE, Math.round(value)));
        }
    }

    private static int most(ColorModel model, int band) {
        return (1 << model.getComponentSize(band)) - 1;
    }

    private static int eightBits(int value, int most) {
        return (value * WHITE + most / 2) / most;
    }

    private static int onWhite(int value, int opacity) {
        return (value * opacity + WHITE * (WHITE - opacity) + WHITE / 2) / WHITE;
    }
}
