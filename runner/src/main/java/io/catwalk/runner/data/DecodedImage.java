package io.catwalk.runner.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.stream.IntStream;

/**
 * Holds the pixels of one image file.
 *
 * @param channels 1 if the file is gray, 3 if it has colors
 * @param height rows, in pixels
 * @param width columns, in pixels
 * @param pixels unsigned bytes of shape (channels, height, width), row-major
 */
@SuppressWarnings("ArrayRecordComponent")
record DecodedImage(int channels, int height, int width, byte[] pixels) {

    private static final int WHITE = 255;

    /**
     * Takes the samples as they are stored, without a color profile or gamma (which {@code getRGB} would
     * apply to gray); rounds 16 bits to 8; lays what is transparent on white.
     */
    static DecodedImage of(BufferedImage stored) {
        BufferedImage image = stored.getColorModel() instanceof IndexColorModel palette
                ? palette.convertToIntDiscrete(stored.getRaster(), true)
                : stored;
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        int channels = isGray(stored.getColorModel()) ? 1 : 3;
        int bands = raster.getNumBands();
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] pixels = new byte[channels * height * width];
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int last = x * bands + bands - 1;
                int alpha = model.hasAlpha() ? eightBits(row[last], model.getComponentSize(bands - 1)) : WHITE;
                for (int c = 0; c < channels; c++) {
                    int value = eightBits(row[x * bands + c], model.getComponentSize(c));
                    int onWhite = (value * alpha + WHITE * (WHITE - alpha) + WHITE / 2) / WHITE;
                    pixels[(c * height + y) * width + x] = (byte) onWhite;
                }
            }
        }
        return new DecodedImage(channels, height, width, pixels);
    }

    /** Returns the image in this size. */
    DecodedImage resized(ImageSize size) {
        if (size.width() == width && size.height() == height) {
            return this;
        }
        byte[] resized = Resampling.resize(pixels, channels, height, width, size);
        return new DecodedImage(channels, size.height(), size.width(), resized);
    }

    /** Returns the pixels of a gray image once per wanted channel, and those of any other as they are. */
    byte[] pixels(int wantedChannels) {
        byte[] result = new byte[wantedChannels * height * width];
        for (int to = 0; to < result.length; to += pixels.length) {
            System.arraycopy(pixels, 0, result, to, pixels.length);
        }
        return result;
    }

    private static boolean isGray(ColorModel model) {
        if (model instanceof IndexColorModel palette) {
            return IntStream.range(0, palette.getMapSize())
                    .allMatch(i -> palette.getRed(i) == palette.getGreen(i) && palette.getRed(i) == palette.getBlue(i));
        }
        return model.getNumColorComponents() == 1;
    }

    private static int eightBits(int value, int bits) {
        int most = (1 << bits) - 1;
        return (value * WHITE + most / 2) / most;
    }
}
