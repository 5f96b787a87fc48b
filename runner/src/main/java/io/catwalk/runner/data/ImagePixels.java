package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads one image as a network wants it. */
public final class ImagePixels {

    private ImagePixels() {}

    /** What to do with an image of another size. */
    public enum OtherSize {
        /** Refuse it. */
        REFUSE,
        /** Resize it. */
        RESIZE
    }

    /**
     * Reads a PNG or JPEG file.
     *
     * @param file where it is
     * @param channels 1 for gray, 3 for color; a gray image also serves for color
     * @param size that the network expects
     * @param otherSize what to do with an image of another size
     * @return unsigned bytes of shape (channels, height, width), row-major
     * @throws RequestException if there is no such image, or it does not fit
     */
    public static byte[] read(Path file, int channels, ImageSize size, OtherSize otherSize) {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("Image %s: expected a PNG or JPEG file, found %s; check the path"
                    .formatted(file, Files.exists(file) ? "something else" : "none"));
        }
        DecodedImage image = new ImageFile(file, file.toString(), 0).decode();
        if (image.channels() > channels) {
            throw new RequestException(
                    "Image %s: expected a gray image, as the network was trained on, found a color image; convert it"
                            .formatted(file));
        }
        boolean fits = image.width() == size.width() && image.height() == size.height();
        if (!fits && otherSize == OtherSize.REFUSE) {
            throw new RequestException("Image %s: expected %s pixels, found %dx%d; resize it, or add --resize"
                    .formatted(file, size, image.width(), image.height()));
        }
        return image.resized(size).pixels(channels);
    }
}
