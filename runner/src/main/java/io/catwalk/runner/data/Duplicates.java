package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
 * <p>The search is exact: it skips most pairs, but only by a lower bound of their distance (see {@link
 * Lookalikes}).
 */
public final class Duplicates {

    /** The distance in words. */
    public static final String DISTANCE = "The distance of two images is the root mean square difference of their "
            + "pixels, from 0 to 255 gray levels, over all channels. One of them may be mirrored left to right and "
            + "moved by one pixel in each direction, whichever gives the smallest distance; pixels that then have no "
            + "counterpart do not count.";

    /** Up to this distance, in gray levels, two images look the same. */
    public static final double NEAR = 8;

    /** More pairs than this are found only where the distance does not distinguish the images. */
    private static final int MOST = 1_000_000;

    private static final double LARGEST = 255;

    private Duplicates() {}

    /** Finds the images of one set that resemble images of another: all pairs, by the first, then by distance. */
    public static List<Duplicate> between(ImageSource first, ImageSource second, double distance) {
        Lookalikes lookalikes = new Lookalikes(second, checked(distance));
        return pairs(first, lookalikes, 0, distance);
    }

    /** Finds the images of a set that resemble each other: all pairs, each once with the lower index first. */
    public static List<Duplicate> within(ImageSource images, double distance) {
        return pairs(images, new Lookalikes(images, checked(distance)), 1, distance);
    }

    /** With a step of 1, an image is paired only with those after it; with 0, with all. */
    private static List<Duplicate> pairs(ImageSource first, Lookalikes lookalikes, int step, double distance) {
        List<Duplicate> pairs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            pairs.addAll(lookalikes.of(first, i, step * (i + 1)));
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

    private static double checked(double distance) {
        if (!(distance >= 0 && distance <= LARGEST)) {
            throw new RequestException(
                    "--distance must be from 0 (the same pixels) to 255 gray levels, but is " + distance);
        }
        return distance;
    }
}
