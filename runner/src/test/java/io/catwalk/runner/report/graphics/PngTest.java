package io.catwalk.runner.report.graphics;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class PngTest {

    /** Noise cannot be compressed, so that the largest here takes more than one buffer. */
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
