package io.catwalk.runner.report.page;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.report.graphics.Png;
import io.catwalk.runner.robustness.Corruption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Shows each strength of a corruption on the first test image. */
final class RobustnessStrip {

    private RobustnessStrip() {}

    /**
     * The image at one strength.
     *
     * @param words what it shows
     * @param strength with its unit, abbreviated
     * @param address of a PNG, as a data URL
     */
    record Picture(String words, String strength, String address) {}

    /** Draws the image unchanged and at each strength; a large one is reduced first, so that noise stays visible. */
    static List<Picture> of(ImageDataset dataset, Corruption corruption) {
        RasterImage image = dataset.test().image(0).atMost(SpriteSheets.LONGEST);
        List<Picture> pictures = new ArrayList<>();
        for (int step = 0; step <= Corruption.STEPS; step++) {
            int strength = corruption.strength(step);
            RasterImage corrupted = corruption.of(image, strength, 0, new SplittableRandom(0));
            pictures.add(new Picture(
                    step == 0
                            ? "A test image as it is"
                            : "With " + corruption.title().toLowerCase(Locale.ROOT) + ": " + strength + " "
                                    + corruption.unit(),
                    strength + (corruption.unit().startsWith("%") ? " %" : "°"),
                    "data:image/png;base64," + Base64.getEncoder().encodeToString(Png.of(corrupted, 1))));
        }
        return pictures;
    }
}
