package io.catwalk.api;

/**
 * Names a random change of training images that leaves their class as it is. Its strength does not depend on the size
 * of the images, so that a recipe suits small and large ones.
 *
 * <p>Whatever moves pixels is done first, in the order of the recipe and with one interpolation; then light, then what is
 * erased, then mixtures.
 */
public sealed interface Augmentation {

    /** Mirrors each image left to right with probability one half. */
    record HorizontalFlip() implements Augmentation {}

    /**
     * Moves each image by a whole number of pixels, filling with the value of a black pixel.
     *
     * @param share largest move in each direction as a share of the side, above 0 and at most 0.5, rounded to whole
     *     pixels: 0.04 moves images of 28 pixels by up to 1 and leaves those of 8 pixels where they are
     */
    record Shift(double share) implements Augmentation {

        /** Checks the distance against its range. */
        public Shift {
            Check.positive("share", share);
            Check.atMost("share", share, 0.5);
        }
    }

    /**
     * Turns each image about its middle, by an angle that is even between both limits; what comes from outside is black.
     *
     * @param degrees largest angle to either side, above 0 and at most 180
     */
    record Rotate(double degrees) implements Augmentation {

        /** Checks the angle against its range. */
        public Rotate {
            Check.positive("degrees", degrees);
            Check.atMost("degrees", degrees, 180);
        }
    }

    /**
     * Enlarges a rectangle of each image to the whole, with sides of a ratio between 3/4 and 4/3 (Szegedy et al., "Going
     * Deeper with Convolutions", 2015).
     *
     * @param smallestArea smallest share of the image that is kept, above 0 and below 1; the largest is 1
     */
    record Crop(double smallestArea) implements Augmentation {

        /** Checks the area against its range. */
        public Crop {
            Check.positive("smallestArea", smallestArea);
            Check.fraction("smallestArea", smallestArea);
        }
    }

    /**
     * Multiplies the brightness of each image by a factor, and then the distance of its pixels from their mean by another.
     *
     * @param brightness the factor is even between 1 minus and 1 plus this, 0 or above and below 1
     * @param contrast the same of the distance from the mean; one of both must be above 0
     */
    record Light(double brightness, double contrast) implements Augmentation {

        /** Checks both numbers against their ranges. */
        public Light {
            Check.fraction("brightness", brightness);
            Check.fraction("contrast", contrast);
            if (brightness == 0 && contrast == 0) {
                throw new IllegalArgumentException("brightness or contrast must be above 0, but both are 0");
            }
        }
    }

    /**
     * Replaces a rectangle of an image by the mean of the data set (Zhong et al., "Random Erasing Data
     * Augmentation", 2020).
     *
     * @param probability of an image to lose a rectangle, above 0 and at most 1
     * @param largestArea largest share of the image that is lost, above 0 and below 1, before sides are
     *     rounded to whole pixels; the smallest is 0.02, or this if it is less
     */
    record Erase(double probability, double largestArea) implements Augmentation {

        /** Checks both numbers against their ranges. */
        public Erase {
            Check.positive("probability", probability);
            Check.atMost("probability", probability, 1);
            Check.positive("largestArea", largestArea);
            Check.fraction("largestArea", largestArea);
        }
    }

    /**
     * Adds to each image another of its batch, and asks for both classes by the same shares (Zhang et al., "mixup", 2018).
     *
     * @param alpha the share is drawn from the beta distribution with this number twice; above 0
     */
    record Mixup(double alpha) implements Augmentation {

        /** Checks the number against its range. */
        public Mixup {
            Check.positive("alpha", alpha);
        }
    }

    /**
     * Puts a rectangle of another image of the batch into each, and asks for both classes by their shares of the pixels
     * (Yun et al., "CutMix", 2019).
     *
     * @param alpha the share of the first is drawn from the beta distribution with this number twice; above 0
     */
    record CutMix(double alpha) implements Augmentation {

        /** Checks the number against its range. */
        public CutMix {
            Check.positive("alpha", alpha);
        }
    }
}
