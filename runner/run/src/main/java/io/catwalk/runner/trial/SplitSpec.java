package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.Split;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Specifies the test and validation images of a trial. They are the same for every classifier of an
 * experiment.
 *
 * <p>In a hold-out, the test set is that of the data set, and so is the validation set if the data set has one. In a
 * cross-validation only the training images are used: one fold of them is the test set, and the test images of the data
 * set are never used. In both, the validation set is a share of the images that are left for training, so that no image
 * is in both sets. Nor does either separate images of a folder that have the same pixels or the same group.
 *
 * @param folds number of folds of a cross-validation; 0 for a hold-out
 * @param repeats how often the images are dealt into folds again; 1 for a hold-out
 * @param holdOut share of the training images in the validation set, above 0 and below 1
 * @param seed of the split, separate from the seeds of the trials
 * @param refit whether a network of the hold-out is trained once more when its epoch is chosen, on training and
 *     validation images together; null if not
 */
public record SplitSpec(
        int folds,
        int repeats,
        double holdOut,
        long seed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean refit) {

    private static final int MOST_FOLDS = 100_000;

    /** Checks the ranges of the numbers. */
    public SplitSpec {
        if (folds != 0 && folds < 2) {
            throw new RequestException("--folds must be at least 2, but is " + folds + ": try 5");
        }
        if (repeats < 1 || (folds == 0 && repeats != 1)) {
            throw new RequestException("--repeats must be at least 1, and 1 without folds, but is " + repeats);
        }
        if ((long) folds * repeats > MOST_FOLDS) {
            throw new RequestException("--folds times --repeats must be at most " + MOST_FOLDS + ", but is "
                    + (long) folds * repeats + ": each is a training of every classifier; try 5 and 10");
        }
        if (!(holdOut > 0 && holdOut < 1)) {
            throw new RequestException("--hold-out must be above 0 and below 1, but is " + holdOut);
        }
        refit = Boolean.TRUE.equals(refit) ? true : null; // requests from before there was a choice have none
    }

    /** Tells whether a network of the hold-out is trained once more. */
    public boolean refits() {
        return refit != null;
    }

    /** Returns the number of the last fold, over all repeats; 0 for a hold-out. */
    public int lastFold() {
        return folds * repeats;
    }

    /** Divides the training images into those that are left for training, and the test images: those of the fold. */
    static Split fold(ImageDataset dataset, int folds, long seed, int fold) {
        int repeat = folds == 0 ? 0 : (fold - 1) / folds;
        return Split.folds(dataset.train(), dataset.classes(), folds, seed + repeat)
                .get((fold - 1) % folds);
    }

    /**
     * Counts the images that are left for training where they are fewest: folds differ by whole groups of images that
     * stay together.
     *
     * @throws RequestException if a fold cannot be split, as in {@link #split}
     */
    public int fewestToTrainOn(ImageDataset dataset) {
        if (folds == 0 || !dataset.train().isClustered()) {
            // Folds of single images differ by one image at most, and none has more test images than the first.
            return split(dataset, Math.min(1, folds)).split().train().length;
        }
        return IntStream.range(0, repeats)
                .boxed()
                .flatMap(repeat -> Split.folds(dataset.train(), dataset.classes(), folds, seed + repeat).stream())
                .mapToInt(outer -> within(dataset, outer).split().train().length)
                .min()
                .orElseThrow();
    }

    /**
     * Splits a data set.
     *
     * @param fold number of the fold, from 1 to {@link #lastFold}; 0 for the hold-out, with folds or without
     * @throws RequestException if there are more folds than images of the smallest class, or than parts of a class that
     *     can be separated, or nothing is left to validate on
     */
    public TrialImages split(ImageDataset dataset, int fold) {
        if (fold == 0) {
            int learned = dataset.train().size() - dataset.validating();
            Split split = dataset.validating() > 0
                    ? new Split(
                            IntStream.range(0, learned).toArray(),
                            IntStream.range(learned, dataset.train().size()).toArray())
                    : Split.holdOut(dataset.train(), dataset.classes().size(), holdOut, seed);
            return new TrialImages(dataset, split, null);
        }
        return within(dataset, fold(dataset, folds, seed, fold));
    }

    /** Splits the images that a fold leaves for training. */
    private TrialImages within(ImageDataset dataset, Split outer) {
        ImageSource rest = dataset.train().select(outer.train());
        ImageDataset seen = new ImageDataset(
                dataset.name(),
                dataset.sha256(),
                dataset.classes(),
                rest,
                dataset.train().select(outer.validation()));
        return new TrialImages(seen, Split.holdOut(rest, dataset.classes().size(), holdOut, seed), outer);
    }

    /**
     * Holds the training, validation and test images of a trial.
     *
     * @param dataset with the images of the fold, if there is one, as its test images, and without them among
     *     its training images
     * @param split of its training images into those to train on and the validation images
     * @param fold which of the data set's own training images are left (train) and which are test images (validation);
     *     null for a hold-out
     */
    public record TrialImages(
            ImageDataset dataset, Split split, @Nullable Split fold) {

        /** Identifies the split: its SHA-256 or, with a fold, that of the digests of the fold and of the split. */
        public String sha256() {
            return fold == null
                    ? split.sha256()
                    : new Sha256().add(fold.sha256()).add(split.sha256()).hex();
        }

        /** Returns all images but the test images, to train on, and none to validate on. */
        public Split labeled() {
            return new Split(IntStream.range(0, dataset.train().size()).toArray(), new int[0]);
        }

        /** Returns the validation images, as indices into the data set's own training images. */
        int[] validation() {
            return fold == null
                    ? split.validation()
                    : Arrays.stream(split.validation())
                            .map(i -> fold.train()[i])
                            .toArray();
        }
    }
}
