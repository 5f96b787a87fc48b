package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDataset.ClassMatch;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.given.ClassNames;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** Options of a command that choose the images on which an ONNX file is evaluated. */
final class FileDataset extends ImageOptions.Other {

    @Mixin
    FileOptions options;

    ImageDataset load(Path file, OnnxMetadata metadata, Console console) throws IOException {
        return chosen(file, metadata, console).load(Home.data(console));
    }

    Path folder(Path file, OnnxMetadata metadata, Console console) throws IOException {
        return chosen(file, metadata, console).folder(Home.data(console));
    }

    private DatasetSpec chosen(Path file, OnnxMetadata metadata, Console console) throws IOException {
        String name = dataset != null
                ? dataset
                : metadata.get(MetadataKeys.PROVENANCE + "dataset")
                        .orElseThrow(() -> new RequestException(file
                                + ": expected the name of a data set in the metadata, found none; name one with "
                                + "--dataset"));
        DatasetSpec images = reading.of(name, ownSize(file, metadata));
        if (dataset == null && !DataHome.isKnown(name) && !Files.isDirectory(images.folder(Home.data(console)))) {
            throw new RequestException(file + ": expected the images of " + Reasons.quoted(name) + ", which it was made"
                    + " from, found no such folder here: name their folder with --dataset DIR");
        }
        return images;
    }

    /** Returns the rule that resized the images of the file to its input size; null if they were not resized. */
    private @Nullable String ownSize(Path file, OnnxMetadata metadata) {
        String fit = metadata.get(MetadataKeys.FIT).orElse(null);
        if (fit == null && !reading.fitsOnly()) {
            return null;
        }
        ResizeRule typed = reading.size();
        OnnxHints hints = typed == null ? options.hints() : FileOptions.InputSize.added(options.hints(), typed);
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints)) {
            Signature signature = predictor.signature();
            return new ResizeRule(signature.width(), signature.height(), fit == null ? Fit.STRETCH : Fit.parse(fit))
                    .toString();
        }
    }

    OnnxHints hints(ImageDataset images) {
        return options.hints()
                .withImageSize(images.test().height(), images.test().width());
    }

    /** Gives images the classes of the file: by name in its order, by index under its names if these name all. */
    ImageDataset matched(Path file, ImageDataset images, OnnxMetadata metadata) {
        if (byIndex) {
            int classes = images.classes().size();
            return ClassNames.said(file, metadata)
                    .filter(names -> names.size() == classes && new HashSet<>(names).size() == classes)
                    .map(names -> images.labeledAs(names, ClassMatch.BY_INDEX))
                    .orElse(images);
        }
        List<String> classes = ClassNames.said(file, metadata)
                .orElseThrow(() -> new RequestException(file + ": expected the names of the classes in the metadata, "
                        + "found none; match those of the images by index with --classes-by-index"));
        return images.labeledAs(classes, ClassMatch.BY_NAME);
    }

    static void requireFit(Path file, Signature signature, ImageDataset dataset) {
        requireFit(file, signature, signature.channels(), dataset);
    }

    /** The same of a file that may convert gray images and those in color itself. */
    static void requireFit(Path file, OnnxPredictor predictor, ImageDataset dataset) {
        Signature taken = predictor.signature();
        requireFit(file, taken, predictor.resizes() ? dataset.test().channels() : taken.channels(), dataset);
    }

    private static void requireFit(Path file, Signature signature, int channels, ImageDataset dataset) {
        ImageSource images = dataset.test();
        String expected = shape(channels, signature.height(), signature.width());
        String found = shape(images.channels(), images.height(), images.width());
        if (!found.equals(expected)) {
            throw new RequestException(file + ": expected images of " + expected
                    + " (channels, height, width), found " + found + "; choose another --dataset, or resize its images"
                    + " with --image-size " + signature.width() + "x" + signature.height());
        }
        if (signature.classes() != dataset.classes().size()) {
            throw new RequestException(file + ": expected " + signature.classes() + " classes, found "
                    + dataset.classes().size() + "; choose another --dataset");
        }
    }

    private static String shape(int channels, int height, int width) {
        return channels + "x" + height + "x" + width;
    }
}
