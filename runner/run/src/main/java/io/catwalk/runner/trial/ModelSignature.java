package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.given.ClassNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Describes an ONNX file in a file beside it, with all that a program needs to run it: runtimes for JavaScript and
 * OpenCV do not show the metadata of the file.
 *
 * @param model name of the ONNX file
 * @param labels names of the classes in the order of the output; null if they are not known
 * @param color {@code gray}, {@code rgb} (red first), or null for other channels
 * @param resize how an image is resized to the size of the network
 * @param normalization of the pixels; null if the file takes pixels and normalizes them itself
 * @param exifOrientation {@code outside} for a file that resizes images itself: programs must turn them upright, as their EXIF
 *     orientation says, before they take their bytes; null for others
 */
public record ModelSignature(
        int schema,
        String model,
        Input input,
        Output output,
        @Nullable List<String> labels,
        @Nullable String color,
        Resize resize,
        @Nullable Normalization normalization,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String exifOrientation) {

    /** Says that it is not the file that turns images. */
    private static final String OUTSIDE = "outside";

    private static final int SCHEMA = 1;

    /**
     * The input tensor.
     *
     * @param type {@code float32}, or {@code uint8} for pixels from 0 to 255
     * @param layout {@code NCHW} or {@code NHWC}
     * @param shape four sizes; the first is {@code "batch"} if any number of images is accepted, and the others are names,
     *     too, if the file resizes images of 1 or 3 channels itself
     */
    public record Input(String name, String type, String layout, List<Object> shape) {}

    /**
     * The output tensor, {@code float32}.
     *
     * @param shape batch and classes
     * @param scores {@code logits}, whose softmax gives probabilities, {@code probabilities}, or {@code independent}: those
     *     of each class by itself, which need not sum to 1
     */
    public record Output(String name, String type, List<Object> shape, String scores) {}

    /**
     * Describes how an image of another size is resized. Another filter changes a probability by up to 0.24.
     *
     * @param fit {@code stretch}, {@code crop} or {@code pad}; null if the network was trained only on images of this
     *     size
     * @param shrink filter, as Pillow names it, for an axis that shrinks: the mean of the area
     * @param enlarge filter, as Pillow names it, for an axis that grows
     */
    public record Resize(int width, int height, @Nullable String fit, String shrink, String enlarge) {}

    /** The numbers of {@code (pixel / 255 - mean) / std}, one for each channel. */
    public record Normalization(List<Double> mean, List<Double> std) {}

    /** Returns the path of the signature of a file: {@code lstm.signature.json} beside {@code lstm.onnx}. */
    public static Path beside(Path file) {
        return ModelFiles.beside(file, ".signature.json");
    }

    /** Describes a file by its own metadata, with the preprocessing from there or from the user. */
    public static ModelSignature stated(Path file, OnnxPredictor predictor, Preprocessing preprocessing) {
        return of(file, predictor, preprocessing.color(), new Normalization(preprocessing.mean(), preprocessing.std()));
    }

    /** Describes a file; {@code normalization} is used only if it does not normalize itself. */
    static ModelSignature of(Path file, OnnxPredictor predictor, @Nullable String color, Normalization normalization) {
        Signature signature = predictor.signature();
        OnnxMetadata metadata = predictor.metadata();
        Object batch = signature.batch() == Signature.ANY_BATCH ? "batch" : (Object) signature.batch();
        List<Object> shape = predictor.resizes()
                ? List.of(batch, "height", "width", "channels")
                : switch (signature.layout()) {
                    case NCHW -> List.of(batch, signature.channels(), signature.height(), signature.width());
                    case NHWC -> List.of(batch, signature.height(), signature.width(), signature.channels());
                };
        return new ModelSignature(
                SCHEMA,
                file.getFileName().toString(),
                new Input(
                        signature.input(),
                        lower(signature.pixels()),
                        signature.layout().name(),
                        shape),
                new Output(
                        signature.output(), "float32", List.of(batch, signature.classes()), lower(predictor.scores())),
                ClassNames.said(file, metadata)
                        .filter(names -> names.size() == signature.classes())
                        .orElse(null),
                color,
                new Resize(
                        signature.width(),
                        signature.height(),
                        metadata.get(MetadataKeys.FIT)
                                .map(Fit::parse)
                                .map(Fit::key)
                                .orElse(null),
                        "box",
                        "bilinear"),
                signature.pixels() == PixelType.UINT8 ? null : normalization,
                predictor.resizes() ? OUTSIDE : null);
    }

    /** Writes the signature as JSON, in place of an existing file. */
    public void write(Path file) throws IOException {
        AtomicFiles.write(file, Json.JSON.writeValueAsString(this) + "\n");
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
