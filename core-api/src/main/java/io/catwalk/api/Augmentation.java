package io.catwalk.api;

import java.util.List;

/**
 * Names a random change of training images that leaves their class as it is. Its strength does not depend on the size
 * of the images, so that a recipe suits small and large ones.
 *
 * <p>Whatever moves pixels is done first, in the order of the recipe and with one interpolation; then light, then what is
 * erased, then what the classifier does itself, then mixtures.
 */
public sealed interface Augmentation {

    /**
     * Mirrors each image left to right with probability one half.
     *
     * @return the rule
     */
    static HorizontalFlip horizontalFlip() {
        return new HorizontalFlip();
    }

    /**
     * Moves each image by a whole number of pixels, filling with the value of a black pixel.
     *
     * @param share largest move in each direction as a share of the side, above 0 and at most 0.5, rounded to whole
     *     pixels: 0.04 moves images of 28 pixels by up to 1 and leaves those of 8 pixels where they are
     * @return the rule
     */
    static Shift shift(double share) {
        return new Shift(share);
    }

    /**
     * Turns each image about its middle, by an angle that is even between both limits; what comes from outside is
     * black.
     *
     * @param degrees largest angle to either side, above 0 and at most 180
     * @return the rule
     */
    static Rotate rotate(double degrees) {
        return new Rotate(degrees);
    }

    /**
     * Enlarges a rectangle of each image to the whole, with sides of a ratio between 3/4 and 4/3 (Szegedy et al., "Going
     * Deeper with Convolutions", 2015).
     *
     * @param smallestArea smallest share of the image that is kept, above 0 and below 1; the largest is 1
     * @return the rule
     */
    static Crop crop(double smallestArea) {
        return new Crop(smallestArea);
    }

    /**
     * Multiplies the brightness of each image by a factor, and then the distance of its pixels from their mean by another.
     *
     * @param brightness the factor is even between 1 minus and 1 plus this, 0 or above and below 1
     * @param contrast the same of the distance from the mean; one of both must be above 0
     * @return the rule
     */
    static Light light(double brightness, double contrast) {
        return new Light(brightness, contrast);
    }

    /**
     * Replaces a rectangle of an image by the mean of the data set (Zhong et al., "Random Erasing Data Augmentation",
     * 2020).
     *
     * @param probability of an image to lose a rectangle, above 0 and at most 1
     * @param largestArea largest share of the image that is lost, above 0 and below 1, before sides are rounded to whole pixels; the
     *     smallest is 0.02, or this if it is less
     * @return the rule
     */
    static Erase erase(double probability, double largestArea) {
        return new Erase(probability, largestArea);
    }

    /**
     * Adds to each image another of its batch, and asks for both classes by the same shares (Zhang et al., "mixup", 2018).
     *
     * @param alpha the share is drawn from the beta distribution with this number twice; above 0
     * @return the rule
     */
    static Mixup mixup(double alpha) {
        return new Mixup(alpha);
    }

    /**
     * Puts a rectangle of another image of the batch into each, and asks for both classes by their shares of the pixels
     * (Yun et al., "CutMix", 2019).
     *
     * @param alpha the share of the first is drawn from the beta distribution with this number twice; above 0
     * @return the rule
     */
    static CutMix cutMix(double alpha) {
        return new CutMix(alpha);
    }

    /**
     * Changes whole batches by the classifier's {@link Classifier#augmentation}, after all changes of single images and
     * before mixtures.
     *
     * @return the rule
     */
    static Own own() {
        return new Own();
    }

    /** Is what {@link #horizontalFlip} makes. */
    final class HorizontalFlip extends Rule implements Augmentation {

        HorizontalFlip() {}

        @Override
        List<Object> parts() {
            return List.of();
        }
    }

    /** Is what {@link #shift} makes. */
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

        @Override
        List<Object> parts() {
            return List.of(share);
        }
    }

    /** Is what {@link #rotate} makes. */
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

        @Override
        List<Object> parts() {
            return List.of(degrees);
        }
    }

    /** Is what {@link #crop} makes. */
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

        @Override
        List<Object> parts() {
            return List.of(smallestArea);
        }
    }

    /** Is what {@link #light} makes. */
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

        /** {@return how far the factor of the brightness is from 1 at most} */
        public double brightness() {
            return brightness;
        }

        /** {@return how far the factor of the contrast is from 1 at most} */
        public double contrast() {
            return contrast;
        }

        @Override
        List<Object> parts() {
            return List.of(brightness, contrast);
        }
    }

    /** Is what {@link #erase} makes. */
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

        /** {@return the probability of an image to lose a rectangle} */
        public double probability() {
            return probability;
        }

        /** {@return the largest share of the image that is lost} */
        public double largestArea() {
            return largestArea;
        }

        @Override
        List<Object> parts() {
            return List.of(probability, largestArea);
        }
    }

    /** Is what {@link #mixup} makes. */
    final class Mixup extends Rule implements Augmentation {

        private final double alpha;

        Mixup(double alpha) {
            Check.positive("alpha", alpha);
            this.alpha = alpha;
        }

        /** {@return the number of the beta distribution that the share is drawn from} */
        public double alpha() {
            return alpha;
        }

        @Override
        List<Object> parts() {
            return List.of(alpha);
        }
    }

    /** Is what {@link #cutMix} makes. */
    final class CutMix extends Rule implements Augmentation {

        private final double alpha;

        CutMix(double alpha) {
            Check.positive("alpha", alpha);
            this.alpha = alpha;
        }

        /** {@return the number of the beta distribution that the share is drawn from} */
        public double alpha() {
            return alpha;
        }

        @Override
        List<Object> parts() {
            return List.of(alpha);
        }
    }

    /** Is what {@link #own} makes. */
    final class Own extends Rule implements Augmentation {

        Own() {}

        @Override
        List<Object> parts() {
            return List.of();
        }
    }
}
