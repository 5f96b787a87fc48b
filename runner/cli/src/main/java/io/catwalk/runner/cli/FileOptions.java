package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.ColorMode;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Options of a command that add what an ONNX file does not say about itself. */
final class FileOptions {

    @Option(
            names = "--normalize",
            paramLabel = "MEAN/STD|JSON",
            description = "Normalize (pixel / 255 - MEAN) / STD, for a file that does not say how: one number for all "
                    + "channels or one each, such as 0.485,0.456,0.406/0.229,0.224,0.225; or JSON with mean and std, or "
                    + "a file of it, such as preprocessor_config.json.")
    private @Nullable String normalize;

    @Option(names = "--output", paramLabel = "NAME", description = "The output with logits. Default: logits")
    private @Nullable String output;

    boolean normalizes() {
        return normalize != null;
    }

    OnnxHints hints() {
        return output == null ? OnnxHints.none() : OnnxHints.none().withOutput(output);
    }

    /** Finds how to normalize: from the options, else from the file. A file that takes bytes gets unchanged pixels. */
    Preprocessing preprocessing(Path file, OnnxPredictor predictor) {
        return preprocessing(file, predictor, normalize);
    }

    static Preprocessing preprocessing(Path file, OnnxPredictor predictor, @Nullable String normalize) {
        Signature signature = predictor.signature();
        boolean bytes = signature.pixels() == PixelType.UINT8;
        if (normalize != null && bytes) {
            throw new RequestException(
                    file + ": expected no --normalize, because it takes pixels from 0 to 255; leave it out");
        }
        Preprocessing stated = predictor.metadata().preprocessing().orElse(null);
        if (normalize == null && stated != null) {
            return new Preprocessing(
                    stated.color(), signature.height(), signature.width(), stated.mean(), stated.std());
        }
        if (normalize == null && !bytes) {
            throw new RequestException(file + ": expected the mean and deviation of the pixels in the metadata, found "
                    + "none; give them with --normalize MEAN/STD, such as 0.5/0.25");
        }
        int channels = signature.channels();
        if (channels != 1 && channels != 3) {
            throw new RequestException(file + ": expected a network for 1 or 3 channels, found " + channels
                    + " channels; only gray and color images are read");
        }
        TypedNormalization typed = normalize == null ? TypedNormalization.PIXELS : TypedNormalization.parse(normalize);
        return new Preprocessing(
                channels == 1 ? ColorMode.GRAY : ColorMode.RGB,
                signature.height(),
                signature.width(),
                perChannel(file, "means", typed.mean(), channels),
                perChannel(file, "deviations", typed.std(), channels));
    }

    private static List<Double> perChannel(Path file, String what, List<Double> values, int channels) {
        if (values.size() != 1 && values.size() != channels) {
            throw new RequestException(file + ": expected " + channels + " " + what
                    + " in --normalize, one per channel, or one for all, found " + values.size());
        }
        return values.size() == 1 ? Collections.nCopies(channels, values.get(0)) : values;
    }

    /**
     * A normalization as people and other programs write it: {@code (pixel / 255 - mean) / std}, for all channels or each.
     */
    private record TypedNormalization(List<Double> mean, List<Double> std) {

        static final TypedNormalization PIXELS = new TypedNormalization(List.of(0.0), List.of(1 / 255.0));

        private static final String FORMS =
                "0.286,0.353, or per channel 0.485,0.456,0.406/0.229,0.224,0.225, or JSON such "
                        + "as {\"mean\": [0.5], \"std\": [0.25]}, or a file of it";

        private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");

        private static final double RESCALE = 1 / 255.0;

        TypedNormalization {
            for (double deviation : std) {
                if (!(deviation > 0) || !Double.isFinite(deviation)) {
                    throw new RequestException("the STD of --normalize must be above 0, but is " + plain(deviation));
                }
            }
        }

        static TypedNormalization parse(String text) {
            if (text.strip().startsWith("{")) {
                return json("--normalize", text);
            }
            String[] sides = text.split("/", -1);
            if (sides.length == 1 && text.split(",", -1).length == 2) {
                sides = text.split(",", -1); // MEAN,STD for all channels
            }
            if (sides.length == 2 && isNumbers(sides[0]) && isNumbers(sides[1])) {
                return new TypedNormalization(numbers(sides[0]), numbers(sides[1]));
            }
            if (text.endsWith(".json") || Files.isRegularFile(Path.of(text))) {
                return file(Path.of(text));
            }
            throw new RequestException("--normalize must be numbers such as " + FORMS + ", but is " + text);
        }

        private static TypedNormalization file(Path file) {
            try {
                return json(file.toString(), Files.readString(file));
            } catch (IOException e) {
                throw new RequestException(
                        file + ": expected a file with mean and std, but " + Reasons.of(e) + "; check --normalize", e);
            }
        }

        /** Parses the keys of timm and torchvision, and those of Hugging Face's image processors. */
        private static TypedNormalization json(String where, String text) {
            JsonNode node;
            try {
                node = Json.JSON.readTree(text);
            } catch (JacksonException e) {
                throw new RequestException(
                        where + ": expected JSON with mean and std, found invalid JSON; check its commas and brackets",
                        e);
            }
            for (String key :
                    List.of("rescale_offset", "include_top")) { // they mean more than one subtraction and division
                if (node.path(key).asBoolean(false)) {
                    throw new RequestException(where + ": expected one mean and deviation per channel, found also \""
                            + key + "\": true; work out the numbers, and give them with --normalize MEAN/STD");
                }
            }
            if (node.has("mean") || node.has("std")) {
                return new TypedNormalization(numbers(where, node, "mean"), numbers(where, node, "std"));
            }
            boolean rescales = node.path("do_rescale").asBoolean(true);
            String given = "rescale_factor";
            double factor = !rescales
                    ? 1
                    : node.has(given) ? numbers(where, node, given).get(0) : RESCALE;
            if (!(factor > 0)) {
                throw new RequestException(where + ": expected a rescale_factor above 0, found " + factor);
            }
            double white = factor * 255; // value of the brightest pixel before the mean is subtracted
            boolean normalizes = node.path("do_normalize").asBoolean(true);
            List<Double> mean = normalizes ? numbers(where, node, "image_mean") : List.of(0.0);
            List<Double> std = normalizes ? numbers(where, node, "image_std") : List.of(1.0);
            return new TypedNormalization(
                    mean.stream().map(value -> value / white).toList(),
                    std.stream().map(value -> value / white).toList());
        }

        private static List<Double> numbers(String where, JsonNode node, String key) {
            JsonNode value = node.path(key);
            List<JsonNode> values = value.isArray() ? value.valueStream().toList() : List.of(value);
            if (values.isEmpty() || !values.stream().allMatch(JsonNode::isNumber)) {
                throw new RequestException(where + ": expected numbers as \"" + key + "\", found "
                        + (value.isMissingNode() ? "none" : value) + "; such as {\"mean\": [0.5], \"std\": [0.25]}");
            }
            return values.stream().map(JsonNode::asDouble).toList();
        }

        private static boolean isNumbers(String text) {
            return Stream.of(text.split(",", -1))
                    .allMatch(part -> NUMBER.matcher(part.strip()).matches());
        }

        private static List<Double> numbers(String text) {
            return Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .map(Double::valueOf)
                    .toList();
        }

        /** Writes -1 rather than -1.0, as it was typed. */
        private static String plain(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : "" + value;
        }
    }

    /** Option of a command that loads no data set: the input size of an ONNX file that takes any size. */
    static final class InputSize {

        @Option(names = "--image-size", paramLabel = "WxH", description = "Image size, for a file that takes any size.")
        private @Nullable String imageSize;

        OnnxHints added(OnnxHints hints) {
            return imageSize == null ? hints : added(hints, ResizeRule.ofSize(imageSize, Fit.STRETCH));
        }

        static OnnxHints added(OnnxHints hints, ResizeRule size) {
            return hints.withImageSize(size.height(), size.width());
        }

        void require(Path file, Signature signature) {
            if (imageSize == null) {
                return;
            }
            ResizeRule typed = ResizeRule.ofSize(imageSize, Fit.STRETCH);
            if (typed.height() != signature.height() || typed.width() != signature.width()) {
                throw new RequestException(file + ": expected " + signature.width() + "x" + signature.height()
                        + " as --image-size, the only size that it takes, found " + typed + "; leave it out");
            }
        }
    }
}
