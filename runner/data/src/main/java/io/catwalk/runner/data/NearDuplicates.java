package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds images that two sets share, or that one set contains twice. The distance is our own: {@value #DISTANCE}
 *
 * <p>The usual recipes mirror and move training images. A test image that differs from a training image only in this
 * way was therefore trained on. The distance is symmetric, and 0 for the same pixels. An image less than 3 pixels wide
 * is not moved sideways; one less than 3 pixels high is not moved up or down.
 *
 * <p>{@link #NEAR} was chosen by looking at Fashion-MNIST. Of the pairs of a training and a test image up to this
 * distance, all show the same garment, perhaps with another small print; from about 9 on, the first pairs share no more
 * than an outline.
 *
 * <p>The search is exact: it skips most pairs, but only by a lower bound of their distance. The inner part of an image,
 * without its outermost rows and columns, is compared whichever way the other is moved. It is cut into blocks of n_B
 * pixels. By the inequality of Cauchy and Schwarz in each block, two images differ by
 *
 * <pre>sum over all pixels of (a - b)^2  &gt;=  sum over B of (sum of a in B - sum of b in B)^2 / n_B</pre>
 *
 * The block sums divided by the root of n_B are therefore coordinates in which two images are never further apart than
 * in their pixels. The same holds for their projection on any unit vector; that of the mean orders the set. To look up
 * one image, the search visits the few whose means are near enough, skips those whose blocks are too far from all the
 * blocks that the image has when it is moved, and compares the rest pixel by pixel until the difference is too large.
 */
public final class NearDuplicates {

    public static final String DISTANCE = "The distance of two images is the root mean square difference of their "
            + "pixels, from 0 to 255 gray levels, over all channels. One of them may be mirrored left to right and "
            + "moved by one pixel in each direction, whichever gives the smallest distance; pixels that then have no "
            + "counterpart do not count.";

    /** Up to this distance, in gray levels, two images look the same. */
    public static final double NEAR = 8;

    /** More pairs than this are found only where the distance does not distinguish the images. */
    private static final int MOST = 1_000_000;

    private static final double LARGEST = 255;

    private static final int BLOCKS = 4;

    /** Covers the rounding of the bounds; pixels themselves are compared as integers. */
    private static final double SLACK = 1;

    /** How an image is moved. Not moving it comes first, so that it wins ties. */
    private static final List<Move> MOVES = List.of(
            new Move(0, 0),
            new Move(-1, 0),
            new Move(1, 0),
            new Move(0, -1),
            new Move(0, 1),
            new Move(-1, -1),
            new Move(1, -1),
            new Move(-1, 1),
            new Move(1, 1));

    /**
     * Two images that look the same.
     *
     * @param first index of an image in the first set, from 0
     * @param second index of the image in the second set that it resembles, from 0
     * @param distance of the two, 0 to 255 gray levels
     * @param mirrored whether the first is mirrored left to right to resemble the second
     * @param right columns that it is then moved to the right; -1 to 1
     * @param down rows that it is then moved down; -1 to 1
     */
    public record Pair(int first, int second, double distance, boolean mirrored, int right, int down) {

        /** Tells whether both have the same pixels, and nothing had to be mirrored or moved for it. */
        public boolean exact() {
            return distance == 0 && !mirrored && right == 0 && down == 0;
        }
    }

    private final ImageSource images;
    private final double distance;
    private final List<Move> moves;
    private final int[] columns;
    private final int[] rows;
    private final int coordinates;

    /** Unit vector of the mean. */
    private final double[] direction;

    /** Indices of the images, sorted by their means. */
    private final int[] order;

    private final double[] means;
    private final double[] blocks;

    /** Pixels of the image that is being compared. */
    private final byte[] other;

    private record Move(int right, int down) {}

    /** Prepares the lookup of images up to a distance in gray levels. */
    private NearDuplicates(ImageSource images, double distance) {
        if (!(distance >= 0 && distance <= LARGEST)) {
            throw new RequestException(
                    "--distance must be from 0 (the same pixels) to 255 gray levels, but is " + distance);
        }
        this.images = images;
        this.distance = distance;
        int across = images.width() < 3 ? 0 : 1;
        int along = images.height() < 3 ? 0 : 1;
        moves = MOVES.stream()
                .filter(move -> Math.abs(move.right) <= across && Math.abs(move.down) <= along)
                .toList();
        columns = edges(across, images.width() - across);
        rows = edges(along, images.height() - along);
        coordinates = images.channels() * (rows.length - 1) * (columns.length - 1);
        int inner = images.channels() * (rows[rows.length - 1] - rows[0]) * (columns[columns.length - 1] - columns[0]);
        direction = IntStream.range(0, coordinates)
                .mapToDouble(c -> Math.sqrt((double) size(c) / inner))
                .toArray();
        double[] all = new double[images.size() * coordinates];
        double[] unsorted = new double[images.size()];
        other = new byte[images.imageLength()];
        for (int i = 0; i < images.size(); i++) {
            images.read(i, other, 0);
            project(other, MOVES.get(0), all, i * coordinates);
            unsorted[i] = mean(all, i * coordinates);
        }
        order = IntStream.range(0, images.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> unsorted[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        means = Arrays.stream(order).mapToDouble(i -> unsorted[i]).toArray();
        blocks = new double[all.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(all, order[i] * coordinates, blocks, i * coordinates, coordinates);
        }
    }

    /** Finds the images of one set that resemble images of another: all pairs, by the first, then by distance. */
    public static List<Pair> between(ImageSource first, ImageSource second, double distance) {
        return new NearDuplicates(second, distance).pairs(first, 0);
    }

    /** Finds the images of a set that resemble each other: all pairs, each once with the lower index first. */
    public static List<Pair> within(ImageSource images, double distance) {
        return new NearDuplicates(images, distance).pairs(images, 1);
    }

    /** With a step of 1, an image is paired only with those after it; with 0, with all. */
    private List<Pair> pairs(ImageSource first, int step) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            pairs.addAll(of(first, i, step * (i + 1)));
            if (pairs.size() > MOST) {
                throw new RequestException(String.format(
                        Locale.ROOT,
                        "expected at most %,d pairs of images within the distance, but found more within %s:"
                                + " choose a smaller --distance",
                        MOST,
                        distance));
            }
        }
        return pairs;
    }

    /** Finds the duplicates of an image, by distance, then by index, from an index on. */
    private List<Pair> of(ImageSource others, int image, int from) {
        if (others.channels() != images.channels()
                || others.height() != images.height()
                || others.width() != images.width()) {
            throw new IllegalArgumentException("expected images of the same shape");
        }
        byte[] pixels = others.image(image).pixels();
        Map<Integer, Pair> nearest = new HashMap<>();
        search(pixels, image, false, from, nearest);
        search(images.mirrored(pixels), image, true, from, nearest);
        List<Pair> found = new ArrayList<>(nearest.values());
        found.sort(Comparator.comparingDouble(Pair::distance).thenComparingInt(Pair::second));
        return found;
    }

    private void search(byte[] pixels, int image, boolean mirrored, int from, Map<Integer, Pair> nearest) {
        double[] low = new double[coordinates];
        double[] high = new double[coordinates];
        double reach = Math.sqrt(distance * distance * images.imageLength() + SLACK);
        double first = Double.POSITIVE_INFINITY;
        double last = Double.NEGATIVE_INFINITY;
        Arrays.fill(low, Double.POSITIVE_INFINITY);
        Arrays.fill(high, Double.NEGATIVE_INFINITY);
        double[] moved = new double[coordinates];
        for (Move move : moves) {
            project(pixels, move, moved, 0);
            for (int c = 0; c < coordinates; c++) {
                low[c] = Math.min(low[c], moved[c]);
                high[c] = Math.max(high[c], moved[c]);
            }
            first = Math.min(first, mean(moved, 0));
            last = Math.max(last, mean(moved, 0));
        }
        int start = Arrays.binarySearch(means, first - reach);
        start = start < 0 ? -start - 1 : start;
        while (start > 0 && means[start - 1] >= first - reach) {
            start--; // a binary search may find any of several equal values
        }
        for (int i = start; i < means.length && means[i] <= last + reach; i++) {
            if (order[i] >= from && mayReach(i, low, high, reach * reach)) {
                compare(pixels, image, mirrored, order[i], nearest);
            }
        }
    }

    /** Returns whether the distance to the box may be within the limit. */
    private boolean mayReach(int candidate, double[] low, double[] high, double limit) {
        double sum = 0;
        int at = candidate * coordinates;
        for (int c = 0; c < coordinates; c++) {
            double value = blocks[at + c];
            double outside = value < low[c] ? low[c] - value : value > high[c] ? value - high[c] : 0;
            sum += outside * outside;
            if (sum > limit) {
                return false;
            }
        }
        return true;
    }

    private void compare(byte[] pixels, int image, boolean mirrored, int candidate, Map<Integer, Pair> nearest) {
        images.read(candidate, other, 0);
        for (Move move : moves) {
            int compared = images.channels()
                    * (images.height() - Math.abs(move.down))
                    * (images.width() - Math.abs(move.right));
            long squares = squares(pixels, move, (long) (distance * distance * compared + SLACK));
            double apart = Math.sqrt((double) squares / compared);
            Pair known = nearest.get(candidate);
            if (apart <= distance && (known == null || apart < known.distance())) {
                nearest.put(candidate, new Pair(image, candidate, apart, mirrored, move.right, move.down));
            }
        }
    }

    /** Adds up the squared differences where both images have pixels, row by row until they exceed the limit. */
    private long squares(byte[] pixels, Move move, long limit) {
        int width = images.width();
        int height = images.height();
        int left = Math.max(0, move.right);
        int end = width + Math.min(0, move.right);
        long sum = 0;
        for (int c = 0; c < images.channels() && sum <= limit; c++) {
            for (int y = Math.max(0, move.down); y < height + Math.min(0, move.down) && sum <= limit; y++) {
                int own = (c * height + y - move.down) * width - move.right;
                int its = (c * height + y) * width;
                for (int x = left; x < end; x++) {
                    int difference = (pixels[own + x] & 0xff) - (other[its + x] & 0xff);
                    sum += (long) difference * difference;
                }
            }
        }
        return sum;
    }

    /** Writes the coordinates of the inner part after the image is moved. */
    private void project(byte[] pixels, Move move, double[] target, int at) {
        int coordinate = 0;
        for (int c = 0; c < images.channels(); c++) {
            for (int row = 1; row < rows.length; row++) {
                for (int column = 1; column < columns.length; column++) {
                    long sum = 0;
                    for (int y = rows[row - 1] - move.down; y < rows[row] - move.down; y++) {
                        int line = (c * images.height() + y) * images.width() - move.right;
                        for (int x = columns[column - 1]; x < columns[column]; x++) {
                            sum += pixels[line + x] & 0xff;
                        }
                    }
                    target[at + coordinate] = sum / Math.sqrt(size(coordinate));
                    coordinate++;
                }
            }
        }
    }

    /** Returns how many pixels the block of a coordinate has. */
    private int size(int coordinate) {
        int row = coordinate / (columns.length - 1) % (rows.length - 1);
        int column = coordinate % (columns.length - 1);
        return (rows[row + 1] - rows[row]) * (columns[column + 1] - columns[column]);
    }

    private double mean(double[] projected, int at) {
        double sum = 0;
        for (int c = 0; c < coordinates; c++) {
            sum += projected[at + c] * direction[c];
        }
        return sum;
    }

    /** Divides a side into as many parts as there are blocks, or into single pixels if there are fewer. */
    private static int[] edges(int from, int to) {
        int parts = Math.min(BLOCKS, to - from);
        return IntStream.rangeClosed(0, parts)
                .map(i -> from + i * (to - from) / parts)
                .toArray();
    }
}
