package io.catwalk.runner.data;

import java.util.HashSet;
import java.util.List;

/**
 * Holds a whole data set.
 *
 * @param name what people call it
 * @param sha256 64 hexadecimal digits that identify the content. For IDX files: the SHA-256 of what
 *     {@code sha256sum t10k-images-idx3-ubyte t10k-labels-idx1-ubyte train-images-idx3-ubyte
 *     train-labels-idx1-ubyte} prints for the uncompressed files. For a folder of images: see
 *     {@link ImageDatasets#load}
 * @param classes the name of each class, in the order of the labels; at least 2, all different
 * @param train the images to train and validate on
 * @param test the images to judge on, of the same shape
 */
public record ImageDataset(String name, String sha256, List<String> classes, LabeledImages train, LabeledImages test) {

    /**
     * Copies the class names and checks that everything fits.
     *
     * @throws IllegalArgumentException if it does not
     */
    public ImageDataset {
        classes = List.copyOf(classes);
        check(!name.isBlank(), "a name", "'" + name + "'");
        check(sha256.matches("[0-9a-f]{64}"), "a SHA-256 in lower-case hexadecimal", sha256);
        check(classes.size() >= 2, "at least 2 classes", classes);
        check(new HashSet<>(classes).size() == classes.size(), "different class names", classes);
        check(shape(train).equals(shape(test)), "test images like training images " + shape(train), shape(test));
        train.countPerClass(classes.size());
        test.countPerClass(classes.size());
    }

    private static List<Integer> shape(LabeledImages images) {
        return List.of(images.channels(), images.height(), images.width());
    }

    private static void check(boolean holds, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException("Expected " + expected + ", found " + found);
        }
    }
}
