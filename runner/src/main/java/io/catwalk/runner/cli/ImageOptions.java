package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Fit;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.ImageSize;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.experiment.ExperimentFile;
import io.catwalk.runner.trial.DatasetSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Says how the image files of a folder are read, as options of every command that loads a data set. */
final class ImageOptions {

    @Option(names = "--image-size", paramLabel = "WxH", description = "Resize the images of a folder.")
    @Nullable
    private String imageSize;

    @Option(
            names = "--fit",
            paramLabel = "stretch|crop|pad",
            description = "How an image of another shape comes into --image-size: stretched; cropped to its middle; "
                    + "or whole, with black around it. Default: stretch")
    @Nullable
    private String fit;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Take the labels of the images of a folder from CSV or TSV with the columns path, label, and "
                    + "perhaps split (train, val, test) and group.")
    @Nullable
    private String labels;

    @Option(
            names = "--test-share",
            paramLabel = "SHARE",
            description = "Share of the images of a folder that is held out as the test set, if the folder has none: "
                    + "duplicates, and images of a group, stay together. Default: 0.2")
    @Nullable
    private Double testShare;

    @Option(
            names = "--skip-unreadable",
            paramLabel = "SHARE",
            arity = "0..1",
            fallbackValue = "0.05",
            description = "Leave out images that cannot be read, at most this share. Without a number: 0.05")
    @Nullable
    private Double skipUnreadable;

    /** Says whether any of them is given. */
    boolean areGiven() {
        return imageSize != null || fit != null || labels != null || testShare != null || skipUnreadable != null;
    }

    /** Says whether images are resized. */
    boolean resizes() {
        return imageSize != null;
    }

    /** Says whether a way is typed in which images come to a size that is not. */
    boolean fitsOnly() {
        return fit != null && imageSize == null;
    }

    /** Returns the size that is typed; null if none is. */
    @Nullable
    ImageSize size() {
        return imageSize == null ? null : ImageSize.parse(imageSize);
    }

    /** Asks for the images of a data set, as the options say. */
    DatasetSpec of(String name, int limitTrain, int limitTest) {
        return of(name, null, limitTrain, limitTest);
    }

    /**
     * Asks for all images of a data set, for a network that is there already.
     *
     * @param resizing what the images of the network were resized to, in the form of {@link ResizeRule#parse}, where the
     *     options say nothing; null if they were not
     */
    DatasetSpec of(String name, @Nullable String resizing) {
        return of(name, new ExperimentFile.Dataset(null, resizing, null, null, null, null, null, null), 0, 0);
    }

    /**
     * Asks for other images than a trial has of its own.
     *
     * @param name null to take its own
     * @param resizing what its own were resized to, as for {@link #of(String, String)}
     * @return null to take its own
     * @throws RequestException if the options say how to read images, and none are named
     */
    @Nullable
    DatasetSpec other(@Nullable String name, @Nullable String resizing) {
        if (name == null && areGiven()) {
            throw new RequestException("expected a data set that is read so, found none: name one with --dataset, or"
                    + " leave out --image-size, --fit, --labels, --test-share and --skip-unreadable");
        }
        return name == null ? null : of(name, resizing);
    }

    /**
     * Asks for the images of a data set.
     *
     * @param said what an experiment file says, which the options win over
     */
    DatasetSpec of(String name, ExperimentFile.@Nullable Dataset said, int limitTrain, int limitTest) {
        return new DatasetSpec(
                name,
                resizing(said == null ? null : said.imageSize()),
                labels != null || said == null ? labels : said.labels(),
                testShare != null || said == null ? testShare : said.testShare(),
                skipUnreadable != null || said == null ? skipUnreadable : said.skipUnreadable(),
                limitTrain,
                limitTest,
                said == null ? null : said.mirrored());
    }

    /** Returns what a folder of images does not say itself. */
    FolderReading folderReading() {
        return new FolderReading(labels, testShare, skipUnreadable);
    }

    /**
     * Returns what to resize to, in the form of {@link ResizeRule#parse}.
     *
     * @param said what an experiment file says, which the options win over
     * @return the rule, or null to keep the size
     * @throws RequestException if the options do not say a size
     */
    private @Nullable String resizing(@Nullable String said) {
        if (imageSize == null && fit == null) {
            return said;
        }
        ResizeRule ofFile = said == null ? null : ResizeRule.parse(said);
        if (imageSize == null && ofFile == null) {
            throw new RequestException("--fit needs a size to fit into: add --image-size, such as 96x96");
        }
        ImageSize size = imageSize == null && ofFile != null ? ofFile.size() : ImageSize.parse("" + imageSize);
        Fit chosen = fit != null ? Fit.parse(fit) : ofFile == null ? Fit.STRETCH : ofFile.fit();
        return new ResizeRule(size, chosen).toString();
    }
}
