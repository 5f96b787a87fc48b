package io.catwalk.runner.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names one image file and its place in the data set.
 *
 * @param path where it is
 * @param name its path relative to the folder of the data set, with {@code /}
 * @param label its class
 * @param part what it is for; null if nothing says so
 * @param group name that is shared by images that belong together, such as those of one patient; empty if it has none
 */
record ImageFile(
        Path path, String name, int label, @Nullable Part part, String group) {

    /** Returns whether it belongs to a part; an image without a part is a training image. */
    boolean isFor(Part wanted) {
        return part == null ? wanted == Part.TRAIN : part == wanted;
    }
}
