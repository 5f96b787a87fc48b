package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How an image of another shape is fitted to a size. */
public enum Fit {
    /** Width and height are scaled independently. */
    STRETCH,
    /** The image covers the size, and what is beyond it is cropped on both sides. */
    CROP,
    /** The whole image fits into the size, with black around it. */
    PAD;

    /** Reads a name. */
    public static Fit parse(String text) {
        return Arrays.stream(values())
                .filter(fit -> fit.key().equals(text))
                .findFirst()
                .orElseThrow(() -> new RequestException(
                        "Fit: expected one of %s, found '%s'".formatted(String.join(", ", keys()), text)));
    }

    /** Returns the name that users write. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static List<String> keys() {
        return Arrays.stream(values()).map(Fit::key).toList();
    }
}
