package io.catwalk.runner.cli;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;

/** Draws photos of many shapes: landscapes by day have a bright sky, those at night do not. */
final class DayAndNight {

    private DayAndNight() {}

    /**
     * Writes 30 photos of each class for training, and as many for the test.
     *
     * @param change of each photo before it is written
     */
    static Path write(Path photos, int noise, int brighter, UnaryOperator<BufferedImage> change) throws IOException {
        Random random = new Random(11);
        for (String part : List.of("train", "test")) {
            for (String name : List.of("day", "night")) {
                write(
                        photos.resolve(part).resolve(name),
                        "%d.png",
                        noise,
                        name.equals("day") ? brighter : 20,
                        change,
                        random);
            }
        }
        return photos;
    }

    /**
     * Writes 30 photos of one class.
     *
     * @param upper light of the upper half; the lower half has 20
     */
    static void write(Path kind, String names, int noise, int upper, UnaryOperator<BufferedImage> change, Random random)
            throws IOException {
        Files.createDirectories(kind);
        for (int i = 0; i < 30; i++) {
            ImageIO.write(
                    change.apply(photo(noise, upper, random)),
                    "png",
                    kind.resolve(names.formatted(i)).toFile());
        }
    }

    private static BufferedImage photo(int noise, int upper, Random random) {
        BufferedImage photo =
                new BufferedImage(16 + random.nextInt(30), 12 + random.nextInt(30), BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < photo.getHeight(); y++) {
            for (int x = 0; x < photo.getWidth(); x++) {
                int light = random.nextInt(noise) + (y < photo.getHeight() / 2 ? upper : 20);
                photo.setRGB(x, y, new Color(light / 2, light / 2, light).getRGB());
            }
        }
        return photo;
    }

    /** Returns the red channel. */
    static BufferedImage gray(BufferedImage colored) {
        int width = colored.getWidth();
        int height = colored.getHeight();
        BufferedImage gray = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setRect(colored.getRaster().createChild(0, 0, width, height, 0, 0, new int[] {0}));
        return gray;
    }
}
