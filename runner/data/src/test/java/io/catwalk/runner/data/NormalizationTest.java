package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.illegal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.Normalization;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class NormalizationTest {

    /** Two images of two channels and two pixels; the second channel is 255 everywhere. */
    private static final ImageSource IMAGES =
            HeapImages.of(2, 1, 2, new byte[] {0, 51, -1, -1, 102, (byte) 153, -1, -1}, new int[] {0, 1});

    @Test
    void meanAndDeviationAreThoseOfThePixelsDividedBy255() {
        Normalization normalization = IMAGES.normalization(new int[] {0, 1});

        // Of 0, 0.2, 0.4, 0.6: mean 0.3, variance (0.09 + 0.01 + 0.01 + 0.09) / 4 = 0.05.
        assertThat(normalization.mean()[0]).isEqualTo(0.3f, within(1e-7f));
        assertThat(normalization.std()[0]).isEqualTo((float) Math.sqrt(0.05), within(1e-7f));
        // A constant channel has the deviation 1.
        assertThat(normalization.mean()[1]).isEqualTo(1f);
        assertThat(normalization.std()[1]).isEqualTo(1f);
        // Only the given images count.
        assertThat(IMAGES.normalization(new int[] {1}).mean()[0]).isEqualTo(0.5f, within(1e-7f));
    }

    @Test
    void pixelsAreNormalizedChannelByChannel() {
        Normalization normalization = new Normalization(new float[] {0.5f, 0}, new float[] {0.1f, 2});

        assertThat(IMAGES.normalized(normalization, 0, 1))
                .containsExactly(new float[] {-5, -3, 0.5f, 0.5f}, within(1e-6f));
        assertThat(IMAGES.normalized(normalization, 1, 2))
                .containsExactly(new float[] {-1, 1, 0.5f, 0.5f}, within(1e-6f));
        assertThat(IMAGES.normalized(normalization, 0, 2)).hasSize(8);
    }

    @Test
    void theTableHoldsWhatEachValueOfAPixelBecomes() {
        float[][] table = new Normalization(new float[] {0.5f, 0}, new float[] {0.1f, 2}).table();

        assertThat(table).hasDimensions(2, 256);
        // (51 / 255 - 0.5) / 0.1 and (51 / 255 - 0) / 2, and black and white.
        assertThat(table[0][51]).isEqualTo(-3f, within(1e-6f));
        assertThat(table[1][51]).isEqualTo(0.1f, within(1e-7f));
        assertThat(table[1][0]).isEqualTo(0f);
        assertThat(table[1][255]).isEqualTo(0.5f);
    }

    /**
     * Where a file says 0.286 and 0.353, level 8 is -0.72132432 in NumPy's float32, step by step, as it was trained on; a
     * double that is rounded at the end gives -0.72132427.
     */
    @Test
    void decimalsOfAFileGiveTheFloatsOfTheTraining() {
        Normalization stated = Normalization.of(List.of(0.286), List.of(0.353));

        assertThat(stated.normalized(new byte[] {8, 17}, 2)).containsExactly(-0.7213243f, -0.621341f);
        assertThat(Normalization.doubles(stated.mean())).containsExactly(0.28600001335144043);
    }

    @Test
    void imagesWithOtherChannelsAndImpossibleNumbersAreRefused() {
        float[] one = {1};
        float[] none = {};
        illegal(() -> IMAGES.normalized(new Normalization(new float[] {0}, one), 0, 1), "1 channels, found 2");
        illegal(() -> new Normalization(one, one).normalized(new byte[3], 2), "found 3 pixels");
        illegal(() -> new Normalization(none, none), "found");
        illegal(() -> new Normalization(new float[2], one), "found");
        illegal(() -> new Normalization(new float[1], new float[1]), "found");
        illegal(() -> new Normalization(new float[] {Float.NaN}, one), "found");
        illegal(() -> IMAGES.normalization(new int[0]), "found");
    }
}
