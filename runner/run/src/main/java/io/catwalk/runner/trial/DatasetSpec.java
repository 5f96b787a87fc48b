package io.catwalk.runner.trial;

import io.catwalk.api.Task;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.evaluation.Mirroring;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Specifies the images of a trial.
 *
 * @param name a known data set or a folder
 * @param imageSize what to resize an image folder to, as {@link ResizeRule#parse} reads it; null keeps the size
 * @param labels the table of a folder of images, as in {@link FolderReading}
 * @param testShare share of the images of a folder in the test set, likewise
 * @param skipUnreadable share of the images of a folder that may be left out, likewise
 * @param limitTrain number of training images to keep, in equal shares of each class; 0 keeps all
 * @param limitTest number of test images to keep, likewise
 * @param mirrored whether an image that is mirrored left to right is of the same class; null for what is known of
 *     the data set, or for what {@link #mirroredAs photos show}
 * @param followLinks whether links that lead out of the folder are followed, as in {@link FolderReading}
 */
public record DatasetSpec(
        String name,
        @Nullable String imageSize,
        @Nullable String labels,
        @Nullable Double testShare,
        @Nullable Double skipUnreadable,
        int limitTrain,
        int limitTest,
        @Nullable Boolean mirrored,
        @Nullable Boolean followLinks) {

    /** The subset is the same in every experiment, so that limited runs compare with each other. */
    private static final long LIMIT_SEED = 0;

    /** Checks the size and the ranges. */
    public DatasetSpec {
        if (imageSize != null) {
            ResizeRule.parse(imageSize);
        }
        new FolderReading(labels, testShare, skipUnreadable, followLinks);
        requireNotNegative("--limit-train", limitTrain);
        requireNotNegative("--limit-test", limitTest);
    }

    /** Tells whether a trial sees only a part of the images, as with {@code --quick}: this is for a first look. */
    public boolean limited() {
        return limitTrain > 0 || limitTest > 0;
    }

    FolderReading reading() {
        return new FolderReading(labels, testShare, skipUnreadable, followLinks);
    }

    /** Returns the same images with an absolute path, so that they are found from any working folder. */
    public DatasetSpec anywhere() {
        return DataHome.isKnown(name) || !new File(name).isDirectory()
                ? this
                : placed(
                        new File(name).toPath().toAbsolutePath().normalize().toString(),
                        reading().anywhere().labels());
    }

    /** Returns the same images, with a name that does not lead to them. */
    public DatasetSpec unplaced() {
        return DataHome.isKnown(name)
                ? this
                : placed(new File(name).getName(), labels == null ? null : new File(labels).getName());
    }

    /** Finds the folder of the images, which may not exist. */
    public Path folder(DataHome home) {
        return home.folder(name);
    }

    /** Returns the same images with their path on this machine; a known data set keeps its name. */
    DatasetSpec at(Path folder, @Nullable Path table) {
        return placed(DataHome.isKnown(name) ? name : folder.toString(), table == null ? null : table.toString());
    }

    /** Tells whether all images are test images, so that nothing can be trained. */
    public boolean testsAll() {
        return testShare != null && testShare == 1;
    }

    /** Takes all images of a folder without a test set as test images, where nothing is trained. */
    public DatasetSpec allTested(DataHome home) {
        return testShare != null || !home.lacksTest(name, reading()) ? this : with(name, imageSize, labels, 1.0);
    }

    /** Returns the same images in another size; null keeps it. */
    public DatasetSpec resized(@Nullable String rule) {
        return with(name, rule == null ? imageSize : rule, labels, testShare);
    }

    private DatasetSpec placed(String newName, @Nullable String newLabels) {
        return with(newName, imageSize, newLabels, testShare);
    }

    private DatasetSpec with(
            String newName, @Nullable String newSize, @Nullable String newLabels, @Nullable Double newShare) {
        return new DatasetSpec(
                newName, newSize, newLabels, newShare, skipUnreadable, limitTrain, limitTest, mirrored, followLinks);
    }

    /** Returns the same images with whether they keep their class when they are mirrored: of photos, what they show. */
    public DatasetSpec mirroredAs(ImageDataset loaded) {
        if (mirrored != null || DataHome.isKnown(name) || !shape(loaded).photos()) {
            return this;
        }
        boolean keep = Mirroring.keepsClasses(loaded.train(), loaded.classes().size());
        return new DatasetSpec(
                name, imageSize, labels, testShare, skipUnreadable, limitTrain, limitTest, keep, followLinks);
    }

    /** Returns how images are fitted to their size; null if they are not resized. */
    public @Nullable Fit fit() {
        return imageSize == null ? null : ResizeRule.parse(imageSize).fit();
    }

    /**
     * Loads the images, with the limits of this specification.
     *
     * @throws RequestException if there is no such data set, or something is wrong with its files
     */
    public ImageDataset load(DataHome dataHome) {
        ResizeRule rule = imageSize == null ? null : ResizeRule.parse(imageSize);
        return limited(dataHome.load(name, rule, reading()), limitTrain, limitTest);
    }

    /** Limits a whole data set to the images that a trial with these limits sees. */
    static ImageDataset limited(ImageDataset whole, int limitTrain, int limitTest) {
        return whole.limited(limitTrain, limitTest, LIMIT_SEED);
    }

    /** Returns the task of a network for these images, as {@link #load} returned them. */
    public Task task(ImageDataset loaded) {
        int[] sizes = loaded.train().countPerClass(loaded.classes().size());
        return shape(loaded)
                .withClassSizes(Arrays.stream(sizes).boxed().toList())
                .withMirrored(mirrored == null ? DataHome.isKnown(name) : mirrored);
    }

    /** Returns as much as is needed to build a network again. */
    static Task shape(ImageDataset images) {
        ImageSource train = images.train();
        return Task.of(
                train.channels(),
                train.height(),
                train.width(),
                images.classes().size());
    }

    private static void requireNotNegative(String option, int value) {
        if (value < 0) {
            throw new RequestException(option + " must be 0 (all) or above, but is " + value);
        }
    }
}
