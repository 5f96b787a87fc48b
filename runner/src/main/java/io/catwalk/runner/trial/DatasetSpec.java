package io.catwalk.runner.trial;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.Fit;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule;
import java.io.File;
import org.jspecify.annotations.Nullable;

/**
 * Says which images a trial sees.
 *
 * @param name a known data set or a folder
 * @param imageSize what to resize an image folder to, as {@link ResizeRule#parse} reads it; null keeps the size
 * @param limitTrain number of training images to keep, in equal shares of each class; 0 keeps all
 * @param limitTest number of test images to keep, likewise
 */
public record DatasetSpec(String name, @Nullable String imageSize, int limitTrain, int limitTest) {

    /** The subset is the same in every experiment, so that limited runs compare with each other. */
    private static final long LIMIT_SEED = 0;

    /** Checks the limits against their ranges. */
    public DatasetSpec {
        requireNotNegative("--limit-train", limitTrain);
        requireNotNegative("--limit-test", limitTest);
    }

    /**
     * Returns the same images, to be found from any working folder.
     *
     * @return with the whole path, if the name is that of a folder
     */
    public DatasetSpec anywhere() {
        return ImageDatasets.isKnown(name) || !new File(name).isDirectory()
                ? this
                : new DatasetSpec(
                        new File(name).toPath().toAbsolutePath().normalize().toString(),
                        imageSize,
                        limitTrain,
                        limitTest);
    }

    /**
     * Returns how images come to their size.
     *
     * @return null if they are not resized
     */
    @Nullable
    Fit fit() {
        return imageSize == null ? null : ResizeRule.parse(imageSize).fit();
    }

    /**
     * Loads the images.
     *
     * @param dataHome where data sets are
     * @return what this says, in full
     * @throws RequestException if there is no such data set, or something is wrong with its files
     */
    public ImageDataset load(DataHome dataHome) {
        ImageDataset all = ImageDatasets.load(name, dataHome, imageSize == null ? null : ResizeRule.parse(imageSize));
        return new ImageDataset(
                all.name(),
                all.sha256(),
                all.classes(),
                limited(all.train(), limitTrain, all.classes().size()),
                limited(all.test(), limitTest, all.classes().size()));
    }

    private static ImageSource limited(ImageSource images, int limit, int classes) {
        return limit == 0 || limit >= images.size() ? images : images.limit(limit, classes, LIMIT_SEED);
    }

    private static void requireNotNegative(String option, int value) {
        if (value < 0) {
            throw new RequestException(option + " must be 0 (all) or above, but is " + value);
        }
    }
}
