package io.catwalk.api;

import java.util.List;

/**
 * Classification task that a network has to solve: the images and their classes. Immutable; each {@code with} method
 * returns a changed copy.
 */
public final class Task extends Rule {

    private static final int SIDE_OF_PHOTO = 32;

    /** Smaller images in gray are mostly digits, letters and other drawings. */
    private static final int SIDE_OF_GRAY_PHOTO = 48;

    private final int channels;
    private final int height;
    private final int width;
    private final int classes;
    private final List<Integer> classSizes;
    private final boolean mirrored;

    private Task(int channels, int height, int width, int classes, List<Integer> classSizes, boolean mirrored) {
        Check.atLeast("channels", channels, 1);
        Check.atLeast("height", height, 1);
        Check.atLeast("width", width, 1);
        Check.atLeast("classes", classes, 2);
        if (!classSizes.isEmpty() && classSizes.size() != classes) {
            throw new IllegalArgumentException(
                    "classSizes must have a number for each of " + classes + " classes, but has " + classSizes.size());
        }
        classSizes.forEach(size -> Check.atLeast("classSizes", size, 0));
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.classes = classes;
        this.classSizes = List.copyOf(classSizes);
        this.mirrored = mirrored;
    }

    /**
     * Returns a task with the given image shape and number of classes; the rest is unknown.
     *
     * @param channels 1 for gray, 3 for color; at least 1
     * @param height rows of an image, in pixels; at least 1
     * @param width columns of an image, in pixels; at least 1
     * @param classes number of classes, which is the number of logits; at least 2
     * @throws IllegalArgumentException if a number is too small
     */
    public static Task of(int channels, int height, int width, int classes) {
        return new Task(channels, height, width, classes, List.of(), false);
    }

    /**
     * Sets the number of training images of each class.
     *
     * @param sizes numbers of images, each 0 or above, in the order of the classes; empty if unknown
     * @throws IllegalArgumentException if a number is negative, or their count is not that of the classes
     */
    public Task withClassSizes(List<Integer> sizes) {
        return new Task(channels, height, width, classes, sizes, mirrored);
    }

    /**
     * Sets whether a horizontally flipped image keeps its class: that of a shirt does, that of a digit does not.
     *
     * @param newMirrored whether flipped images are known to keep their class
     */
    public Task withMirrored(boolean newMirrored) {
        return new Task(channels, height, width, classes, classSizes, newMirrored);
    }

    /** {@return 1 for gray, 3 for color; at least 1} */
    public int channels() {
        return channels;
    }

    /** {@return rows of an image, in pixels; at least 1} */
    public int height() {
        return height;
    }

    /** {@return columns of an image, in pixels; at least 1} */
    public int width() {
        return width;
    }

    /** {@return number of classes, which is the number of logits; at least 2} */
    public int classes() {
        return classes;
    }

    /** {@return the number of training images of each class, in the order of the classes; empty if unknown} */
    public List<Integer> classSizes() {
        return classSizes;
    }

    /** {@return whether a horizontally flipped image is known to keep its class} */
    public boolean mirrored() {
        return mirrored;
    }

    /**
     * {@return whether the images are taken for photos: in color with sides of at least {@value #SIDE_OF_PHOTO} pixels, or in
     * gray with sides of at least {@value #SIDE_OF_GRAY_PHOTO}}
     */
    public boolean photos() {
        return Math.min(height, width) >= (channels > 1 ? SIDE_OF_PHOTO : SIDE_OF_GRAY_PHOTO);
    }

    /** {@return a text such as {@code 3x32x32 images of 10 classes}: channels, height, width} */
    @Override
    public String toString() {
        return channels + "x" + height + "x" + width + " images of " + classes + " classes";
    }
}
