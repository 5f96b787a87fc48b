package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ClassMatch;
import io.catwalk.runner.data.Fit;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSize;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.report.ModelCard;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Holds an ONNX file against what it says of itself, or against the network that it came from. */
@Command(
        name = "verify",
        description = {
            "Hold an ONNX file against what it says of itself: score it on the test images and compare the "
                    + "accuracy with the ones in its metadata and on its card.",
            "With --against, cross-check it against the network that it came from.",
            "With --runtimes, ask other runtimes about the same images."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class VerifyCommand implements Callable<Integer> {

    /** An accuracy in the metadata is a double in full; a sum of so few images differs by less. */
    private static final double SAME = 1e-9;

    /** A card has hundredths of a percent. */
    private static final double ROUNDED = 0.5001e-4;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL.onnx", description = "The file.")
    private Path file = Path.of("");

    @Option(names = "--show", description = "Only print what the file says of itself.")
    private boolean show;

    @Option(
            names = "--dataset",
            paramLabel = "NAME|DIR",
            description = "Data set to score on. Default: the one that the file names; with --against, that of the "
                    + "trial. Its images are resized as the file says, unless options say how.")
    @Nullable
    private String dataset;

    @Mixin
    private ImageOptions reading;

    @Mixin
    private FileOptions options;

    @Option(
            names = "--classes-by-index",
            description = "Match the classes of the images with those of the network by their places, not by name.")
    private boolean byIndex;

    @Option(names = "--against", paramLabel = "TRIAL", description = "Folder of the trial that the file came from.")
    @Nullable
    private Path against;

    @Option(names = "--predictions", paramLabel = "CSV", description = "Write its logits on the test images there.")
    @Nullable
    private Path answers;

    @Mixin
    private RuntimeOptions runtimes;

    @Mixin
    private PluginOptions plugins;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ForeignFile foreign;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Console console = new Console(spec);
        if (runtimes.areGiven() && (show || against != null || answers != null)) {
            throw new RequestException(
                    "expected --runtimes without --show, --against and --predictions, which are about"
                            + " the file alone: leave them out");
        }
        if (show) {
            show(OnnxMetadata.read(file), console);
            return ExitCode.DONE;
        }
        return foreign.run(spec, file, () -> against == null ? score(console) : crossCheck(against, console));
    }

    private void show(OnnxMetadata metadata, Console console) {
        if (json) {
            console.json(metadata.entries());
        } else if (metadata.entries().isEmpty()) {
            console.line("The file says nothing of itself.");
        } else {
            metadata.entries().forEach((key, value) -> console.item(key + ": ", value.replace("\n", ", ")));
        }
    }

    private int crossCheck(Path trial, Console console) throws IOException {
        TrialFolder folder = RunFolder.trained(trial).get(0);
        TrialOrder order = folder.readOrder();
        EngineSettings.apply(order.spec().threads());
        PluginCatalog catalog = plugins.open(console);
        DatasetSpec other = reading.other(dataset, order.dataset().imageSize());
        ClassMatch match = byIndex ? ClassMatch.BY_INDEX : ClassMatch.BY_NAME;
        try (SavedTrial saved = SavedTrial.open(folder, catalog, Home.data(console), other, match)) {
            ParityResult parity = saved.crossCheck(file);
            if (json) {
                console.json(parity);
            } else {
                console.item(file + ": ", parity.sentence());
            }
            return parity.agrees() ? ExitCode.DONE : ExitCode.CROSS_CHECK_FAILED;
        }
    }

    private int score(Console console) throws IOException, InterruptedException {
        PrivateFolder.claim();
        OnnxMetadata metadata = OnnxMetadata.read(file);
        ImageDataset images = images(metadata);
        ForeignFile.sign(console);
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints(images))) {
            ForeignFile.sign(console);
            Preprocessing preprocessing = options.preprocessing(file, predictor);
            requireFit(predictor.signature(), images);
            if (runtimes.areGiven()) {
                ImageSource some =
                        images.test().limit(runtimes.images(), images.classes().size(), 0);
                return report(new RuntimeCheck(file, predictor, preprocessing, some, runtimes, console).run(), console);
            }
            images = matched(images, metadata);
            Normalization normalization = FileOptions.normalization(preprocessing);
            Predictions predictions = Predictions.of(
                    ForeignFile.signing(predictor, console),
                    images.test(),
                    normalization,
                    predictor.signature().classes());
            if (answers != null) {
                predictions.write(answers);
            }
            return report(Evaluation.of(predictions, images.classes()), images, metadata, console);
        }
    }

    private int report(RuntimeReport report, Console console) {
        if (json) {
            console.json(report.json());
        } else {
            report.print(console);
        }
        return report.exitCode();
    }

    /** A file that takes any size gets the images as they are. */
    private OnnxHints hints(ImageDataset images) {
        return options.hints()
                .withImageSize(images.test().height(), images.test().width());
    }

    private ImageDataset matched(ImageDataset images, OnnxMetadata metadata) {
        if (byIndex) {
            return images;
        }
        List<String> classes = metadata.labels()
                .orElseThrow(() -> new RequestException(file + ": expected the names of the classes in the metadata, "
                        + "found none; match those of the images by their places with --classes-by-index"));
        return images.labeledAs(classes, ClassMatch.BY_NAME);
    }

    private int report(Evaluation evaluation, ImageDataset images, OnnxMetadata metadata, Console console)
            throws IOException {
        Double stated = stated(metadata);
        boolean sameImages = metadata.get(MetadataKeys.METRICS + "test.images")
                        .filter(count -> count.equals(Integer.toString(evaluation.images())))
                        .isPresent()
                && metadata.get(MetadataKeys.PROVENANCE + "dataset_sha256")
                        .filter(images.sha256()::equals)
                        .isPresent();
        boolean differs = stated != null && sameImages && Math.abs(stated - evaluation.accuracy()) >= SAME;
        Double onCard = ModelCard.statedBeside(file, images);
        boolean cardDiffers = onCard != null && Math.abs(onCard - evaluation.accuracy()) > ROUNDED;
        boolean compared = (stated != null && sameImages) || onCard != null;
        if (json) {
            Map<String, @Nullable Object> answer = new LinkedHashMap<>();
            answer.put("dataset", images.name());
            answer.put("stated_accuracy", stated);
            answer.put("card_accuracy", onCard);
            answer.put("agrees", compared ? !differs && !cardDiffers : null);
            answer.put("metrics", evaluation.metrics());
            console.json(answer);
        } else {
            String accuracy = String.format(
                    Locale.ROOT,
                    "accuracy %.2f %% on %d images of %s, ",
                    evaluation.accuracy() * 100,
                    evaluation.images(),
                    images.name());
            console.item(file + ": ", accuracy + verdict(stated, sameImages, differs) + ofCard(onCard, cardDiffers));
        }
        return differs || cardDiffers ? ExitCode.CROSS_CHECK_FAILED : ExitCode.DONE;
    }

    private static String ofCard(@Nullable Double stated, boolean differs) {
        return stated == null
                ? ""
                : !differs
                        ? ", and as its card says"
                        : String.format(Locale.ROOT, ", but its card says %.2f %%", stated * 100);
    }

    private static String verdict(@Nullable Double stated, boolean sameImages, boolean differs) {
        if (stated == null) {
            return "of which the file says nothing";
        }
        String said = String.format(Locale.ROOT, "the file says %.2f %%", stated * 100);
        return !sameImages ? said + " on others" : differs ? "but " + said : "as the file says";
    }

    private @Nullable Double stated(OnnxMetadata metadata) {
        String key = MetadataKeys.METRICS + "test.accuracy";
        String value = metadata.get(key).orElse(null);
        try {
            return value == null ? null : Double.valueOf(value);
        } catch (NumberFormatException e) {
            throw new RequestException(
                    file + ": expected a number in the metadata as " + key + ", found \"" + value
                            + "\"; export it again",
                    e);
        }
    }

    private ImageDataset images(OnnxMetadata metadata) {
        String name = dataset != null
                ? dataset
                : metadata.get(MetadataKeys.PROVENANCE + "dataset")
                        .orElseThrow(() -> new RequestException(file
                                + ": expected the name of a data set in the metadata, found none; name one with "
                                + "--dataset"));
        return reading.of(name, ownSize(metadata)).load(Home.data(new Console(spec)));
    }

    /** Returns how the images of the file came to their size, which is that of its input; null if they had it. */
    private @Nullable String ownSize(OnnxMetadata metadata) {
        String fit = metadata.get(MetadataKeys.FIT).orElse(null);
        if (fit == null && !reading.fitsOnly()) {
            return null;
        }
        ImageSize typed = reading.size();
        OnnxHints hints = typed == null ? options.hints() : InputSize.added(options.hints(), typed);
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), hints)) {
            Signature signature = predictor.signature();
            return new ResizeRule(
                            new ImageSize(signature.width(), signature.height()),
                            fit == null ? Fit.STRETCH : Fit.parse(fit))
                    .toString();
        }
    }

    private void requireFit(Signature signature, ImageDataset dataset) {
        ImageSource images = dataset.test();
        if (signature.channels() != images.channels()
                || signature.height() != images.height()
                || signature.width() != images.width()) {
            throw new RequestException(String.format(
                    Locale.ROOT,
                    "%s: expected images of %dx%dx%d (channels, height, width), found %dx%dx%d; choose another --dataset,"
                            + " or resize its images with --image-size %4$dx%3$d",
                    file,
                    signature.channels(),
                    signature.height(),
                    signature.width(),
                    images.channels(),
                    images.height(),
                    images.width()));
        }
        if (signature.classes() != dataset.classes().size()) {
            throw new RequestException(file + ": expected " + signature.classes() + " classes, found "
                    + dataset.classes().size() + "; choose another --dataset");
        }
    }
}
