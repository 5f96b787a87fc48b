package io.catwalk.runner.given;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names a file with predictions or a network of another program, and states what the file does not say itself. A setting
 * that cannot apply to the file, such as a normalization for one that takes bytes, is not used: one setting may hold for
 * several files.
 *
 * @param file an ONNX file, or a table of predictions
 * @param normalize how pixels are normalized
 * @param order {@code rgb} or {@code bgr}
 * @param fit how images of another shape are resized, as {@link Fit} reads it
 * @param labels names of the classes in the order of the outputs: {@code A,B,...}, or a file of them; or
 *     {@code index} for the order of the data set
 * @param output name of the output
 * @param size of the images, for a file that takes any
 */
public record GivenSource(
        String file,
        @Nullable TypedNormalization normalize,
        @Nullable String order,
        @Nullable String fit,
        @Nullable String labels,
        @Nullable String output,
        @Nullable String size) {

    /** Reads a backbone as users type it: {@code FILE.onnx}, or {@code FILE.onnx@TENSOR}. */
    public static GivenSource ofBackbone(String typed) {
        String[] parts = typed.split("(?i)(?<=\\.onnx)@", 2);
        return new GivenSource(parts[0], null, null, null, null, parts.length == 1 ? null : parts[1], null);
    }

    /** Returns the same with its file at another place. */
    public GivenSource at(String place) {
        return new GivenSource(place, normalize, order, fit, labels, output, size);
    }

    /** States what a run knows of a model; not its classes, where one has a comma in its name. */
    public static GivenSource of(GivenModel model) {
        ResizeRule rule = model.imageSize() == null ? null : ResizeRule.parse(model.imageSize());
        List<String> classes = model.classes();
        return new GivenSource(
                model.file(),
                model.mean() == null || model.std() == null
                        ? TypedNormalization.PIXELS
                        : new TypedNormalization(model.mean(), model.std()),
                model.order() == null ? null : model.order().key(),
                rule == null ? null : rule.fit().key(),
                classes == null || classes.stream().anyMatch(name -> name.contains(","))
                        ? null
                        : String.join(",", classes),
                model.output(),
                rule == null ? null : rule.width() + "x" + rule.height());
    }

    /** Takes from the options of several files what neither this nor the metadata of the file says about these classes. */
    public GivenSource orUnsaid(GivenSource options, List<String> classes) {
        if (!file.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
            return or(options);
        }
        OnnxMetadata own = metadata();
        boolean ordered = own.preprocessing().isPresent()
                || own.get(MetadataKeys.PIXEL_FORMAT).isPresent();
        return or(new GivenSource(
                file,
                TypedNormalization.said(own).isPresent() ? null : options.normalize,
                ordered ? null : options.order,
                options.fit,
                ClassNames.said(path(), own)
                                .filter(names -> names.containsAll(classes))
                                .isPresent()
                        ? null
                        : options.labels,
                options.output,
                options.size));
    }

    /** Takes what this does not state from another. */
    public GivenSource or(GivenSource other) {
        return new GivenSource(
                file,
                normalize == null ? other.normalize : normalize,
                order == null ? other.order : order,
                fit == null ? other.fit : fit,
                labels == null ? other.labels : labels,
                output == null ? other.output : output,
                size == null ? other.size : size);
    }

    /** Returns how images of another shape are fitted, as stated or as the file says; null if nothing says it. */
    @Nullable
    Fit fitting() {
        return fit != null
                ? Fit.parse(fit)
                : metadata().get(MetadataKeys.FIT).map(Fit::parse).orElse(null);
    }

    public Path path() {
        try {
            return Path.of(file).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new RequestException("expected a file, found " + Reasons.quoted(file) + ", which is no path", e);
        }
    }

    GivenModel.Kind kind() {
        String name = file.toLowerCase(Locale.ROOT);
        if (name.endsWith(".onnx")) {
            return GivenModel.Kind.ONNX;
        }
        if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".txt")) {
            return GivenModel.Kind.TABLE;
        }
        throw refusal(
                "a file .onnx or a table .csv", "another ending", "export a network as ONNX, and predictions as CSV");
    }

    OnnxMetadata metadata() {
        return read(() -> OnnxMetadata.read(path()));
    }

    /** Reads or runs an ONNX file; one that cannot be used is refused as any other request. */
    static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (OnnxFileException e) {
            throw new RequestException(Reasons.oneLine(String.valueOf(e.getMessage())), e);
        }
    }

    /** Returns the signature of the file; one that takes any size takes the stated one, its own, or else this one. */
    Signature signature(int height, int width) {
        return read(() -> Signature.read(path(), sized(hints(output), height, width)));
    }

    /** States the size of the images for a file that takes any: what is stated here, its own, or else this one. */
    OnnxHints sized(OnnxHints hints, int height, int width) {
        if (size != null) {
            ResizeRule typed = ResizeRule.ofSize(size, Fit.STRETCH);
            return hints.withImageSize(typed.height(), typed.width());
        }
        OnnxHints own = metadata().sized(hints);
        return own.height() > 0 ? own : hints.withImageSize(height, width);
    }

    static OnnxHints hints(@Nullable String output) {
        return output == null ? OnnxHints.none() : OnnxHints.none().withOutput(output);
    }

    RequestException refusal(String expected, String found, String remedy) {
        return refusal(file, expected, found, remedy);
    }

    static RequestException refusal(Object file, String expected, String found, String remedy) {
        return new RequestException(
                Reasons.visible(file + ": expected " + expected + ", found " + found + "; " + remedy));
    }
}
