package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.ImageSource;
import java.util.stream.Stream;

/**
 * Describes an image by histograms of its gradients and of its colors, each of which weighs the same.
 *
 * <p>Gradients are central differences, of the channel with the largest one: how much of their length has each of
 * {@value #ORIENTATIONS} orientations from 0 to 180 degrees in each of {@value #CELLS}x{@value #CELLS} cells, whatever the size
 * of the image, and how many pixels have each of {@value #LEVELS} lengths. Colors: how many pixels have each of
 * {@value #LEVELS} levels, channel by channel, and each of {@value #LEVELS_OF_COLORS} levels of all channels together. Square roots of
 * these shares are compared, as by Hellinger's distance.
 */
final class ImageHistograms {

    private static final int ORIENTATIONS = 9;
    private static final int CELLS = 8;
    private static final int LEVELS = 16;
    private static final int LEVELS_OF_COLORS = 4;

    /** A difference of two pixels is at most 255; the few gradients that are longer than this count as this long. */
    private static final int LONGEST = 256;

    /** Cosine and sine of the angles at which an orientation ends and the next begins. */
    private static final double[] COSINES = new double[ORIENTATIONS - 1];

    private static final double[] SINES = new double[ORIENTATIONS - 1];

    static {
        for (int k = 1; k < ORIENTATIONS; k++) {
            // The same bits on any machine, as Math does not promise.
            COSINES[k - 1] = StrictMath.cos(Math.PI * k / ORIENTATIONS);
            SINES[k - 1] = StrictMath.sin(Math.PI * k / ORIENTATIONS);
        }
    }

    private final ImageSource images;
    private final int height;
    private final int width;
    private final int rows;
    private final int columns;

    ImageHistograms(ImageSource images) {
        this.images = images;
        height = images.height();
        width = images.width();
        rows = Math.min(CELLS, height);
        columns = Math.min(CELLS, width);
    }

    float[] of(int index) {
        return described(pixels(index));
    }

    float[] ofMirrored(int index) {
        return described(images.mirrored(pixels(index)));
    }

    private byte[] pixels(int index) {
        byte[] pixels = new byte[images.imageLength()];
        images.read(index, pixels, 0);
        return pixels;
    }

    private float[] described(byte[] pixels) {
        int channels = images.channels();
        double[][] parts = new double[2 + channels + (channels == 1 ? 0 : 1)][];
        parts[0] = new double[rows * columns * ORIENTATIONS];
        parts[1] = new double[LEVELS];
        addGradients(pixels, parts[0], parts[1]);
        for (int c = 0; c < channels; c++) {
            parts[2 + c] = colors(pixels, c, c + 1, LEVELS);
        }
        if (channels > 1) {
            parts[2 + channels] = colors(pixels, 0, channels, LEVELS_OF_COLORS);
        }
        return rootsOfShares(parts);
    }

    private void addGradients(byte[] pixels, double[] orientations, double[] lengths) {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int down = 0;
                int right = 0;
                int square = 0;
                for (int c = 0; c < images.channels(); c++) {
                    int at = (c * height + y) * width + x;
                    // There is no difference at a border.
                    int dy = y == 0 || y == height - 1 ? 0 : (pixels[at + width] & 0xFF) - (pixels[at - width] & 0xFF);
                    int dx = x == 0 || x == width - 1 ? 0 : (pixels[at + 1] & 0xFF) - (pixels[at - 1] & 0xFF);
                    if (dy * dy + dx * dx > square) {
                        square = dy * dy + dx * dx;
                        down = dy;
                        right = dx;
                    }
                }
                double length = Math.sqrt(square);
                int cell = y * rows / height * columns + x * columns / width;
                orientations[cell * ORIENTATIONS + orientation(down, right)] += length;
                lengths[Math.min(LEVELS - 1, (int) (length * LEVELS / LONGEST))]++;
            }
        }
    }

    /** Returns which ninth of the half circle a direction or its opposite lies in. */
    private static int orientation(int down, int right) {
        boolean opposite = down < 0 || (down == 0 && right < 0);
        int y = opposite ? -down : down;
        int x = opposite ? -right : right;
        int orientation = 0;
        for (int k = 0; k < COSINES.length; k++) {
            orientation += y * COSINES[k] >= x * SINES[k] && y > 0 ? 1 : 0;
        }
        return orientation;
    }

    /** Counts the pixels of each combination of the levels of some channels. */
    private double[] colors(byte[] pixels, int first, int end, int levels) {
        int area = height * width;
        double[] counts = new double[(int) Math.round(Math.pow(levels, end - first))];
        for (int i = 0; i < area; i++) {
            int color = 0;
            for (int c = first; c < end; c++) {
                color = color * levels + (pixels[c * area + i] & 0xFF) * levels / 256;
            }
            counts[color]++;
        }
        return counts;
    }

    private static float[] rootsOfShares(double[][] parts) {
        float[] roots = new float[Stream.of(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (double[] part : parts) {
            double sum = 0;
            for (double value : part) {
                sum += value;
            }
            for (double value : part) {
                roots[at++] = sum == 0 ? 0 : (float) Math.sqrt(value / sum);
            }
        }
        return roots;
    }
}
