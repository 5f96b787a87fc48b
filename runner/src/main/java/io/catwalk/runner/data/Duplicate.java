package io.catwalk.runner.data;

/**
 * Holds a pair of images that look the same, by the distance of {@link Duplicates}.
 *
 * @param first index of an image in the first set, from 0
 * @param second index of the image in the second set that it resembles, from 0
 * @param distance of the two, 0 to 255 gray levels
 * @param mirrored whether the first is mirrored left to right to resemble the second
 * @param right columns that it is then moved to the right; -1 to 1
 * @param down rows that it is then moved down; -1 to 1
 */
public record Duplicate(int first, int second, double distance, boolean mirrored, int right, int down) {

    /** Tells whether both have the same pixels, and nothing had to be mirrored or moved for it. */
    public boolean exact() {
        return distance == 0 && !mirrored && right == 0 && down == 0;
    }
}
