package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads data sets: says where they are found, and where their images are cached.
 *
 * @param known the folder that holds the folders of the data sets that are known by name
 */
public record DataHome(Path known, ImageCache cache) {

    /** Uses the standard cache, without reports of progress. */
    public static DataHome of(Path known) {
        return new DataHome(known, new ImageCache(ImageCache.standardFolder(), ImageCache.Listener.none()));
    }

    /**
     * Loads a data set that is known by name, or one from a folder. A folder holds either
     *
     * <ul>
     *   <li>four IDX files like MNIST's: {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte},
     *       {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, perhaps with a dot before
     *       {@code idx}, perhaps with {@code .gz}; and perhaps a file {@code classes.txt} or
     *       {@code labels.txt} with the name of one class per line; or
     *   <li>images in PNG, JPEG, GIF, BMP, TIFF or WebP, as {@code train/CLASS/*}, {@code test/CLASS/*} and perhaps
     *       {@code val/CLASS/*}, as {@code CLASS/*}, or as given by a table of labels: gray, or color if any of them
     *       is. Other files and hidden files are skipped.
     * </ul>
     *
     * <p>The SHA-256 of a folder of images is taken over the class names, how images are resized, the path (relative to
     * the folder, with {@code /}), label, part and group of every image, training images first, in the order of classes
     * and file names, and the SHA-256 of each file; where any training images have the same pixels or group, once more
     * over that and {@code clusters}; where a share is held out as the test set, once more over that and the share.
     * Texts are UTF-8 after their length; lengths and labels are 32-bit big-endian numbers.
     *
     * @param rule what to resize the images of a folder to, or null if they must have one size already
     */
    public ImageDataset load(String nameOrFolder, @Nullable ResizeRule rule, FolderReading reading) {
        boolean known = isKnown(nameOrFolder);
        Path folder = folder(nameOrFolder);
        if (!Files.isDirectory(folder)) {
            throw new RequestException(
                    "Data set '%s': expected %s, found no such folder %s".formatted(nameOrFolder, expected(), folder));
        }
        if (known || IdxFolder.isOne(folder)) {
            if (reading.isForImages()) {
                throw new RequestException(
                        "Data set '%s': expected no --labels, --test-share and --skip-unreadable, which are for folders of image files; leave them out"
                                .formatted(nameOrFolder));
            }
            if (!known && !reading.follows()) {
                IdxFolder.requireInside(folder);
            }
            return IdxFolder.load(folder, rule, known ? IdxFolder.FASHION_SHA256 : List.of(), cache);
        }
        return ImageFolder.load(folder, rule, reading, cache);
    }

    /** Lists the files that are read of a data set in a folder, and no other file that lies there. */
    public static SortedMap<String, Path> files(Path folder, FolderReading reading) {
        SortedMap<String, Path> files = new TreeMap<>();
        if (IdxFolder.isOne(folder)) {
            if (!reading.follows()) {
                IdxFolder.requireInside(folder);
            }
            IdxFolder.files(folder).forEach(file -> files.put(name(file), file));
        } else {
            FolderLayout.of(folder, reading).files().forEach(file -> files.put(file.name(), file.path()));
        }
        return files;
    }

    /** Tells whether a data set is a folder of images of which nothing says which are test images. */
    public boolean lacksTest(String nameOrFolder, FolderReading reading) {
        Path folder = folder(nameOrFolder);
        return !isKnown(nameOrFolder)
                && Files.isDirectory(folder)
                && !IdxFolder.isOne(folder)
                && !FolderLayout.of(folder, reading).has(FolderLayout.Part.TEST);
    }

    public Path folder(String nameOrFolder) {
        if (isKnown(nameOrFolder)) {
            return known.resolve(IdxFolder.FASHION_MNIST);
        }
        try {
            return Path.of(nameOrFolder);
        } catch (InvalidPathException e) {
            throw new RequestException(
                    "Data set '%s': expected %s, found an invalid path".formatted(nameOrFolder, expected()), e);
        }
    }

    /** Tells whether a data set is known by name, rather than by its folder. */
    public static boolean isKnown(String nameOrFolder) {
        return nameOrFolder.equals(IdxFolder.FASHION_MNIST);
    }

    /** Returns the last part of a path, or the whole path if it has no parts. */
    static String name(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? path.toString() : last.toString();
    }

    private String expected() {
        return ("the name '%s' (its files are in %s), or a folder with %s and the like, "
                        + "or a folder of images as CLASS/*, or as train/CLASS/* and test/CLASS/*")
                .formatted(
                        IdxFolder.FASHION_MNIST,
                        known.resolve(IdxFolder.FASHION_MNIST),
                        IdxFile.Part.TRAIN_IMAGES.fileName());
    }
}
