package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Makes small images and their files. */
final class Pictures {

    private Pictures() {}

    static BufferedImage gray(int width, int height, int... levels) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSamples(0, 0, width, height, 0, levels);
        return image;
    }

    static byte[] encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** Writes a PNG, whatever it is called, and the folders that it lies in. */
    static Path write(Path file, BufferedImage image) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, encoded(image, "png"));
    }
}
