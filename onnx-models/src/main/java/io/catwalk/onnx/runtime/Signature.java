package io.catwalk.onnx.runtime;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Describes the input and the output of a classifier in an ONNX file.
 *
 * @param batch the only batch size that the file accepts, or {@link #ANY_BATCH}
 * @param channels channels of an image; at least 1
 * @param height rows of an image; at least 1
 * @param width columns of an image; at least 1
 * @param output name of the output, (batch, classes), or with further axes of size 1
 * @param scores type of its numbers: float32 or float16
 * @param classes number of logits per image; at least 1
 */
public record Signature(
        String input,
        Layout layout,
        PixelType pixels,
        int batch,
        int channels,
        int height,
        int width,
        String output,
        TensorType scores,
        int classes) {

    /** Stands for a file that accepts every batch size. */
    public static final int ANY_BATCH = 0;

    /** Name of the output that is preferred where a file has several. */
    static final String LOGITS = "logits";

    private static final String SCORES = "float32 or float16 logits (batch, classes) with a fixed number of classes";

    /** Type of the pixels that a file takes. */
    public enum PixelType {
        /** Normalized pixels. */
        FLOAT32,
        /** Normalized pixels, rounded to 16-bit floating point. */
        FLOAT16,
        /** Pixels 0 to 255; the file normalizes them itself. */
        UINT8
    }

    /**
     * Finds the input and the output of a file, without ONNX Runtime.
     *
     * @param hints what the file leaves open
     * @return names, types and sizes
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or is not an image classifier
     */
    public static Signature read(Path file, OnnxHints hints) {
        ModelFile model = ModelFile.read(file);
        return of(model, OnnxMetadata.of(file, model.metadata()), hints);
    }

    /** Tells whether other programs must convert numbers for the file: it takes or returns 16-bit floats. */
    public boolean half() {
        return pixels == PixelType.FLOAT16 || scores == TensorType.FLOAT16;
    }

    /** {@return how many numbers an image has: channels times height times width} */
    public int imageSize() {
        return channels * height * width;
    }

    /** {@return the input alone} */
    public ImageInput images() {
        return new ImageInput(input, layout, pixels, batch, channels, height, width);
    }

    /**
     * Looks for images among the inputs and for logits among the outputs.
     *
     * @param metadata of the model
     * @param hints what the model does not say
     * @throws OnnxFileException if it is no image classifier, contradicts itself, or has NaN among its weights
     */
    static Signature of(ModelFile model, OnnxMetadata metadata, OnnxHints hints) {
        Path file = model.file();
        ImageInput images = ImageInput.of(file, model.inputs(), metadata.preprocessing(), metadata.sized(hints));
        TensorInfo output = output(file, model.outputs(), hints.output());
        TensorInfo input = model.inputs().get(0);
        Axis batch = input.knownAxes().get(0);
        Axis answers = output.knownAxes().get(0);
        if (!answers.isOpen() && answers.size() != batch.size()) {
            throw refusal(
                    file,
                    "one row of logits per image",
                    input + " and " + output,
                    "export it with the same batch size in input and output");
        }
        Signature signature = new Signature(
                images.name(),
                images.layout(),
                images.pixels(),
                images.batch(),
                images.channels(),
                images.height(),
                images.width(),
                output.name(),
                output.type(),
                (int) output.knownAxes().get(1).size());
        checkAgree(file, signature, metadata, hints);
        model.requireNumbers();
        return signature;
    }

    private static void checkAgree(Path file, Signature signature, OnnxMetadata metadata, OnnxHints hints) {
        metadata.labels().ifPresent(labels -> {
            if (labels.size() != signature.classes()) {
                throw new OnnxFileException(
                        file,
                        signature.classes() + " labels, as many as logits",
                        labels.size() + " in its metadata",
                        "correct the entry " + MetadataKeys.LABELS);
            }
        });
        metadata.preprocessing().ifPresent(image -> {
            int channels = image.channels();
            boolean sameSize = image.height() == signature.height() && image.width() == signature.width();
            boolean chosen = hints.height() == signature.height() && hints.width() == signature.width();
            if (channels != signature.channels() || !(sameSize || chosen)) {
                throw new OnnxFileException(
                        file,
                        "preprocessing for its input of " + signature.channels() + " x " + signature.height() + " x "
                                + signature.width(),
                        channels + " x " + image.height() + " x " + image.width() + " in its metadata",
                        "correct the entries preprocessing.*");
            }
        });
    }

    /** Says why a file is no image classifier, and what runs it as it is. */
    static OnnxFileException refusal(Path file, String expected, String found, String remedy) {
        return new OnnxFileException(
                file, expected, found, remedy + ", or run it with OnnxRunner, which takes any inputs and outputs");
    }

    /** Finds the output with the given name, else the one with the usual name, else the only one with the fewest axes. */
    private static TensorInfo output(Path file, List<TensorInfo> outputs, Optional<String> wanted) {
        List<TensorInfo> named = outputs.stream()
                .filter(value -> value.name().equals(wanted.orElse(LOGITS)))
                .toList();
        if (wanted.isPresent() && named.isEmpty()) {
            throw new OnnxFileException(
                    file, "an output " + wanted.get(), TensorInfo.listed(outputs), "choose one of these");
        }
        List<TensorInfo> all = outputs.stream().filter(Signature::isLogits).toList();
        int fewest = all.stream().mapToInt(TensorInfo::rank).min().orElse(0);
        List<TensorInfo> fitting = all.stream()
                .filter(value -> named.isEmpty() ? value.rank() == fewest : named.contains(value))
                .toList();
        if (fitting.size() != 1) {
            throw refusal(
                    file,
                    (named.isEmpty() ? "an output " + LOGITS + ", or exactly one with " : "") + SCORES,
                    TensorInfo.listed(named.isEmpty() ? outputs : named),
                    all.isEmpty()
                            ? "export it with logits as an output; if only their shape is missing, onnx.shape_inference writes it"
                            : "choose "
                                    + all.stream()
                                            .map(value -> "--output " + value.name())
                                            .collect(Collectors.joining(", "))
                                    + ", or OnnxHints.withOutput in Java");
        }
        return fitting.get(0);
    }

    /** Tells whether an output has a number for each class: a map of one pixel, as a pooling leaves it, is one. */
    private static boolean isLogits(TensorInfo value) {
        return ImageInput.isFloat(value.type())
                && value.rank() >= 2
                && ImageInput.isUsable(value.knownAxes().get(1).size())
                && value.knownAxes().stream().skip(2).allMatch(axis -> axis.size() == 1);
    }
}
