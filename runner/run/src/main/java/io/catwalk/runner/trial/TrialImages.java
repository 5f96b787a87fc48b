package io.catwalk.runner.trial;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.Split;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

    /** Returns the validation images, as indices into the data set's own training images. */
    int[] validation() {
        return fold == null
                ? split.validation()
                : Arrays.stream(split.validation()).map(i -> fold.train()[i]).toArray();
    }
}
