package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.report.ImageBrowser.SpriteSheets;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SpriteSheetsTest {

    @Test
    void aSheetThatIsTooLargeIsCutToTheRowsThatFit() {
        byte[] noise = new byte[100 * 3 * 64 * 64];
        new SplittableRandom(1).nextBytes(noise);
        ImageSource photos = HeapImages.of(3, 64, 64, noise, new int[100]);
        int[] all = IntStream.range(0, 100).toArray();
        int budget = 700_000; // noise cannot be compressed: a row of 20 images has 330,000 characters in base 64

        SpriteSheets sheets = SpriteSheets.of(photos, all, budget);

        assertThat(sheets.images()).isEqualTo(40);
        assertThat(sheets.pictures()).hasSize(1);
        assertThat(sheets.pictures().get(0)).hasSizeLessThanOrEqualTo(budget);
    }

    @Test
    void aLargeImageIsReducedToTheMeansOfSquares() {
        byte[] columns = new byte[128 * 100];
        for (int i = 1; i < columns.length; i += 2) {
            columns[i] = (byte) 200;
        }

        RasterImage small = new RasterImage(1, 100, 128, columns).atMost(64);

        assertThat(small.width()).isEqualTo(64);
        assertThat(small.height()).isEqualTo(50);
        assertThat(small.pixels()).containsOnly(100);
    }
}
