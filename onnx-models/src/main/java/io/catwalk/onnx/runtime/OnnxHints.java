package io.catwalk.onnx.runtime;

import io.catwalk.onnx.runtime.ImageInput.Layout;
import java.util.Optional;

/**
 * Supplies what the file of a classifier leaves open. Immutable; each "with" method returns a changed copy.
 *
 * @param output name of the output to use; if empty, the output called {@code logits}, or else the only one that fits
 * @param height rows of an image, in pixels, for a file that accepts any number; 0 if not given
 * @param width columns of an image, in pixels, for a file that accepts any number; 0 if not given
 * @param layout order of the axes of images; if empty, it is derived from their sizes
 */
public record OnnxHints(Optional<String> output, int height, int width, Optional<Layout> layout) {

    /** Checks the size against its range. */
    public OnnxHints {
        if (height < 0 || width < 0 || (height == 0) != (width == 0)) {
            throw new IllegalArgumentException(
                    "height and width must be at least 1, or both 0, but are " + height + " and " + width);
        }
    }

    /** {@return empty hints, for a file that leaves nothing open} */
    public static OnnxHints none() {
        return new OnnxHints(Optional.empty(), 0, 0, Optional.empty());
    }

    /**
     * Chooses an output by its name.
     *
     * @param name of an output of the file
     */
    public OnnxHints withOutput(String name) {
        return new OnnxHints(Optional.of(name), height, width, layout);
    }

    /**
     * Sets the size of the images for a file that accepts any size. A file with a fixed size keeps it;
     * {@link OnnxPredictor#signature} returns the size in use.
     *
     * @param height rows, in pixels; at least 1
     * @param width columns, in pixels; at least 1
     */
    public OnnxHints withImageSize(int height, int width) {
        return new OnnxHints(output, height, width, layout);
    }

    /**
     * Sets the order of the axes, for a file whose sizes suggest the wrong order.
     *
     * @param layout of the images that the file takes
     */
    public OnnxHints withLayout(Layout layout) {
        return new OnnxHints(output, height, width, Optional.of(layout));
    }
}
