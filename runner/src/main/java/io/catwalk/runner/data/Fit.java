package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Says how an image of another shape comes into a size. */
public enum Fit {
    /** Width and height are changed each by itself. */
    STRETCH,
    /** The image covers the size, and what reaches beyond it is cut off on both sides. */
    CROP,
    /** The whole image lies within the size, with black around it. */
    PAD;

    /**
     * Reads a name.
     *
     * @param text what the user wrote
     * @return the fit
     * @throws RequestException if there is none of that name
     */
    public static Fit parse(String text) {
        return Arrays.stream(values())
                .filter(fit -> fit.key().equals(text))
                .findFirst()
                .orElseThrow(() -> new RequestException(
                        "Fit: expected one of %s, found '%s'".formatted(String.join(", ", keys()), text)));
    }

    /**
     * Returns the name that people write.
     *
     * @return in lower case
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static List<String> keys() {
        return Arrays.stream(values()).map(Fit::key).toList();
    }
}
