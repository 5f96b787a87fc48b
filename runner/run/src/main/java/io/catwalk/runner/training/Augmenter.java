package io.catwalk.runner.training;

import io.catwalk.api.Augmentation;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.ImageSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Augments and normalizes one image in one pass over its pixels. If all moves are by whole pixels, pixels are copied;
 * otherwise the result is interpolated once, however many changes moved it. Safe for any number of threads.
 */
final class Augmenter {

    private static final int WHITE = 255;

    /** Weights of red, green and blue in the brightness of a pixel (ITU-R BT.601). */
    private static final float[] LUMA = {0.2989f, 0.587f, 0.114f};

    private final int channels;
    private final int height;
    private final int width;
    private final int pixelStride;
    private final int channelStride;
    private final float[][] normalized;
    private final List<Augmentation> augmentations;
    private final boolean copies;

    /** Creates an augmenter; augmentations that mix images are ignored, and none are for evaluation. */
    Augmenter(ImageSource images, ImageLayout layout, Normalization normalization, List<Augmentation> augmentations) {
        channels = images.channels();
        height = images.height();
        width = images.width();
        pixelStride = layout.pixelStride(channels);
        channelStride = layout.channelStride(height * width);
        normalized = normalization.table();
        this.augmentations = List.copyOf(augmentations);
        copies = augmentations.stream()
                .noneMatch(one -> one instanceof Augmentation.Rotate
                        || one instanceof Augmentation.Crop
                        || one instanceof Augmentation.Light);
    }

    /** Augments an image, (channels, height, width), and normalizes it into the layout. */
    void place(byte[] source, float[] target, RandomGenerator random) {
        if (copies) {
            copy(source, target, random);
        } else {
            interpolate(source, target, random);
        }
        for (Augmentation augmentation : augmentations) {
            if (augmentation instanceof Augmentation.Erase erase && random.nextDouble() < erase.probability()) {
                erase(erase, target, random);
            }
        }
    }

    /** Writes an image that is shifted and flipped. */
    private void copy(byte[] source, float[] target, RandomGenerator random) {
        boolean mirrored = false;
        int down = 0;
        int right = 0;
        for (Augmentation augmentation : augmentations) {
            if (augmentation instanceof Augmentation.HorizontalFlip) {
                if (random.nextBoolean()) {
                    // Flips what was shifted before, so that the order in the recipe holds.
                    mirrored = !mirrored;
                    right = -right;
                }
            } else if (augmentation instanceof Augmentation.Shift shift) {
                down += distance(shift, height, random);
                right += distance(shift, width, random);
            }
        }
        for (int channel = 0; channel < channels; channel++) {
            float[] values = normalized[channel];
            int at = channel * channelStride;
            for (int y = 0; y < height; y++) {
                int sourceY = y - down;
                boolean rowInside = sourceY >= 0 && sourceY < height;
                int row = (channel * height + sourceY) * width;
                for (int x = 0; x < width; x++) {
                    int moved = x - right;
                    boolean inside = rowInside && moved >= 0 && moved < width;
                    int sourceX = mirrored ? width - 1 - moved : moved;
                    target[at] = values[inside ? source[row + sourceX] & 0xFF : 0];
                    at += pixelStride;
                }
            }
        }
    }

    private static int distance(Augmentation.Shift shift, int side, RandomGenerator random) {
        int largest = (int) Math.round(shift.share() * side);
        return random.nextInt(-largest, largest + 1);
    }

    /** Writes an image through an affine map, with other brightness and contrast. */
    private void interpolate(byte[] source, float[] target, RandomGenerator random) {
        Affine map = Affine.IDENTITY;
        for (Augmentation augmentation : augmentations) {
            map = map.after(step(augmentation, random));
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sourceX = map.x(x, y);
                double sourceY = map.y(x, y);
                // A pixel is a square: points within half a pixel of the outermost pixels belong to them.
                boolean inside =
                        sourceX >= -0.5 && sourceX <= width - 0.5 && sourceY >= -0.5 && sourceY <= height - 0.5;
                int at = (y * width + x) * pixelStride;
                for (int channel = 0; channel < channels; channel++) {
                    target[at + channel * channelStride] =
                            inside ? sample(source, channel * height * width, sourceX, sourceY) : 0;
                }
            }
        }
        for (Augmentation augmentation : augmentations) {
            if (augmentation instanceof Augmentation.Light light) {
                lighten(target, factor(light.brightness(), random), factor(light.contrast(), random));
            }
        }
        for (int channel = 0; channel < channels; channel++) {
            float black = normalized[channel][0];
            float perLevel = (normalized[channel][WHITE] - black) / WHITE;
            for (int i = 0; i < height * width; i++) {
                int at = i * pixelStride + channel * channelStride;
                target[at] = black + target[at] * perLevel;
            }
        }
    }

    /** Returns the map from the pixels of the result of a change to the pixels of its source. */
    private Affine step(Augmentation augmentation, RandomGenerator random) {
        if (augmentation instanceof Augmentation.HorizontalFlip) {
            return random.nextBoolean() ? new Affine(-1, 0, width - 1, 0, 1, 0) : Affine.IDENTITY;
        }
        if (augmentation instanceof Augmentation.Shift shift) {
            int down = distance(shift, height, random);
            return new Affine(1, 0, -distance(shift, width, random), 0, 1, -down);
        }
        if (augmentation instanceof Augmentation.Rotate rotate) {
            return Affine.rotation(Math.toRadians((random.nextDouble() * 2 - 1) * rotate.degrees()), width, height);
        }
        if (augmentation instanceof Augmentation.Crop crop) {
            double area = (crop.smallestArea() + random.nextDouble() * (1 - crop.smallestArea())) * height * width;
            double ratio = Math.exp((random.nextDouble() * 2 - 1) * Math.log(4.0 / 3));
            // Where a side would be longer than that of the image, the other one makes up for it.
            double rows = Math.min(height, area / Math.min(width, Math.sqrt(area * ratio)));
            double columns = area / rows;
            double left = random.nextDouble() * (width - columns);
            double top = random.nextDouble() * (height - rows);
            double across = columns / width;
            double along = rows / height;
            return new Affine(across, 0, left + across / 2 - 0.5, 0, along, top + along / 2 - 0.5);
        }
        return Affine.IDENTITY;
    }

    /** Interpolates between the four pixels around a position. */
    private float sample(byte[] source, int plane, double placeX, double placeY) {
        double x = Math.max(0, Math.min(width - 1, placeX));
        double y = Math.max(0, Math.min(height - 1, placeY));
        int left = (int) x;
        int top = (int) y;
        int right = Math.min(left + 1, width - 1);
        int upper = plane + top * width;
        int lower = plane + Math.min(top + 1, height - 1) * width;
        float across = (float) (x - left);
        float down = (float) (y - top);
        float above = between(source[upper + left], source[upper + right], across);
        float below = between(source[lower + left], source[lower + right], across);
        return above + (below - above) * down;
    }

    private static float between(byte one, byte other, float share) {
        int first = one & 0xFF;
        return first + ((other & 0xFF) - first) * share;
    }

    private static float factor(double strength, RandomGenerator random) {
        return strength == 0 ? 1 : (float) (1 + (random.nextDouble() * 2 - 1) * strength);
    }

    /** Multiplies the values by one factor, then their distance from the mean brightness by another. */
    private void lighten(float[] target, float brightness, float contrast) {
        double sum = 0;
        for (int i = 0; i < height * width; i++) {
            for (int channel = 0; channel < channels; channel++) {
                int at = i * pixelStride + channel * channelStride;
                target[at] = Math.min(WHITE, target[at] * brightness);
                sum += target[at] * (channels == LUMA.length ? LUMA[channel] : 1f / channels);
            }
        }
        float mean = (float) (sum / (height * width));
        for (int i = 0; i < target.length; i++) {
            target[i] = Math.max(0, Math.min(WHITE, mean + (target[i] - mean) * contrast));
        }
    }

    /** Sets a rectangle to 0, which is the mean after normalization, in all channels. */
    private void erase(Augmentation.Erase erase, float[] target, RandomGenerator random) {
        double smallest = Math.min(0.02, erase.largestArea());
        double area = (smallest + random.nextDouble() * (erase.largestArea() - smallest)) * height * width;
        double ratio = Math.exp((random.nextDouble() * 2 - 1) * Math.log(3));
        int rows = Math.max(1, Math.min(height, (int) Math.round(Math.sqrt(area * ratio))));
        int columns = Math.max(1, Math.min(width, (int) Math.round(Math.sqrt(area / ratio))));
        int top = random.nextInt(height - rows + 1);
        int left = random.nextInt(width - columns + 1);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = top; y < top + rows; y++) {
                int row = channel * channelStride + y * width * pixelStride;
                for (int x = left; x < left + columns; x++) {
                    target[row + x * pixelStride] = 0;
                }
            }
        }
    }
}
