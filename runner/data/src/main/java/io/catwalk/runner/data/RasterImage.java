package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDecoder.UnreadableImageException;
import io.catwalk.runner.data.ResizeRule.Fit;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Holds one image in memory. The array is not copied: callers must not write to it.
 *
 * @param channels 1 for gray, 3 for red, green, blue; at least 1
 * @param height rows, in pixels; at least 1
 * @param width columns, in pixels; at least 1
 * @param pixels unsigned bytes of shape (channels, height, width), row-major
 */
@SuppressWarnings("ArrayRecordComponent")
public record RasterImage(int channels, int height, int width, byte[] pixels) implements PixelRows {

    public RasterImage {
        if (channels < 1 || height < 1 || width < 1 || pixels.length != (long) channels * height * width) {
            throw new IllegalArgumentException("Expected pixels of shape (%d, %d, %d), each at least 1, found %d bytes"
                    .formatted(channels, height, width, pixels.length));
        }
    }

    /** Reads an image file, in as many channels as it has; without a fit, refuses an image of another size. */
    public static RasterImage read(Path file, int width, int height, @Nullable Fit fit) {
        DecodedImage image = decoded(file);
        if (image.width() == width && image.height() == height) {
            return image.raster(null);
        }
        if (fit == null) {
            throw new RequestException(
                    "Image %s: expected %dx%d pixels, found %dx%d; resize it, or add --fit stretch, crop or pad"
                            .formatted(file, width, height, image.width(), image.height()));
        }
        return image.raster(new ResizeRule(width, height, fit));
    }

    /** Reads an image file as it is, upright. */
    public static RasterImage read(Path file) {
        return decoded(file).raster(null);
    }

    private static DecodedImage decoded(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("Image %s: expected a %s file, found %s; check the path"
                    .formatted(file, ImageFormat.titles(), Files.exists(file) ? "something else" : "no such file"));
        }
        try {
            return ImageDecoder.decode(file);
        } catch (UnreadableImageException e) {
            throw e.of(file);
        }
    }

    /** Returns the image with no side longer than this; a larger one is reduced by averaging over squares of pixels. */
    public RasterImage atMost(int longest) {
        int side = (Math.max(width, height) + longest - 1) / longest;
        return side == 1
                ? this
                : resized(new ResizeRule(Math.max(1, width / side), Math.max(1, height / side), Fit.STRETCH));
    }

    @Override
    public void row(int y, int[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = pixels[(i / width * height + y) * width + i % width] & 0xff;
        }
    }

    public RasterImage resized(ResizeRule rule) {
        return new RasterImage(channels, rule.height(), rule.width(), DecodedImage.Resampling.resize(this, rule));
    }

    /** Returns the same pixels as image files hold them: (height, width, channels). */
    public byte[] interleaved() {
        int plane = height * width;
        byte[] bytes = new byte[pixels.length];
        for (int c = 0; c < channels; c++) {
            for (int i = 0, to = c; i < plane; i++, to += channels) {
                bytes[to] = pixels[c * plane + i];
            }
        }
        return bytes;
    }

    /**
     * Returns the image with this number of channels: a gray one gets its pixels in each, a color one is converted to
     * gray, by the luma of its colors (ITU-R BT.601), as Pillow's {@code convert("L")} and the demo page do.
     */
    public RasterImage withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        if (channels != 1) {
            byte[] gray = new byte[height * width];
            for (int i = 0; i < gray.length; i++) {
                int red = pixels[i] & 0xff;
                int green = pixels[gray.length + i] & 0xff;
                int blue = pixels[2 * gray.length + i] & 0xff;
                gray[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
            }
            return new RasterImage(1, height, width, gray);
        }
        byte[] copies = new byte[Math.multiplyExact(wanted, pixels.length)];
        for (int to = 0; to < copies.length; to += pixels.length) {
            System.arraycopy(pixels, 0, copies, to, pixels.length);
        }
        return new RasterImage(wanted, height, width, copies);
    }
}
