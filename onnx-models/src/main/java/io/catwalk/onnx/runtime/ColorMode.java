package io.catwalk.onnx.runtime;

import java.util.Arrays;
import java.util.Locale;

/** Names the channels of an image. */
public enum ColorMode {
    /** One channel, brightness. */
    GRAY(1, "Gray8"),
    /** Three channels: red, green, blue. */
    RGB(3, "Rgb8");

    private final int channels;
    private final String pixelFormat;

    ColorMode(int channels, String pixelFormat) {
        this.channels = channels;
        this.pixelFormat = pixelFormat;
    }

    /**
     * Returns the number of channels.
     *
     * @return 1 or 3
     */
    public int channels() {
        return channels;
    }

    /** Returns the name that ONNX gives this mode at 8 bits per channel. */
    String pixelFormat() {
        return pixelFormat;
    }

    /**
     * Returns the name that metadata gives this mode.
     *
     * @return {@code gray} or {@code rgb}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ColorMode of(String key) {
        return Arrays.stream(values())
                .filter(mode -> mode.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        MetadataKeys.COLOR + " must be gray or rgb, but is \"" + key + "\""));
    }
}
