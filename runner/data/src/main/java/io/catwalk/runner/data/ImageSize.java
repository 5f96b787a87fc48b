package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the size that every image of a folder is resized to.
 *
 * @param width columns, in pixels; from 1 to 4096
 * @param height rows, in pixels; from 1 to 4096
 */
public record ImageSize(int width, int height) {

    static final int MAXIMUM = 4096;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})x(\\d{1,4})");

    /** Checks the ranges. */
    public ImageSize {
        if (width < 1 || height < 1 || width > MAXIMUM || height > MAXIMUM) {
            throw new RequestException("Image size: expected width and height from 1 to %d, found %dx%d"
                    .formatted(MAXIMUM, width, height));
        }
    }

    /** Reads {@code WIDTHxHEIGHT}, for example {@code 32x24}. */
    public static ImageSize parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new RequestException(
                    "Image size: expected WIDTHxHEIGHT in pixels, found '%s'; try 32x32".formatted(text));
        }
        return new ImageSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
