package io.catwalk.onnx.runtime;

import io.catwalk.onnx.runtime.TensorInfo.Axis;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names the order of the axes of images. */
public enum Layout {
    /** (batch, channels, height, width), the order of PyTorch and of ONNX itself. */
    NCHW(1, 2, 3),
    /** (batch, height, width, channels), the order of TensorFlow and of image files. */
    NHWC(3, 1, 2);

    private static final Set<Long> USUAL_CHANNELS = Set.of(1L, 3L, 4L); // gray, color, color with transparency

    /** Name of an axis. */
    private static final String CHANNELS = "channels";

    private final int channels;
    private final int height;
    private final int width;

    Layout(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
    }

    Axis channels(List<Axis> axes) {
        return axes.get(channels);
    }

    Axis height(List<Axis> axes) {
        return axes.get(height);
    }

    Axis width(List<Axis> axes) {
        return axes.get(width);
    }

    /**
     * Derives the order from four axes. The number of channels is that of the preprocessing in the metadata, or else 1,
     * 3 or 4: channels come last if the last axis has such a size and the second axis has not, or is called so.
     */
    static Layout of(List<Axis> axes, Optional<Preprocessing> stated) {
        if (NHWC.channels(axes).name().equals(CHANNELS)) {
            return NHWC;
        }
        Set<Long> expected =
                stated.map(image -> Set.of((long) image.channels())).orElse(USUAL_CHANNELS);
        boolean last = expected.contains(NHWC.channels(axes).size());
        return last && !expected.contains(NCHW.channels(axes).size()) ? NHWC : NCHW;
    }
}
