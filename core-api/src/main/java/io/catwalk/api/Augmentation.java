package io.catwalk.api;

/**
 * Random change of training images. It keeps their classes, except for {@link #mixup} and {@link #cutMix}. Its strength
 * is relative to the size of the images, so that a recipe suits small and large ones. Each factory method throws
 * {@link IllegalArgumentException} if a number is out of range.
 *
 * <p>Changes that move pixels are applied first, in the order of the recipe and with one interpolation. Then follow
 * light, erasing, the classifier's own augmentation, and mixtures, in this order.
 */
public sealed interface Augmentation {

    /** Flips each image horizontally with probability 1/2. */
    static HorizontalFlip horizontalFlip() {
        return new HorizontalFlip();
    }

    /**
     * Moves each image by a random whole number of pixels, and fills the gap with black.
     *
     * @param share largest move in each direction as a share of the side, above 0 and at most 0.5, rounded to whole
     *     pixels: 0.04 moves images of 28 pixels by up to 1 and leaves those of 8 pixels where they are
     */
    static Shift shift(double share) {
        return new Shift(share);
    }

    /**
     * Rotates each image about its center, by an angle drawn uniformly between both limits; pixels from outside the
     * image are black.
     *
     * @param degrees largest angle to either side, above 0 and at most 180
     */
    static Rotate rotate(double degrees) {
        return new Rotate(degrees);
    }

    /**
     * Enlarges a random rectangle of each image to the whole image (Szegedy et al., "Going Deeper with Convolutions",
     * 2015). The sides of the rectangle are in a ratio between 3/4 and 4/3, or in the nearest one that fits into the
     * image.
     *
     * @param smallestArea smallest share of the image that is kept, above 0 and below 1; the largest is 1
     */
    static Crop crop(double smallestArea) {
        return new Crop(smallestArea);
    }

    /**
     * Multiplies the brightness of each image by a random factor, and then the distance of its pixels from their mean
     * by another one.
     *
     * @param brightness largest difference of the first factor from 1, 0 or above and below 1; the factor is drawn
     *     uniformly
     * @param contrast the same for the second factor; at least one of the two must be above 0
     */
    static Light light(double brightness, double contrast) {
        return new Light(brightness, contrast);
    }

    /**
     * Replaces a random rectangle of an image by the mean of the data set (Zhong et al., "Random Erasing Data
     * Augmentation", 2020).
     *
     * @param probability probability that a rectangle of an image is erased, above 0 and at most 1
     * @param largestArea largest share of the image that is erased, above 0 and below 1, before sides are rounded to
     *     whole pixels; the smallest is 0.02, or this value if it is less
     */
    static Erase erase(double probability, double largestArea) {
        return new Erase(probability, largestArea);
    }

    /**
     * Blends each image with another of its batch, and uses both classes as targets, with the same shares (Zhang et
     * al., "mixup", 2018).
     *
     * @param alpha both parameters of the beta distribution that the share is drawn from, above 0
     */
    static Mixup mixup(double alpha) {
        return new Mixup(alpha);
    }

    /**
     * Copies a rectangle of another image of the batch into each image, and uses both classes as targets, with their
     * shares of the pixels (Yun et al., "CutMix", 2019).
     *
     * @param alpha both parameters of the beta distribution that the share of the first image is drawn from, above 0
     */
    static CutMix cutMix(double alpha) {
        return new CutMix(alpha);
    }

    /**
     * Applies the classifier's own {@link Classifier#augmentation} to whole batches, after all changes of single images
     * and before mixtures.
     */
    static Own own() {
        return new Own();
    }

    /** Random horizontal flip; created by {@link #horizontalFlip}. */
    final class HorizontalFlip extends Rule implements Augmentation {

        HorizontalFlip() {}
    }

    /** Random shift; created by {@link #shift}. */
    final class Shift extends Rule implements Augmentation {

        private final double share;

        Shift(double share) {
            Check.positive("share", share);
            Check.atMost("share", share, 0.5);
            this.share = share;
        }

        /** {@return the largest move in each direction, as a share of the side} */
        public double share() {
            return share;
        }
    }

    /** Random rotation; created by {@link #rotate}. */
    final class Rotate extends Rule implements Augmentation {

        private final double degrees;

        Rotate(double degrees) {
            Check.positive("degrees", degrees);
            Check.atMost("degrees", degrees, 180);
            this.degrees = degrees;
        }

        /** {@return the largest angle to either side, in degrees} */
        public double degrees() {
            return degrees;
        }
    }

    /** Random crop; created by {@link #crop}. */
    final class Crop extends Rule implements Augmentation {

        private final double smallestArea;

        Crop(double smallestArea) {
            Check.positive("smallestArea", smallestArea);
            Check.fraction("smallestArea", smallestArea);
            this.smallestArea = smallestArea;
        }

        /** {@return the smallest share of the image that is kept} */
        public double smallestArea() {
            return smallestArea;
        }
    }

    /** Random brightness and contrast; created by {@link #light}. */
    final class Light extends Rule implements Augmentation {

        private final double brightness;
        private final double contrast;

        Light(double brightness, double contrast) {
            Check.fraction("brightness", brightness);
            Check.fraction("contrast", contrast);
            if (brightness == 0 && contrast == 0) {
                throw new IllegalArgumentException("brightness or contrast must be above 0, but both are 0");
            }
            this.brightness = brightness;
            this.contrast = contrast;
        }

        /** {@return the largest difference of the brightness factor from 1} */
        public double brightness() {
            return brightness;
        }

        /** {@return the largest difference of the contrast factor from 1} */
        public double contrast() {
            return contrast;
        }
    }

    /** Random erasing; created by {@link #erase}. */
    final class Erase extends Rule implements Augmentation {

        private final double probability;
        private final double largestArea;

        Erase(double probability, double largestArea) {
            Check.positive("probability", probability);
            Check.atMost("probability", probability, 1);
            Check.positive("largestArea", largestArea);
            Check.fraction("largestArea", largestArea);
            this.probability = probability;
            this.largestArea = largestArea;
        }

        /** {@return the probability that a rectangle of an image is erased} */
        public double probability() {
            return probability;
        }

        /** {@return the largest share of the image that is erased} */
        public double largestArea() {
            return largestArea;
        }
    }

    /** Mixup; created by {@link #mixup}. */
    final class Mixup extends Rule implements Augmentation {

        private final double alpha;

        Mixup(double alpha) {
            Check.positive("alpha", alpha);
            this.alpha = alpha;
        }

        /** {@return both parameters of the beta distribution that the share is drawn from} */
        public double alpha() {
            return alpha;
        }
    }

    /** CutMix; created by {@link #cutMix}. */
    final class CutMix extends Rule implements Augmentation {

        private final double alpha;

        CutMix(double alpha) {
            Check.positive("alpha", alpha);
            this.alpha = alpha;
        }

        /** {@return both parameters of the beta distribution that the share is drawn from} */
        public double alpha() {
            return alpha;
        }
    }

    /** The classifier's own augmentation; created by {@link #own}. */
    final class Own extends Rule implements Augmentation {

        Own() {}
    }
}
