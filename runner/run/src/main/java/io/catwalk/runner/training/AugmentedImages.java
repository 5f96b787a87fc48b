package io.catwalk.runner.training;

import io.catwalk.api.Augmentation;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Shows how augmentation changes images. */
public final class AugmentedImages {

    private AugmentedImages() {}

    /**
     * Augments images as one batch of a training. An augmentation that mixes images mixes each with the next one, and
     * the last with the first; erased pixels are black.
     */
    public static List<RasterImage> of(ImageSource images, int[] indices, List<Augmentation> augmentations, long seed) {
        float[] mean = new float[images.channels()];
        float[] std = new float[images.channels()];
        Arrays.fill(std, 1 / 255f); // a value is then the gray level of its pixel
        BatchLoader loader =
                new BatchLoader(images, ImageLayout.CHANNELS_FIRST, new Normalization(mean, std), augmentations, null);
        BatchLoader.Batch batch = loader.new Batch(indices.length);
        Seeds seeds = new Seeds(seed, 0);
        batch.fill(indices, 0, indices.length, place -> seeds.generator(Seeds.Purpose.AUGMENTATION, 1, indices[place]));
        List<RasterImage> changed = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            float[] values = batch.values(i);
            byte[] pixels = new byte[values.length];
            for (int p = 0; p < pixels.length; p++) {
                pixels[p] = (byte) Math.round(values[p]);
            }
            changed.add(new RasterImage(images.channels(), images.height(), images.width(), pixels));
        }
        return changed;
    }
}
