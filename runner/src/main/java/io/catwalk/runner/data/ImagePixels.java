package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads one image in the form that a network expects. */
public final class ImagePixels {

    private ImagePixels() {}

    /**
     * Reads an image file.
     *
     * @param file where it is
     * @param channels 1 for gray, 3 for color; a gray image also serves for color
     * @param size that the network expects
     * @param fit how to resize an image of another size; null to reject it
     * @return unsigned bytes of shape (channels, height, width), row-major
     * @throws RequestException if there is no such image, or it does not fit
     */
    public static byte[] read(Path file, int channels, ImageSize size, @Nullable Fit fit) {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("Image %s: expected a %s file, found %s; check the path"
                    .formatted(file, ImageFormat.titles(), Files.exists(file) ? "something else" : "none"));
        }
        DecodedImage image;
        try {
            image = ImageDecoder.decode(file);
        } catch (UnreadableImageException e) {
            throw e.of(file);
        }
        if (image.channels() > channels) {
            throw new RequestException(
                    "Image %s: expected a gray image, as the network was trained on, found a color image; convert it"
                            .formatted(file));
        }
        boolean fits = image.width() == size.width() && image.height() == size.height();
        if (!fits && fit == null) {
            throw new RequestException(
                    "Image %s: expected %s pixels, found %dx%d; resize it, or add --fit stretch, crop or pad"
                            .formatted(file, size, image.width(), image.height()));
        }
        return image.pixels(channels, fits || fit == null ? null : new ResizeRule(size, fit));
    }
}
