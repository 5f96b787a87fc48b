package io.catwalk.runner.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Names the four files of a data set like MNIST, in the order of their names. */
enum IdxPart {
    TEST_IMAGES("t10k-images", 3),
    TEST_LABELS("t10k-labels", 1),
    TRAIN_IMAGES("train-images", 3),
    TRAIN_LABELS("train-labels", 1);

    private final String stem;
    private final int dimensions;

    IdxPart(String stem, int dimensions) {
        this.stem = stem;
        this.dimensions = dimensions;
    }

    /** Returns how many dimensions the file has: 3 for images (count, rows, columns), 1 for labels. */
    int dimensions() {
        return dimensions;
    }

    /** Returns the official name of the uncompressed file. */
    String fileName() {
        return stem + "-idx" + dimensions + "-ubyte";
    }

    /** Returns the file in this folder, under the first of its four usual names that exists. */
    Optional<Path> in(Path folder) {
        String dotted = stem + ".idx" + dimensions + "-ubyte";
        return List.of(fileName(), fileName() + ".gz", dotted, dotted + ".gz").stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
