package io.catwalk.onnx.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Says how pixels are converted to the input of a network: {@code (pixel / 255 - mean) / std}, per channel.
 *
 * @param height rows, in pixels; at least 1
 * @param width columns, in pixels; at least 1
 * @param mean one finite number per channel, of which there are 1 (gray) or 3 (red, green, blue), in units of pixel / 255
 * @param std one finite number above 0 per channel, in units of pixel / 255
 */
public record Preprocessing(int height, int width, List<Double> mean, List<Double> std) {

    private static final String GRAY = "gray";
    private static final String RGB = "rgb";
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");
    private static final Set<String> KEYS =
            Set.of(MetadataKeys.COLOR, MetadataKeys.SIZE, MetadataKeys.MEAN, MetadataKeys.STD);

    /** Checks every number against its range. */
    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "height and width must be at least 1, but are " + height + " and " + width);
        }
        if ((mean.size() != 1 && mean.size() != 3) || !mean.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("mean must be finite, one for each of 1 or 3 channels, but is " + mean);
        }
        if (std.size() != mean.size() || !std.stream().allMatch(s -> Double.isFinite(s) && s > 0)) {
            throw new IllegalArgumentException(
                    "std must be finite and above 0, one for each of " + mean.size() + " channel(s), but is " + std);
        }
    }

    /** {@return the number of channels: 1 or 3} */
    public int channels() {
        return mean.size();
    }

    /** {@return the name that metadata gives the channels: {@code gray} or {@code rgb}} */
    public String color() {
        return channels() == 1 ? GRAY : RGB;
    }

    /**
     * Normalizes the pixels of one image or more.
     *
     * @param pixels unsigned, (count, channels, height, width), row-major
     * @return the input of the network, in the same order
     * @throws IllegalArgumentException if {@code pixels} does not hold whole images of this size, at least one
     */
    public float[] normalize(byte[] pixels) {
        int plane = height * width; // is below 2^31 if there are images of this size
        if (pixels.length == 0 || pixels.length % ((long) channels() * height * width) != 0) {
            throw new IllegalArgumentException("expected images of " + channels() + " x " + height + " x " + width
                    + " pixels, found " + pixels.length + " pixels");
        }
        return normalization().normalized(pixels, pixels.length / (plane * channels()));
    }

    /** {@return the arithmetic without the size: mean and deviation of each channel, as floats} */
    public Normalization normalization() {
        return Normalization.of(mean, std);
    }

    /** Reads the four keys. Returns empty if none of them is present, and throws if only some are. */
    static Optional<Preprocessing> from(Map<String, String> entries) {
        List<String> present =
                KEYS.stream().filter(entries::containsKey).sorted().toList();
        if (present.isEmpty()) {
            return Optional.empty();
        }
        if (present.size() < KEYS.size()) {
            throw new IllegalArgumentException(
                    "preprocessing needs all of " + KEYS.stream().sorted().toList() + ", but there is only " + present);
        }
        Matcher size = SIZE.matcher(entries.getOrDefault(MetadataKeys.SIZE, ""));
        if (!size.matches()) {
            throw new IllegalArgumentException(MetadataKeys.SIZE + " must be HEIGHTxWIDTH, such as 28x28, but is \""
                    + entries.get(MetadataKeys.SIZE) + "\"");
        }
        String color = entries.getOrDefault(MetadataKeys.COLOR, "");
        if (!color.equals(GRAY) && !color.equals(RGB)) {
            throw new IllegalArgumentException(MetadataKeys.COLOR + " must be gray or rgb, but is \"" + color + "\"");
        }
        List<Double> mean = numbers(entries, MetadataKeys.MEAN);
        if (mean.size() != (color.equals(GRAY) ? 1 : 3)) {
            throw new IllegalArgumentException(
                    "mean must be finite, one for each channel of " + color + ", but is " + mean);
        }
        return Optional.of(new Preprocessing(
                Integer.parseInt(size.group(1)),
                Integer.parseInt(size.group(2)),
                mean,
                numbers(entries, MetadataKeys.STD)));
    }

    /** Returns the entries of the four keys, and of those that ONNX itself defines for images. */
    Map<String, String> entries() {
        return Map.of(
                MetadataKeys.COLOR,
                color(),
                MetadataKeys.SIZE,
                height + "x" + width,
                MetadataKeys.MEAN,
                joined(mean),
                MetadataKeys.STD,
                joined(std),
                MetadataKeys.PIXEL_FORMAT,
                channels() == 1 ? "Gray8" : "Rgb8",
                MetadataKeys.GAMMA,
                "SRGB",
                MetadataKeys.PIXEL_RANGE,
                "NominalRange_0_255");
    }

    private static String joined(List<Double> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Double> numbers(Map<String, String> entries, String key) {
        String value = entries.getOrDefault(key, "");
        try {
            return Arrays.stream(value.split(",", -1)).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    key + " must be numbers separated by commas, but is \"" + value + "\"", e);
        }
    }
}
