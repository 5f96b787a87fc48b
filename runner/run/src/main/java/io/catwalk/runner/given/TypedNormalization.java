package io.catwalk.runner.given;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A normalization as people and other programs write it: {@code (pixel / 255 - mean) / std}, for all channels or each.
 *
 * @param mean one number, or one for each channel, red first
 * @param std likewise, each above 0
 */
public record TypedNormalization(List<Double> mean, List<Double> std) {

    /** Leaves pixels from 0 to 255. */
    public static final TypedNormalization PIXELS = new TypedNormalization(List.of(0.0), List.of(1 / 255.0));

    static final Map<String, TypedNormalization> NAMED = Map.of(
            "imagenet", new TypedNormalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225)),
            "0-1", new TypedNormalization(List.of(0.0), List.of(1.0)),
            "-1-1", new TypedNormalization(List.of(0.5), List.of(0.5)),
            "none", PIXELS);

    private static final Map<String, TypedNormalization> RANGES = Map.of(
            "NominalRange_0_255", PIXELS,
            "Normalized_0_1", new TypedNormalization(List.of(0.0), List.of(1.0)),
            "Normalized_1_1", new TypedNormalization(List.of(0.5), List.of(0.5)));

    private static final String FORMS = "imagenet, 0-1, -1-1 or none, or numbers such as 0.286,0.353, or per channel "
            + "0.485,0.456,0.406/0.229,0.224,0.225, or JSON such as {\"mean\": [0.5], \"std\": [0.25]}, or a file of it";

    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");

    private static final double RESCALE = 1 / 255.0;

    public TypedNormalization {
        for (double deviation : std) {
            if (!(deviation > 0) || !Double.isFinite(deviation)) {
                throw new RequestException("the STD of --normalize must be above 0, but is " + plain(deviation));
            }
        }
    }

    /** Returns what a file says itself: in the words of Catwalk, or in those of ONNX (MetadataProps.md). */
    public static Optional<TypedNormalization> said(OnnxMetadata metadata) {
        return metadata.preprocessing()
                .map(own -> new TypedNormalization(own.mean(), own.std()))
                .or(() -> metadata.get(MetadataKeys.PIXEL_RANGE).map(RANGES::get));
    }

    /** Reads a name, numbers, JSON, or a file of JSON. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static TypedNormalization parse(String text) {
        TypedNormalization named = NAMED.get(text.strip());
        if (named != null) {
            return named;
        }
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
        throw new RequestException("--normalize must be " + FORMS + ", but is " + text);
    }

    /** Returns one mean for each channel of a file. */
    public List<Double> mean(Path file, int channels) {
        return perChannel(file, "means", mean, channels);
    }

    /** Returns one deviation for each channel of a file. */
    public List<Double> std(Path file, int channels) {
        return perChannel(file, "deviations", std, channels);
    }

    private static List<Double> perChannel(Path file, String what, List<Double> values, int channels) {
        if (values.size() != 1 && values.size() != channels) {
            throw new RequestException(file + ": expected " + channels + " " + what
                    + " in --normalize, one per channel, or one for all, found " + values.size());
        }
        return values.size() == 1 ? Collections.nCopies(channels, values.get(0)) : values;
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
                    where + ": expected JSON with mean and std, found invalid JSON; check its commas and brackets", e);
        }
        for (String key :
                List.of("rescale_offset", "include_top")) { // they mean more than one subtraction and division
            if (node.path(key).asBoolean(false)) {
                throw new RequestException(where + ": expected one mean and deviation per channel, found also \"" + key
                        + "\": true; work out the numbers, and give them with --normalize MEAN/STD");
            }
        }
        if (node.has("mean") || node.has("std")) {
            return new TypedNormalization(numbers(where, node, "mean"), numbers(where, node, "std"));
        }
        boolean rescales = node.path("do_rescale").asBoolean(true);
        String given = "rescale_factor";
        double factor =
                !rescales ? 1 : node.has(given) ? numbers(where, node, given).get(0) : RESCALE;
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
