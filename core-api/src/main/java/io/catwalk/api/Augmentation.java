package io.catwalk.api;

/** Names a random change of training images that leaves their class as it is. */
public sealed interface Augmentation {

    /** Mirrors each image left to right with probability one half. */
    record HorizontalFlip() implements Augmentation {}

    /**
     * Moves each image by a whole number of pixels, filling with the value of a black pixel.
     *
     * @param pixels largest move in each direction; at least 1
     */
    record Shift(int pixels) implements Augmentation {

        /** Checks the distance against its range. */
        public Shift {
            Check.atLeast("pixels", pixels, 1);
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
            Check.positive("largestArea", largestArea);
            Check.fraction("largestArea", largestArea);
            if (probability > 1) {
                throw new IllegalArgumentException("probability must be at most 1, but is " + probability);
            }
        }
    }
}
