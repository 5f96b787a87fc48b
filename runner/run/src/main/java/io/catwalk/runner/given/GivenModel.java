package io.catwalk.runner.given;

import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.ImageInput;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says all that is needed to evaluate a file of another program, besides the file and the images.
 *
 * @param file its absolute path
 * @param sha256 its {@link #digest}
 * @param imageSize what the images are resized to for it, as {@link ResizeRule} writes it; null for images as they are
 * @param mean of pixel / 255, for red, green and blue, or for gray; null for a table, and for a file that takes pixels
 *     from 0 to 255
 * @param std likewise
 * @param order of the channels that it takes; null for a table
 * @param output name of the output; null for a table
 * @param classes their names in the order of the outputs; null for a table that names them itself
 */
public record GivenModel(
        String file,
        String sha256,
        Kind kind,
        @Nullable String imageSize,
        @Nullable List<Double> mean,
        @Nullable List<Double> std,
        @Nullable Order order,
        @Nullable String output,
        @Nullable List<String> classes) {

    public enum Kind {
        ONNX,
        TABLE
    }

    /** The channels of an image, in order. */
    public enum Order {
        /** Red, green, blue; a gray image has the same pixels in each. */
        RGB,
        BGR,
        /** One channel; colors are converted to it. */
        GRAY;

        /** Returns the name that users write. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads a file, and finds what its source does not state. No native code is run.
     *
     * @param dataset what the file is evaluated on: its classes, and its images in any size
     * @param fit how the images of the data set are fitted, for a file that takes another size and does not say how;
     *     null if they are not
     * @throws RequestException if something cannot be known; the message says what to state
     */
    public static GivenModel of(GivenSource source, ImageDataset dataset, @Nullable Fit fit) {
        Path path = source.path();
        if (!Files.isRegularFile(path)) {
            throw source.refusal("a file", Reasons.noFile(path), "check the path");
        }
        Kind kind = source.kind();
        ClassNames names = new ClassNames(source, dataset.classes());
        if (kind == Kind.TABLE) {
            return new GivenModel(path.toString(), digest(path), kind, null, null, null, null, null, names.stated());
        }
        ImageSource images = dataset.test();
        Signature signature = source.signature(images.height(), images.width());
        return of(
                source,
                signature.images(),
                images,
                fit,
                signature.output(),
                names.ofOutputs(source.metadata(), signature.classes()));
    }

    /** Completes what is said of a network whose input is known. */
    static GivenModel of(
            GivenSource source,
            ImageInput input,
            ImageSource images,
            @Nullable Fit fit,
            String output,
            @Nullable List<String> classes) {
        if (input.channels() != 1 && input.channels() != 3) {
            throw source.refusal(
                    "a network for 1 or 3 channels",
                    input.channels() + " channels",
                    "only gray and color images are read");
        }
        Path path = source.path();
        OnnxMetadata metadata = source.metadata();
        TypedNormalization typed = normalization(source, input, metadata);
        TypedNormalization normalization = TypedNormalization.PIXELS.equals(typed) ? null : typed;
        return new GivenModel(
                path.toString(),
                digest(path),
                Kind.ONNX,
                imageSize(source, input, images, fit),
                normalization == null ? null : normalization.mean(path, input.channels()),
                normalization == null ? null : normalization.std(path, input.channels()),
                order(source, input, metadata),
                output,
                classes);
    }

    /** Returns the SHA-256 of a file, or of those of the file and of the files beside it that hold its weights. */
    public static String digest(Path file) {
        try {
            List<Path> files =
                    file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx") ? ModelFiles.of(file) : List.of(file);
            if (files.size() == 1) {
                return Sha256.of(file);
            }
            Sha256 all = new Sha256();
            for (Path one : files) {
                all.add(Sha256.of(one));
            }
            return all.hex();
        } catch (IOException e) {
            throw new RequestException(
                    "expected to read " + file + ", but " + Reasons.of(e) + "; check its permissions", e);
        }
    }

    private static @Nullable String imageSize(
            GivenSource source, ImageInput input, ImageSource images, @Nullable Fit otherwise) {
        boolean same = input.height() == images.height() && input.width() == images.width();
        if (same && (source.fit() == null || images.file(0).isEmpty())) {
            return null;
        }
        String own = images.width() + "x" + images.height();
        String size = input.width() + "x" + input.height();
        if (images.file(0).isEmpty()) {
            throw source.refusal(
                    "a network for images of " + own + ", which are no files to resize",
                    "one for " + size,
                    "choose another data set");
        }
        Fit stated = source.fitting();
        Fit fit = stated == null ? otherwise : stated;
        if (fit == null) {
            throw source.refusal(
                    "how images are resized from " + own + " to its " + size,
                    "nothing about it",
                    "state fit: stretch, crop or pad, or resize all images with --image-size and --fit");
        }
        return new ResizeRule(input.width(), input.height(), fit).toString();
    }

    /** Returns null for pixels from 0 to 255 as they are. */
    private static @Nullable TypedNormalization normalization(
            GivenSource source, ImageInput input, OnnxMetadata metadata) {
        if (input.pixels() == PixelType.UINT8) {
            return null;
        }
        return Optional.ofNullable(source.normalize())
                .or(() -> TypedNormalization.said(metadata))
                .orElseThrow(() -> source.refusal(
                        "how its pixels are normalized",
                        "nothing about it in its metadata",
                        "state --normalize imagenet, 0-1, -1-1, none, MEAN/STD or a preprocessor_config.json (normalize: in"
                                + " an experiment file)"));
    }

    private static Order order(GivenSource source, ImageInput input, OnnxMetadata metadata) {
        if (input.channels() == 1) {
            return Order.GRAY;
        }
        if (source.order() == null) {
            return isBlueFirst(metadata) ? Order.BGR : Order.RGB;
        }
        return switch (source.order().toLowerCase(Locale.ROOT)) {
            case "rgb" -> Order.RGB;
            case "bgr" -> Order.BGR;
            default -> throw source.refusal("the order rgb or bgr", Reasons.quoted(source.order()), "correct order");
        };
    }

    /** Tells whether a file says in the words of ONNX that blue is its first channel. */
    public static boolean isBlueFirst(OnnxMetadata metadata) {
        return metadata.get(MetadataKeys.PIXEL_FORMAT).filter("Bgr8"::equals).isPresent();
    }

    /** Returns the pixels of an image as a network takes them. */
    public byte[] input(RasterImage image) {
        return GivenNetwork.ordered(Objects.requireNonNull(order), image.pixels(), image.channels(), 1);
    }

    /** Returns how the channels that a network takes are normalized, in its order; pixels from 0 to 255 stay. */
    public Normalization normalization() {
        int channels = order == Order.GRAY ? 1 : 3;
        List<Double> means = new ArrayList<>(mean == null ? Collections.nCopies(channels, 0.0) : mean);
        List<Double> deviations = new ArrayList<>(std == null ? Collections.nCopies(channels, 1 / 255.0) : std);
        if (order == Order.BGR) {
            Collections.reverse(means);
            Collections.reverse(deviations);
        }
        return Normalization.of(means, deviations);
    }

    /** Returns what the file leaves open, for images of this size. */
    public OnnxHints hints(RasterImage image) {
        return GivenSource.hints(output).withImageSize(image.height(), image.width());
    }

    /** Returns the same with its file at another place. */
    public GivenModel at(String place) {
        return new GivenModel(place, sha256, kind, imageSize, mean, std, order, output, classes);
    }

    GivenModel with(@Nullable List<Double> newMean, @Nullable List<Double> newStd, @Nullable Order newOrder) {
        return new GivenModel(file, sha256, kind, imageSize, newMean, newStd, newOrder, output, classes);
    }
}
