package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Holds one image in the form that a network expects.
 *
 * @param pixels unsigned bytes of shape (channels, height, width), row-major
 * @param stored number of channels in the file: 1 for gray, 3 for color
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are not compared
public record ImagePixels(byte[] pixels, int stored) {

    private static final int COLORS = 3;

    /**
     * Reads an image file. A gray image serves for color, with the same pixels in each channel; a color image is converted
     * to gray.
     *
     * @param channels 1 for gray, 3 for color
     * @param fit how to resize an image of another size; null to reject it
     */
    public static ImagePixels read(Path file, int channels, ImageSize size, @Nullable Fit fit) {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("Image %s: expected a %s file, found %s; check the path"
                    .formatted(file, ImageFormat.titles(), Files.exists(file) ? "something else" : "no such file"));
        }
        DecodedImage image;
        try {
            image = ImageDecoder.decode(file);
        } catch (UnreadableImageException e) {
            throw e.of(file);
        }
        boolean fits = image.width() == size.width() && image.height() == size.height();
        if (!fits && fit == null) {
            throw new RequestException(
                    "Image %s: expected %s pixels, found %dx%d; resize it, or add --fit stretch, crop or pad"
                            .formatted(file, size, image.width(), image.height()));
        }
        ResizeRule rule = fits || fit == null ? null : new ResizeRule(size, fit);
        RasterImage raster = image.raster(rule);
        byte[] pixels = raster.channels() > channels
                ? gray(raster.pixels())
                : raster.withChannels(channels).pixels();
        return new ImagePixels(pixels, raster.channels());
    }

    /** Returns the luma of colors (ITU-R BT.601), as Pillow's {@code convert("L")} and the demo page do. */
    public static byte[] gray(byte[] colors) {
        byte[] gray = new byte[colors.length / COLORS];
        for (int i = 0; i < gray.length; i++) {
            int red = colors[i] & 0xff;
            int green = colors[gray.length + i] & 0xff;
            int blue = colors[2 * gray.length + i] & 0xff;
            gray[i] = (byte) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
        }
        return gray;
    }
}
