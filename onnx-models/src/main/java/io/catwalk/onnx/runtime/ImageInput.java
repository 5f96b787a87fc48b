package io.catwalk.onnx.runtime;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Describes the only input of a file that takes images, whatever it returns.
 *
 * @param batch the only batch size that the file accepts, or {@link Signature#ANY_BATCH}
 * @param channels channels of an image; at least 1
 * @param height rows of an image; at least 1
 * @param width columns of an image; at least 1
 */
public record ImageInput(String name, Layout layout, PixelType pixels, int batch, int channels, int height, int width) {

    private static final int LARGEST_DIMENSION = 1 << 16;
    private static final String IMAGES =
            "float32, float16 or uint8 images (batch, channels, height, width) or (batch, height, width, channels)";

    /**
     * Looks for images among the inputs of a model.
     *
     * @param file path of the model, for messages
     * @param stated what its metadata says about preprocessing
     * @param hints size and layout, where the model leaves them open
     * @return its only input
     * @throws OnnxFileException if it has another number of inputs, or takes no images of one size
     */
    public static ImageInput of(Path file, List<TensorInfo> inputs, Optional<Preprocessing> stated, OnnxHints hints) {
        if (inputs.size() != 1) {
            throw Signature.refusal(
                    file,
                    "exactly one input: " + IMAGES,
                    inputs.size() + ": " + TensorInfo.listed(inputs),
                    "export images alone");
        }
        TensorInfo input = inputs.get(0);
        List<Axis> axes = input.knownAxes();
        if (!(isFloat(input.type()) || input.type() == TensorType.UINT8) || axes.size() != 4) {
            throw noImages(file, IMAGES, input);
        }
        Layout layout = hints.layout().orElseGet(() -> Layout.of(axes, stated));
        long channels = size(layout.channels(axes), 0, stated.map(Preprocessing::channels));
        if (!isUsable(channels)) {
            throw noImages(file, IMAGES + " with a fixed number of channels", input);
        }
        long height = size(layout.height(axes), hints.height(), stated.map(Preprocessing::height));
        long width = size(layout.width(axes), hints.width(), stated.map(Preprocessing::width));
        if (height == Axis.OPEN || width == Axis.OPEN) {
            throw new OnnxFileException(
                    file,
                    "images of a fixed size, or a size for them",
                    input.toString(),
                    "name the size, such as --image-size 224x224, or OnnxHints.withImageSize in Java");
        }
        if (!isUsable(height) || !isUsable(width) || channels * height * width > Integer.MAX_VALUE) {
            throw noImages(file, IMAGES + " with sizes of 1 to " + LARGEST_DIMENSION, input);
        }
        Axis batch = axes.get(0);
        return new ImageInput(
                input.name(),
                layout,
                switch (input.type()) {
                    case FLOAT -> PixelType.FLOAT32;
                    case FLOAT16 -> PixelType.FLOAT16;
                    default -> PixelType.UINT8;
                },
                isUsable(batch.size()) ? (int) batch.size() : Signature.ANY_BATCH,
                (int) channels,
                (int) height,
                (int) width);
    }

    /** {@return the shape of images in the layout of the file, four sizes} */
    public long[] shape(int count) {
        return layout.shape(count, channels, height, width);
    }

    /** Returns the size that the file fixes, else the one in the hints, else the one in its metadata. */
    private static long size(Axis axis, int hint, Optional<Integer> stated) {
        return !axis.isOpen()
                ? axis.size()
                : hint > 0 ? hint : stated.map(Integer::longValue).orElse(Axis.OPEN);
    }

    private static OnnxFileException noImages(Path file, String expected, TensorInfo input) {
        boolean convertible = input.type() == TensorType.DOUBLE && input.rank() == 4;
        return Signature.refusal(
                file,
                expected,
                input.toString(),
                convertible ? "convert it to float32" : "export the model with an image as its input");
    }

    static boolean isFloat(TensorType type) {
        return type == TensorType.FLOAT || type == TensorType.FLOAT16;
    }

    static boolean isUsable(long size) {
        return size >= 1 && size <= LARGEST_DIMENSION;
    }

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

        /** Returns the shape of some images. */
        long[] shape(int count, int imageChannels, int imageHeight, int imageWidth) {
            return this == NCHW
                    ? new long[] {count, imageChannels, imageHeight, imageWidth}
                    : new long[] {count, imageHeight, imageWidth, imageChannels};
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
}
