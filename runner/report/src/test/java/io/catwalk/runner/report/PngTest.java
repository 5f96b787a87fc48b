package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class PngTest {

    private static final ImageSource GRAY = HeapImages.of(
            1, 2, 3, new byte[] {9, 9, 9, 9, 9, 9, 0, 100, (byte) 255, 1, 2, (byte) 200}, new int[] {0, 1});

    @Test
    void everyGrayPixelIsStoredAsItIs() throws IOException {
        BufferedImage png = ImageIO.read(new ByteArrayInputStream(Png.of(GRAY.image(1))));

        assertThat(png.getRaster().getNumBands()).isEqualTo(1);
        int[] pixels = {0, 100, 255, 1, 2, 200};
        assertThat(png.getRaster().getPixels(0, 0, 3, 2, (int[]) null)).isEqualTo(pixels);
    }

    @Test
    void colorsKeepTheirChannels() throws IOException {
        // One row of a red and a blue-green pixel: planes of red, green, blue.
        ImageSource color = HeapImages.of(3, 1, 2, new byte[] {(byte) 255, 0, 0, 10, 0, 20}, new int[] {0});
        BufferedImage png = ImageIO.read(new ByteArrayInputStream(Png.of(color.image(0))));
        assertThat(png.getRGB(0, 0)).isEqualTo(0xffff0000);
        assertThat(png.getRGB(1, 0)).isEqualTo(0xff000a14);
    }

    @Test
    void whatIsNoImageIsRefused() {
        ImageSource two = HeapImages.of(2, 1, 1, new byte[2], new int[1]);
        assertThatThrownBy(() -> Png.of(GRAY.image(2))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Png.of(two.image(0))).isInstanceOf(IllegalArgumentException.class);
    }

    /** Noise cannot be compressed, so the largest image here needs more than one buffer. */
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 2", "257, 190"})
    void aReaderThatIsNotOursFindsEveryPixel(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(
                0, 0, width, height, new Random(1).ints((long) width * height).toArray(), 0, width);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(Png.of(image)));
        assertThat(read.getRGB(0, 0, width, height, null, 0, width))
                .isEqualTo(image.getRGB(0, 0, width, height, null, 0, width));
    }
}
