package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Names one image file and its place in the data set.
 *
 * @param path where it is
 * @param name its path from the folder of the data set on, with {@code /}
 * @param label its class
 */
record ImageFile(Path path, String name, int label) {

    private static final Pattern EXTENSION = Pattern.compile(".+\\.(png|jpg|jpeg)");

    /** A header that states more is broken, or the file is no picture to classify. */
    private static final long MOST_PIXELS = 1 << 26;

    /** Says whether a file has the name of an image. */
    static boolean isNamedSo(Path path) {
        return EXTENSION.matcher(path.toString().toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Decodes the file, whatever its extension says of PNG and JPEG.
     *
     * @throws RequestException if the file is damaged, truncated or no such image
     */
    DecodedImage decode() {
        try {
            byte[] bytes = Files.readAllBytes(path);
            // The stream is made here, because ImageIO would make one with a cache file on the disk.
            try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
                Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
                if (!readers.hasNext()) {
                    throw broken("no image", null);
                }
                return decode(readers.next(), stream);
            }
        } catch (IOException e) {
            throw broken("what cannot be read (" + e + ")", e);
        }
    }

    private DecodedImage decode(ImageReader reader, ImageInputStream stream) throws IOException {
        AtomicBoolean truncated = new AtomicBoolean();
        reader.addIIOReadWarningListener((source, warning) -> {
            // The JPEG reader fills what is missing with gray and only warns.
            if (warning.contains("Truncated") || warning.contains("Premature")) {
                truncated.set(true);
            }
        });
        try {
            reader.setInput(stream, true, true);
            long size = (long) reader.getWidth(0) * reader.getHeight(0);
            if (size > MOST_PIXELS) {
                throw broken("a header with %d pixels, more than %d".formatted(size, MOST_PIXELS), null);
            }
            BufferedImage image = reader.read(0);
            if (truncated.get()) {
                throw broken("a truncated file", null);
            }
            return DecodedImage.of(image);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            // Damaged files lead the readers of the JDK to wrong indices and sizes.
            throw broken("a damaged file (" + e + ")", e);
        } finally {
            reader.dispose();
        }
    }

    private RequestException broken(String found, @Nullable Exception cause) {
        String message = "Image %s: expected a gray or RGB image as PNG or JPEG, found %s; replace or remove the file"
                .formatted(path, found);
        return cause == null ? new RequestException(message) : new RequestException(message, cause);
    }
}
