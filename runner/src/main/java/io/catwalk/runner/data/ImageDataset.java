package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
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
public record ImageDataset(String name, String sha256, List<String> classes, ImageSource train, ImageSource test) {

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

    /**
     * Numbers the classes as a network does that was trained on classes of the same names.
     *
     * @param order names of the network's classes, in the order of its logits
     * @param match what to do where they differ
     * @return the same images; by name, with classes in the given order and labels that fit it
     * @throws RequestException if the classes are matched by name and the names differ
     */
    public ImageDataset labeledAs(List<String> order, ClassMatch match) {
        if (match == ClassMatch.BY_INDEX || order.equals(classes)) {
            return this;
        }
        List<String> missing =
                order.stream().filter(one -> !classes.contains(one)).toList();
        List<String> unknown =
                classes.stream().filter(one -> !order.contains(one)).toList();
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new RequestException("expected the classes that the network was trained on, but " + name
                    + (missing.isEmpty() ? "" : " has no " + some(missing))
                    + (missing.isEmpty() || unknown.isEmpty() ? "" : " and")
                    + (unknown.isEmpty() ? "" : " has " + some(unknown) + " besides")
                    + ": choose another --dataset, or match classes by their places with --classes-by-index");
        }
        int[] places = classes.stream().mapToInt(order::indexOf).toArray();
        return new ImageDataset(name, sha256, order, train.relabeled(places), test.relabeled(places));
    }

    private static String some(List<String> names) {
        return names.size() > 3
                ? String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more"
                : String.join(", ", names);
    }

    private static List<Integer> shape(ImageSource images) {
        return List.of(images.channels(), images.height(), images.width());
    }

    private static void check(boolean holds, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException("Expected " + expected + ", found " + found);
        }
    }
}
