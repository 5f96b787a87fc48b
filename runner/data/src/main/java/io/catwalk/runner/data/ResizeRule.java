package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size that every image of a set is resized to, and how.
 *
 * @param width columns, in pixels; from 1 to 4096
 * @param height rows, in pixels; from 1 to 4096
 */
public record ResizeRule(int width, int height, Fit fit) {

    /** The longest side. */
    public static final int MAXIMUM = 4096;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})");

    /** How an image of another shape is fitted to a size. */
    public enum Fit {
        /** Width and height are scaled independently. */
        STRETCH,
        /** The image covers the size, and what is beyond it is cropped on both sides. */
        CROP,
        /** The whole image fits into the size, with black around it. */
        PAD;

        public static Fit parse(String text) {
            List<String> keys = Arrays.stream(values()).map(Fit::key).toList();
            if (!keys.contains(text)) {
                throw new RequestException(
                        "Fit: expected one of %s, found '%s'".formatted(String.join(", ", keys), text));
            }
            return values()[keys.indexOf(text)];
        }

        /** Returns the name that users write. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ResizeRule {
        if (width < 1 || height < 1 || width > MAXIMUM || height > MAXIMUM) {
            throw new RequestException("Image size: expected width and height from 1 to %d, found %dx%d"
                    .formatted(MAXIMUM, width, height));
        }
    }

    /** Reads a rule, such as {@code 96x64}, which stretches, or {@code 96x64 crop}. */
    public static ResizeRule parse(String text) {
        int space = text.indexOf(' ');
        return space < 0
                ? ofSize(text, Fit.STRETCH)
                : ofSize(text.substring(0, space), Fit.parse(text.substring(space + 1)));
    }

    /** Reads {@code WIDTHxHEIGHT}, for example {@code 32x24}. */
    public static ResizeRule ofSize(String text, Fit fit) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new RequestException(
                    "Image size: expected WIDTHxHEIGHT in pixels, found '%s'; try 32x32".formatted(text));
        }
        return new ResizeRule(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), fit);
    }

    /** Writes the rule in the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return width + "x" + height + (fit == Fit.STRETCH ? "" : " " + fit.key());
    }
}
