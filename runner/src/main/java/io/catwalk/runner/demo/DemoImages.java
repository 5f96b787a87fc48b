package io.catwalk.runner.demo;

import io.catwalk.runner.data.ImageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images and classes of all networks of the page.
 *
 * @param dataset name of the data set, for people
 * @param classes names in the order of the outputs
 * @param channels 1 for gray, 3 for red, green, blue
 * @param height input height of the networks, in pixels
 * @param width input width of the networks, in pixels
 * @param tests images of that shape to choose from; null for none
 */
public record DemoImages(
        String dataset,
        List<String> classes,
        int channels,
        int height,
        int width,
        @Nullable ImageSource tests) {

    /**
     * Returns these images under another name.
     *
     * @param newDataset name of the data set, for people
     * @return images of the same shape and classes
     */
    public DemoImages named(String newDataset) {
        return new DemoImages(newDataset, classes, channels, height, width, tests);
    }

    /**
     * Tells whether one page can show networks for these images and networks for others.
     *
     * @param other images, perhaps of another data set
     * @return whether their classes and their shape are the same
     */
    public boolean fits(DemoImages other) {
        return classes.equals(other.classes)
                && channels == other.channels
                && height == other.height
                && width == other.width;
    }

    byte[] pixels() {
        return tests == null ? new byte[0] : tests.read(0, tests.size());
    }

    int[] truth() {
        return tests == null ? new int[0] : tests.labels();
    }
}
