package io.catwalk.runner.training;

import io.catwalk.api.Augmentation;
import io.catwalk.runner.data.ImageSource;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Mixes each image of a batch with the next one, and the last with the first. Since the order is
 * shuffled, these are unrelated images. Each image has its own share.
 */
final class Mixer {

    private final boolean cuts;
    private final BetaDistribution shares;
    private final int height;
    private final int width;
    private final int channels;
    private final int pixelStride;
    private final int channelStride;

    private Mixer(boolean cuts, double alpha, ImageSource images, ImageLayout layout) {
        this.cuts = cuts;
        shares = BetaDistribution.of(alpha, alpha);
        height = images.height();
        width = images.width();
        channels = images.channels();
        pixelStride = layout.pixelStride(channels);
        channelStride = layout.channelStride(height * width);
    }

    /** Returns a mixer for the recipe, or null if the recipe does not mix images. */
    static @Nullable Mixer of(List<Augmentation> augmentations, ImageSource images, ImageLayout layout) {
        for (Augmentation augmentation : augmentations) {
            if (augmentation instanceof Augmentation.Mixup mixup) {
                return new Mixer(false, mixup.alpha(), images, layout);
            }
            if (augmentation instanceof Augmentation.CutMix cutMix) {
                return new Mixer(true, cutMix.alpha(), images, layout);
            }
        }
        return null;
    }

    /** Mixes a batch in place; each image gets a second class. The pixels are in the layout. */
    void mix(FloatBuffer pixels, Targets.Labels labels, RandomGenerator[] random) {
        int length = channels * height * width;
        int count = random.length;
        int[] classes = labels.classes();
        float[] first = new float[length];
        float[] image = new float[length];
        float[] next = new float[length];
        pixels.get(0, first);
        pixels.get(0, image);
        for (int i = 0; i < count; i++) {
            int other = (i + 1) % count;
            if (other == 0) {
                System.arraycopy(first, 0, next, 0, length);
            } else {
                pixels.get(other * length, next);
            }
            float share = cuts ? cut(image, next, random[i]) : blend(image, next, random[i]);
            pixels.put(i * length, image);
            labels.mix(i, classes[other], share);
            float[] mixed = image;
            image = next;
            next = mixed;
        }
    }

    private double share(RandomGenerator random) {
        return shares.inverseCumulativeProbability(random.nextDouble());
    }

    private float blend(float[] image, float[] next, RandomGenerator random) {
        float share = (float) share(random);
        for (int i = 0; i < image.length; i++) {
            image[i] = image[i] * share + next[i] * (1 - share);
        }
        return share;
    }

    /**
     * Copies a rectangle with the share of the other image, with a uniformly drawn center; what is outside is cut off.
     */
    private float cut(float[] image, float[] next, RandomGenerator random) {
        double side = Math.sqrt(1 - share(random));
        int middleX = random.nextInt(width);
        int middleY = random.nextInt(height);
        int halfWidth = (int) (width * side / 2);
        int halfHeight = (int) (height * side / 2);
        int left = Math.max(0, middleX - halfWidth);
        int right = Math.min(width, middleX + halfWidth);
        int top = Math.max(0, middleY - halfHeight);
        int bottom = Math.min(height, middleY + halfHeight);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    int at = (y * width + x) * pixelStride + channel * channelStride;
                    image[at] = next[at];
                }
            }
        }
        return 1 - (float) (Math.max(0, right - left) * Math.max(0, bottom - top)) / (height * width);
    }
}
