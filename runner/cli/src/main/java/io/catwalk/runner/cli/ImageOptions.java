package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.FolderSurvey;
import io.catwalk.runner.data.ImageDataset.ClassMatch;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.trial.DatasetSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Options of every command that loads a data set: how the image files of a folder are read. */
final class ImageOptions {

    @Option(
            names = "--image-size",
            paramLabel = "WxH",
            description =
                    "Resize the images of a folder. Default: images of one size keep it; to train, others become 64x64")
    private @Nullable String imageSize;

    @Option(
            names = "--fit",
            paramLabel = "stretch|crop|pad",
            description = "How to fit an image of another shape into --image-size: stretch it, crop it to its center, "
                    + "or pad it with black. Default: stretch")
    private @Nullable String fit;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Take the labels of the images of a folder from CSV or TSV with the columns path, label, and "
                    + "perhaps split (train, val, test) and group.")
    private @Nullable String labels;

    @Option(
            names = "--test-share",
            paramLabel = "SHARE",
            description = "Share of the images of a folder that is held out as the test set, if the folder has none: "
                    + "duplicates, and images of a group, stay together. Default: 0.2")
    private @Nullable Double testShare;

    @Option(
            names = "--skip-unreadable",
            paramLabel = "SHARE",
            arity = "0..1",
            fallbackValue = "0.05",
            preprocessor = OptionParsers.AttachedOnly.class,
            description = "Leave out images that cannot be read, at most this share. Without a number: 0.05")
    private @Nullable Double skipUnreadable;

    @Option(
            names = "--follow-links",
            description = "Read images behind links that lead out of the folder, too. Default: such links are skipped")
    private boolean followLinks;

    /** Options of a command that evaluates what was trained, perhaps on other images than its own. */
    static class Other {

        @Option(
                names = "--dataset",
                paramLabel = "NAME|DIR",
                description = "Data set to evaluate on, with images resized as the own ones are, unless options say "
                        + "how. Default: that of the run, or the one that the file names")
        @Nullable
        String dataset;

        @Mixin
        ImageOptions reading;

        @Option(
                names = "--classes-by-index",
                description = "Match the classes of the images with those of the network by index, not by name.")
        boolean byIndex;

        ClassMatch match() {
            return byIndex ? ClassMatch.BY_INDEX : ClassMatch.BY_NAME;
        }

        /** Specifies other images than the trial's own, resized likewise; null if none are named. */
        @Nullable
        DatasetSpec other(@Nullable String resizing) {
            if (dataset == null && reading.areGiven()) {
                throw new RequestException("expected --dataset with --image-size, --fit, --labels, --test-share,"
                        + " --skip-unreadable or --follow-links, but found none: add it, or leave them out");
            }
            return dataset == null ? null : reading.of(dataset, resizing);
        }
    }

    boolean areGiven() {
        return imageSize != null
                || fit != null
                || labels != null
                || testShare != null
                || skipUnreadable != null
                || followLinks;
    }

    /** Returns whether they make a data set of a folder, whose images then have one size. */
    boolean make(FolderSurvey survey) {
        return survey.isOfOneSize() || imageSize != null || (skipUnreadable != null && survey.hasOneSize());
    }

    @Nullable
    ResizeRule rule() {
        String said = resizing(null);
        return said == null ? null : ResizeRule.parse(said);
    }

    boolean fitsOnly() {
        return fit != null && imageSize == null;
    }

    @Nullable
    ResizeRule size() {
        return imageSize == null ? null : ResizeRule.ofSize(imageSize, Fit.STRETCH);
    }

    /** Specifies all images of a data set, resized as those of an existing network unless the options say how. */
    DatasetSpec of(String name, @Nullable String resizing) {
        return of(name, resizing, null, null);
    }

    DatasetSpec of(String name, @Nullable String resizing, @Nullable Integer limitTrain, @Nullable Integer limitTest) {
        ExperimentTree tree = ExperimentTree.empty()
                .with("", "dataset.name", name)
                .with("", "dataset.image_size", resizing)
                .with("--limit-train", "dataset.limit_train", limitTrain)
                .with("--limit-test", "dataset.limit_test", limitTest);
        layOver(tree);
        return tree.readDataSets().get(0);
    }

    void layOver(ExperimentTree tree) {
        for (ObjectNode dataSet : tree.dataSets()) {
            String resizing = resizing(dataSet.path("image_size").asString(null));
            if (resizing != null) {
                dataSet.put("image_size", resizing);
            }
        }
        tree.with("--labels", "dataset.labels", labels)
                .with("--test-share", "dataset.test_share", testShare)
                .with("--skip-unreadable", "dataset.skip_unreadable", skipUnreadable)
                .with("--follow-links", "dataset.follow_links", follows());
    }

    FolderReading folderReading() {
        return new FolderReading(labels, testShare, skipUnreadable, follows());
    }

    /** Returns null, which is no, unless it is asked for: then orders and files of experiments say so. */
    private @Nullable Boolean follows() {
        return followLinks ? Boolean.TRUE : null;
    }

    private @Nullable String resizing(@Nullable String said) {
        if (imageSize == null && fit == null) {
            return said;
        }
        ResizeRule ofFile = said == null ? null : ResizeRule.parse(said);
        if (imageSize == null && ofFile == null) {
            throw new RequestException("--fit needs a size to fit into: add --image-size, such as 96x96");
        }
        Fit chosen = fit != null ? Fit.parse(fit) : ofFile == null ? Fit.STRETCH : ofFile.fit();
        return imageSize == null && ofFile != null
                ? new ResizeRule(ofFile.width(), ofFile.height(), chosen).toString()
                : ResizeRule.ofSize("" + imageSize, chosen).toString();
    }
}
