package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holds a whole data set.
 *
 * @param sha256 64 hexadecimal digits that identify the content. For IDX files: the SHA-256 of what
 *     {@code sha256sum t10k-images-idx3-ubyte t10k-labels-idx1-ubyte train-images-idx3-ubyte
 *     train-labels-idx1-ubyte} prints for the uncompressed files. For a folder of images: see
 *     {@link DataHome#load}
 * @param classes the name of each class, in the order of the labels; at least 2, all different
 * @param train the training images, validation images included
 * @param validating how many of the training images, the last ones, are the validation set; 0 if nothing says so
 * @param notes what users should know about how it was read, one line each
 */
public record ImageDataset(
        String name,
        String sha256,
        List<String> classes,
        ImageSource train,
        ImageSource test,
        int validating,
        List<String> notes) {

    /** Part of the notes that make a result doubtful, which reports repeat. */
    public static final String TOO_GOOD = "results may be too good";

    public ImageDataset {
        classes = List.copyOf(classes);
        notes = List.copyOf(notes);
        check(validating >= 0 && validating < train.size(), "images to learn from", validating + " to validate on");
        check(!name.isBlank(), "a name", "'" + name + "'");
        check(sha256.matches("[0-9a-f]{64}"), "a SHA-256 in lower-case hexadecimal", sha256);
        check(classes.size() >= 2, "at least 2 classes", classes);
        check(new HashSet<>(classes).size() == classes.size(), "different class names", classes);
        check(shape(train).equals(shape(test)), "test images like training images " + shape(train), shape(test));
        train.countPerClass(classes.size());
        test.countPerClass(classes.size());
    }

    /** Holds a data set without a validation set of its own and without notes. */
    public ImageDataset(String name, String sha256, List<String> classes, ImageSource train, ImageSource test) {
        this(name, sha256, classes, train, test, 0, List.of());
    }

    /**
     * Keeps some of the images, in equal shares of each class; the validation set of the data set is kept in full.
     *
     * @param most training images, or training and validation images if the data set has no validation set of its own;
     *     0 keeps all
     * @param mostTest test images; 0 keeps all
     */
    public ImageDataset limited(int most, int mostTest, long seed) {
        int learned = train.size() - validating;
        ImageSource fewer = train;
        if (most > 0 && most < learned) {
            int[] kept = train.chosen(learned, most, classes.size(), seed);
            fewer = train.select(IntStream.concat(IntStream.of(kept), IntStream.range(learned, train.size()))
                    .toArray());
        }
        ImageSource fewerTest = mostTest > 0 ? test.limit(mostTest, classes.size(), seed) : test;
        return new ImageDataset(name, sha256, classes, fewer, fewerTest, validating, notes);
    }

    /** Tells whether all images are test images here, of which a share was held out elsewhere: the others were trained on. */
    public boolean holdsAllOf(String otherSha256) {
        return IntStream.range(1, 10_000)
                .anyMatch(part -> ImageFolder.heldOut(sha256, part / 10_000.0).equals(otherSha256));
    }

    public ImageDataset withTest(ImageSource images) {
        return new ImageDataset(name, sha256, classes, train, images, validating, notes);
    }

    /**
     * Numbers the classes in the order of a network that was trained on classes of the same names.
     *
     * @param order names of the network's classes, in the order of its logits; by index, as many as these images have
     */
    public ImageDataset labeledAs(List<String> order, ClassMatch match) {
        if (order.equals(classes)) {
            return this;
        }
        if (match == ClassMatch.BY_INDEX) {
            return new ImageDataset(name, sha256, order, train, test, validating, notes);
        }
        List<String> missing =
                order.stream().filter(one -> !classes.contains(one)).toList();
        List<String> unknown =
                classes.stream().filter(one -> !order.contains(one)).toList();
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new RequestException("expected the classes that the network was trained on, but " + name
                    + (missing.isEmpty() ? "" : " has no " + FolderLayout.some(missing))
                    + (missing.isEmpty() || unknown.isEmpty() ? "" : " and")
                    + (unknown.isEmpty() ? "" : " has " + FolderLayout.some(unknown) + " besides")
                    + ": choose another --dataset, or match classes by their places with --classes-by-index");
        }
        int[] places = classes.stream().mapToInt(order::indexOf).toArray();
        return new ImageDataset(
                name, sha256, order, train.relabeled(places), test.relabeled(places), validating, notes);
    }

    /** Tells whether the same images, in another size, are split in the same way. */
    public boolean isDealtLike(ImageDataset other) {
        return train.isDealtLike(other.train) && test.isDealtLike(other.test);
    }

    private static List<Integer> shape(ImageSource images) {
        return List.of(images.channels(), images.height(), images.width());
    }

    private static void check(boolean holds, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException("Expected " + expected + ", found " + found);
        }
    }

    /** How the classes of other images are matched with the classes that a network was trained on. */
    public enum ClassMatch {
        /** By name: the order may differ, the names may not. */
        BY_NAME,
        /** By index: the names may differ, their number may not. */
        BY_INDEX
    }
}
