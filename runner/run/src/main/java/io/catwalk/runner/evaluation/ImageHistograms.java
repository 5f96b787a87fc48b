package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.ImageSource;
import java.util.stream.IntStream;

/**
 * Describes an image by histograms of its gradients and of its colors.
 *
 * <p>Gradients: Dalal and Triggs (2005), with {@value #ORIENTATIONS} orientations of 0 to 180 degrees, each pixel counted in
 * one cell and by its channel with the largest gradient, blocks of 2x2 cells, and their norm cut at {@value #CUT}
 * (L2-Hys). There are {@value #CELLS}x{@value #CELLS} cells whatever the size of the images: on tiles of photos a
 * machine that learned from cells of 8 pixels was right less often by ten points. Colors: shares of the pixels in {@value #LEVELS} levels of
 * each of three channels together, or in {@value #GRAYS} levels of gray. Their square roots are compared, as by
 * Hellinger's distance.
 */
final class ImageHistograms {

    private static final int ORIENTATIONS = 9;
    private static final int CELLS = 4;
    private static final int BLOCK = 2;
    private static final int LEVELS = 4;
    private static final int GRAYS = 16;
    private static final double CUT = 0.2;
    private static final double EPSILON = 1e-5;

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
    private final int rows;
    private final int columns;
    private final int levels;

    ImageHistograms(ImageSource images) {
        this.images = images;
        rows = Math.min(CELLS, images.height());
        columns = Math.min(CELLS, images.width());
        levels = images.channels() == 1 ? GRAYS : LEVELS;
    }

    /** Describes an image. */
    float[] of(int index) {
        byte[] pixels = new byte[images.imageLength()];
        images.read(index, pixels, 0);
        double[][] blocks = blocks(cells(pixels));
        double[] colors = colors(pixels);
        float[] features = new float[blocks.length * blocks[0].length + colors.length];
        int at = 0;
        for (double[] block : blocks) {
            for (double value : block) {
                features[at++] = (float) value;
            }
        }
        for (double share : colors) {
            features[at++] = (float) Math.sqrt(share);
        }
        return features;
    }

    /** Returns the mean length of the gradients of each orientation, of each cell. */
    private double[][] cells(byte[] pixels) {
        int height = images.height();
        int width = images.width();
        double[][] sums = new double[rows * columns][ORIENTATIONS];
        int[] counts = new int[sums.length];
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
                int cell = y * rows / height * columns + x * columns / width;
                counts[cell]++;
                sums[cell][orientation(down, right)] += Math.sqrt(square);
            }
        }
        for (int cell = 0; cell < sums.length; cell++) {
            for (int o = 0; o < ORIENTATIONS; o++) {
                sums[cell][o] /= counts[cell];
            }
        }
        return sums;
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

    private double[][] blocks(double[][] cells) {
        int down = Math.min(BLOCK, rows);
        int right = Math.min(BLOCK, columns);
        int across = columns - right + 1;
        double[][] blocks = new double[(rows - down + 1) * across][down * right * ORIENTATIONS];
        for (int b = 0; b < blocks.length; b++) {
            for (int cell = 0; cell < down * right; cell++) {
                int row = b / across + cell / right;
                int column = b % across + cell % right;
                System.arraycopy(cells[row * columns + column], 0, blocks[b], cell * ORIENTATIONS, ORIENTATIONS);
            }
            normalize(blocks[b]);
            for (int i = 0; i < blocks[b].length; i++) {
                blocks[b][i] = Math.min(CUT, blocks[b][i]);
            }
            normalize(blocks[b]);
        }
        return blocks;
    }

    private static void normalize(double[] block) {
        double sum = EPSILON * EPSILON;
        for (double value : block) {
            sum += value * value;
        }
        double norm = Math.sqrt(sum);
        for (int i = 0; i < block.length; i++) {
            block[i] /= norm;
        }
    }

    /** Returns the shares of the pixels of each color. */
    private double[] colors(byte[] pixels) {
        int area = images.height() * images.width();
        int[] counts = new int[(int) Math.round(Math.pow(levels, images.channels()))];
        for (int i = 0; i < area; i++) {
            int color = 0;
            for (int c = 0; c < images.channels(); c++) {
                color = color * levels + (pixels[c * area + i] & 0xFF) * levels / 256;
            }
            counts[color]++;
        }
        return IntStream.of(counts).mapToDouble(count -> (double) count / area).toArray();
    }
}
