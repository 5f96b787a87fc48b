package io.catwalk.runner.report;

import io.catwalk.runner.data.RasterImage;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Draws an image as a PNG file. */
public final class ImagePng {

    private ImagePng() {}

    /**
     * Draws an image, every pixel as a square.
     *
     * @param image a gray one of 1 channel, or a colored one of 3
     * @param scale side of the square, in pixels of the PNG; at least 1
     * @return the bytes of a PNG of width x scale by height x scale pixels, gray or RGB, 8 bits a sample
     * @throws IllegalArgumentException if the image has other channels, or the scale is below 1
     */
    public static byte[] of(RasterImage image, int scale) {
        return encode(draw(image, scale));
    }

    /** Draws like {@link #of}. */
    static BufferedImage draw(RasterImage image, int scale) {
        int channels = image.channels();
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("expected an image of 1 or 3 channels, but found " + channels);
        }
        if (scale < 1) {
            throw new IllegalArgumentException("expected a scale of at least 1, but found " + scale);
        }
        int width = image.width();
        int height = image.height();
        BufferedImage drawn = new BufferedImage(
                Math.multiplyExact(width, scale),
                Math.multiplyExact(height, scale),
                channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        WritableRaster raster = drawn.getRaster();
        for (int c = 0; c < channels; c++) {
            int plane = c * height * width;
            for (int y = 0; y < drawn.getHeight(); y++) {
                for (int x = 0; x < drawn.getWidth(); x++) {
                    raster.setSample(x, y, c, image.pixels()[plane + y / scale * width + x / scale] & 0xff);
                }
            }
        }
        return drawn;
    }

    /** Encodes as PNG, without the temporary file that ImageIO makes of itself. */
    static byte[] encode(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail to be written
        }
        return bytes.toByteArray();
    }
}
