package io.catwalk.onnx.runtime;

import java.util.Optional;

/**
 * Says of a classifier what its file leaves open. Immutable: a change gives a changed copy.
 *
 * @param output name of the output to take; empty takes the one that is called {@code logits}, or the only one that
 *     fits
 * @param height rows of an image, in pixels, where the file takes any number of them; 0 if that is not said
 * @param width columns of an image, in pixels, likewise
 * @param layout order of the axes of images; empty finds it by their sizes
 */
public record OnnxHints(Optional<String> output, int height, int width, Optional<Layout> layout) {

    /** Checks the size against its range. */
    public OnnxHints {
        if (height < 0 || width < 0 || (height == 0) != (width == 0)) {
            throw new IllegalArgumentException(
                    "height and width must be at least 1, or both 0, but are " + height + " and " + width);
        }
    }

    /**
     * Returns hints that say nothing, for a file that says everything.
     *
     * @return the hints to start from
     */
    public static OnnxHints none() {
        return new OnnxHints(Optional.empty(), 0, 0, Optional.empty());
    }

    /**
     * Chooses an output by its name.
     *
     * @param name of an output of the file
     * @return a changed copy
     */
    public OnnxHints withOutput(String name) {
        return new OnnxHints(Optional.of(name), height, width, layout);
    }

    /**
     * Names the size of the images for a file that takes any. A file that takes one size only keeps to that, which
     * {@link OnnxPredictor#signature} tells.
     *
     * @param height rows, in pixels; at least 1
     * @param width columns, in pixels; at least 1
     * @return a changed copy
     */
    public OnnxHints withImageSize(int height, int width) {
        return new OnnxHints(output, height, width, layout);
    }

    /**
     * Names the order of the axes, where their sizes tell it wrongly.
     *
     * @param layout of the images that the file takes
     * @return a changed copy
     */
    public OnnxHints withLayout(Layout layout) {
        return new OnnxHints(output, height, width, Optional.of(layout));
    }
}
