package io.catwalk.runner.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names one image file and its place in the data set.
 *
 * @param path where it is
 * @param name its path from the folder of the data set on, with {@code /}
 * @param label its class
 * @param part what it is for; null if nothing says it
 * @param group of images that belong together, such as those of one patient; empty if it is alone
 */
record ImageFile(
        Path path, String name, int label, @Nullable Part part, String group) {

    /** Says whether it is for something; one that nothing is said of is to learn from. */
    boolean isFor(Part wanted) {
        return part == null ? wanted == Part.TRAIN : part == wanted;
    }
}
