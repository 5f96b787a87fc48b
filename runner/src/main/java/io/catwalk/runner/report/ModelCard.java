package io.catwalk.runner.report;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Markdown;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusedPair;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.training.Transfer;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.Timing;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes an exported network for people: what it is, how to run it, how it was trained, how good it is and what it
 * is not meant for (after Mitchell et al., "Model Cards for Model Reporting", 2019), in the form of the Hugging Face
 * Hub.
 *
 * @param name of the model
 * @param file name of the ONNX file, which is in the folder of the card
 * @param done outcome of the trial that trained it
 * @param dataset that it was trained and tested on
 * @param evaluation of its predictions for the test images
 * @param parity how far the file differs from the network
 * @param options of the export
 * @param latency of this file on ONNX Runtime; null if it was not measured
 * @param metadata of the file
 * @param bytes size of the file
 */
public record ModelCard(
        String name,
        String file,
        Done done,
        ImageDataset dataset,
        Evaluation evaluation,
        ParityResult parity,
        ExportOptions options,
        @Nullable Latency latency,
        OnnxMetadata metadata,
        long bytes) {

    /** Number of classes that are named if there is no room for all. */
    private static final int NAMED = 5;

    private static final int MOST_BYTES = 1 << 20;

    /** Matches the number of test images, also in the words of earlier cards. */
    private static final Pattern TESTED = Pattern.compile(" ([0-9,]+) (?:for testing|to judge on)\\.");

    private static final Pattern ACCURACY = Pattern.compile("(?m)^\\| accuracy \\| ([0-9]{1,3}\\.[0-9]{2}) % ");

    /**
     * Gathers the content of the card of a file.
     *
     * @param file that was exported from the trial; it exists
     * @param trial whose network it is
     * @param parity that the export returned
     * @param options that the export was given
     * @return the card, not yet written
     * @throws IOException if the file or the predictions of the trial cannot be read
     */
    public static ModelCard of(Path file, SavedTrial trial, ParityResult parity, ExportOptions options)
            throws IOException {
        return new ModelCard(
                ModelFiles.name(file),
                String.valueOf(file.getFileName()),
                trial.result(),
                trial.dataset(),
                parity.flipped() == null ? trial.storedEvaluation() : trial.evaluation(file),
                parity,
                options,
                trial.latency(options),
                OnnxMetadata.read(file),
                ModelFiles.size(file));
    }

    /**
     * Returns the path of the card of a file.
     *
     * @param file such as {@code lstm.onnx}
     * @return {@code lstm.md} beside it
     */
    public static Path beside(Path file) {
        return ModelFiles.beside(file, ".md");
    }

    /**
     * Reads the card of a file: {@code NAME.md} beside it or, in a trial folder, {@code card.md}.
     *
     * @param file such as {@code lstm.onnx}
     * @return its text, which may be that of another file; null if there is none, or it is too long for a card
     * @throws IOException if a card is there and cannot be read
     */
    public static @Nullable String textBeside(Path file) throws IOException {
        Path own = beside(file);
        Path card = Files.isRegularFile(own) || !file.endsWith("model.onnx") ? own : file.resolveSibling("card.md");
        return Files.isRegularFile(card) && Files.size(card) <= MOST_BYTES
                ? new String(Files.readAllBytes(card), StandardCharsets.UTF_8)
                : null;
    }

    /**
     * Reads the accuracy that the card of a file states: {@code NAME.md} beside it or, in a trial folder,
     * {@code card.md}.
     *
     * @param file such as {@code lstm.onnx}
     * @param images that it should have been tested on
     * @return a share from 0 to 1, in whole hundredths of a percent; null if there is no card, it is no model card or
     *     that of another file, or the file was tested on other images
     * @throws IOException if a card is there and cannot be read
     */
    public static @Nullable Double statedBeside(Path file, ImageDataset images) throws IOException {
        String text = textBeside(file);
        if (text == null) {
            return null;
        }
        Matcher tested = TESTED.matcher(text);
        boolean fits = text.contains("`" + images.sha256() + "`")
                && tested.find()
                && tested.group(1).equals(Numbers.count(images.test().size()));
        Matcher row = ACCURACY.matcher(text);
        return fits && row.find() ? (Double) (Double.parseDouble(row.group(1)) / 100) : null;
    }

    /**
     * Writes the card.
     *
     * @param card file to write; an existing one is replaced
     * @param picture of the confusion matrix of the model, which may not exist; null if there is none
     * @throws IOException if it cannot be written
     */
    public void write(Path card, @Nullable Path picture) throws IOException {
        AtomicFiles.write(card, markdown(picture == null ? null : link(card, picture)));
    }

    /** Returns the link from the card to the picture, or null if there is no such file. */
    private static @Nullable String link(Path card, Path picture) {
        return Files.isRegularFile(picture)
                ? card.toAbsolutePath()
                        .resolveSibling("")
                        .relativize(picture.toAbsolutePath())
                        .toString()
                        .replace('\\', '/')
                : null;
    }

    /**
     * Returns the card as Markdown.
     *
     * @param picture link to a picture of the confusion matrix; null if there is none
     * @return the text, with a line feed at its end
     */
    String markdown(@Nullable String picture) {
        CardHead head = new CardHead(
                name, done.trial().classifier(), dataset.name(), metadata.get(MetadataKeys.LICENSE), evaluation);
        return String.join(
                "\n",
                head.yaml(),
                what(),
                input(),
                code(),
                training(),
                results(picture),
                agreement(),
                latency == null ? "" : latency(latency),
                use(),
                origin());
    }

    private String code() {
        CardCode code = new CardCode(file, dataset.test(), done.normalization(), options);
        return "## How to run it\n\nFrom the command line, without code:\n\n```sh\n" + code.command()
                + "\n```\n\nIn Python, after `pip install numpy onnxruntime pillow`:\n\n```python\n" + code.python()
                + "```\n\nIn Java, with `com.microsoft.onnxruntime:onnxruntime:"
                + done.provenance().software().onnxruntime()
                + "` on the class path:\n\n```java\n" + code.java() + "```\n\nEach program prints the most probable"
                + " class and its probability.\n";
    }

    private static String latency(Latency latency) {
        StringBuilder text = new StringBuilder("## Latency\n\n| ONNX Runtime | |\n|---|--:|\n");
        String mark = latency.busy() == null ? "" : Latency.ROUGH;
        row(text, "batch 1, median", mark + Numbers.micros(latency.p50Micros()));
        if (latency.p99Micros() != null) {
            row(text, "batch 1, 99th percentile", mark + Numbers.micros(latency.p99Micros()));
        }
        if (latency.imagesPerSecond64() != null) {
            row(text, "batch 64", mark + Numbers.count(latency.imagesPerSecond64()) + " images/s");
        }
        if (latency.imagesPerSecond256() != null) {
            row(text, "batch 256", mark + Numbers.count(latency.imagesPerSecond256()) + " images/s");
        }
        text.append("\nMeasured over ").append(Numbers.count(latency.calls())).append(" calls after warm-up on ");
        text.append(Markdown.text(latency.place())).append(".\n");
        if (latency.busy() != null) {
            text.append("The machine was busy, so the times are rough: ")
                    .append(Markdown.text(latency.busy()))
                    .append(".\n");
        }
        return text.toString();
    }

    private String what() {
        Efficiency efficiency = done.efficiency();
        StringBuilder text = new StringBuilder("# " + Markdown.text(name) + "\n\n");
        text.append("An image classifier, trained with Catwalk on ").append(Markdown.text(dataset.name()));
        text.append(
                " and exported as an ONNX file, which was verified against the trained network.\n\n| | |\n|---|---|\n");
        row(
                text,
                "architecture",
                "`" + done.trial().classifier() + "`" + settings(done.trial().hyperparameters()));
        row(text, "parameters", count(efficiency.parameters()));
        metadata.get(MetadataKeys.MULTIPLY_ACCUMULATES)
                .ifPresent(work -> row(text, "MACs for one image", count(Long.parseLong(work))));
        row(
                text,
                "file",
                "`" + file + "`, " + count(bytes) + " bytes, opset " + options.opset()
                        + (options.unrolledRecurrence() ? ", recurrent layers unrolled" : "")
                        + (options.foldedBatchNorm() ? ", batch normalization folded into the convolutions" : ""));
        metadata.get(MetadataKeys.AUTHOR).ifPresent(author -> row(text, "author", Markdown.text(author)));
        metadata.get(MetadataKeys.LICENSE).ifPresent(license -> row(text, "license", Markdown.text(license)));
        return text.toString();
    }

    private String input() {
        var images = dataset.test();
        String batch = options.batch() == null ? "batch" : options.batch().toString();
        String shape = "(" + batch + ", " + images.channels() + ", " + images.height() + ", " + images.width() + ")";
        StringBuilder text = new StringBuilder("## Input and output\n\n");
        text.append("- Input `images`, ")
                .append(shape)
                .append(options.embeddedPreprocessing() ? ", uint8" : ", float32");
        text.append(": batch, channels, height, width.\n");
        var normalization = done.normalization();
        text.append(
                options.embeddedPreprocessing()
                        ? "- Pixels from 0 to 255; the file normalizes them itself.\n"
                        : "- Pixels from 0 to 255 become `(pixel / 255 - mean) / std`, with mean "
                                + CardCode.numbers(normalization.mean(), "") + " and std "
                                + CardCode.numbers(normalization.std(), "") + ".\n");
        text.append("- Output `logits`, (").append(batch).append(", ");
        text.append(dataset.classes().size()).append("), float32; their softmax ");
        text.append(options.probabilities() ? "is the output `probabilities`.\n" : "gives probabilities.\n");
        text.append("- Classes in the order of the logits: ");
        int named =
                dataset.classes().size() <= ShownClasses.ALL ? dataset.classes().size() : NAMED;
        text.append(dataset.classes().stream().limit(named).map(Markdown::text).collect(Collectors.joining(", ")));
        if (named < dataset.classes().size()) {
            text.append(" and ").append(count(dataset.classes().size() - named)).append(" more");
        }
        text.append(".\n- The metadata of the file holds the labels and the preprocessing too.\n");
        return text.toString();
    }

    private String training() {
        Timing timing = done.timing();
        StringBuilder text = new StringBuilder("## Training\n\n");
        text.append("- Data: ")
                .append(Markdown.text(dataset.name()))
                .append(", sha256 `")
                .append(dataset.sha256())
                .append("`: ");
        text.append(count(done.metrics().train().images())).append(" images for training, ");
        text.append(count(done.metrics().validation().images())).append(" for validation (epoch selection), ");
        text.append(count(done.metrics().test().images())).append(" for testing.\n");
        text.append("- ").append(timing.epochs()).append(timing.epochs() == 1 ? " epoch" : " epochs");
        text.append(" of ")
                .append(done.trial().recipe().epochs())
                .append(" were run")
                .append(timing.steps() == null ? "" : ", " + count(timing.steps()) + " optimizer steps")
                .append("; the file holds the weights after epoch ");
        text.append(timing.bestEpoch())
                .append("; seed ")
                .append(done.trial().seed())
                .append(".\n");
        RecipeWords.of(done.trial())
                .forEach(words -> text.append("- ").append(words).append(".\n"));
        Transfer transfer = done.provenance().transfer();
        if (transfer != null) {
            text.append("- ").append(Markdown.text(transfer.sentence())).append(".\n");
        }
        return text.toString();
    }

    private String results(@Nullable String picture) {
        StringBuilder text = new StringBuilder("## Results on the test images\n\n| metric | value |\n|---|--:|\n");
        row(
                text,
                "accuracy",
                percent(evaluation.accuracy()) + " (95 % interval "
                        + percent(evaluation.accuracyInterval().low()) + " to "
                        + percent(evaluation.accuracyInterval().high()) + ")");
        row(text, "precision (macro)", percent(evaluation.macro().precision()));
        row(text, "recall (macro)", percent(evaluation.macro().recall()));
        row(text, "F1 (macro)", percent(evaluation.macro().f1()));
        row(text, "log loss", fixed(evaluation.logLoss()));
        row(text, "expected calibration error", fixed(evaluation.calibration().expectedError()));
        text.append("\n| class | precision | recall | F1 | images |\n|---|--:|--:|--:|--:|\n");
        ShownClasses shown = ShownClasses.of(evaluation);
        shown.first().forEach(scores -> row(text, scores));
        if (shown.leftOut() > 0) {
            row(text, "...", "", "", "", "");
            shown.best().forEach(scores -> row(text, scores));
            text.append('\n').append(shown.sentence()).append('\n');
        }
        if (picture != null) {
            text.append("\n![Confusion matrix](")
                    .append(picture.replace("@", "%40"))
                    .append(")\n");
        }
        String rule = Findings.capital(done.overfitting().rule());
        text.append('\n').append(rule).append(".\n");
        return text.toString();
    }

    private String agreement() {
        return "## Parity with the trained network\n\n"
                + (parity.agrees() ? "The file agrees with PyTorch" : "The file does not agree with PyTorch")
                + ": on " + count(parity.images()) + " test images, " + count(parity.flips())
                + (parity.flips() == 1 ? " label differs" : " labels differ")
                + ". The largest difference of a logit is "
                + Numbers.scientific(parity.maxAbs()) + ", the mean " + Numbers.scientific(parity.meanAbs())
                + ", the 99.9th percentile " + Numbers.scientific(parity.p999Abs()) + "; the tolerance is "
                + Numbers.scientific(parity.tolerance()) + ". These are the numbers of the worst of "
                + parity.configurations()
                + " configurations of ONNX Runtime (optimization levels, threads, batch sizes): "
                + parity.worst() + ".\n"
                + (parity.flipped() == null
                        ? ""
                        : "\nLarge weights are rounded to 16-bit floats (11 significant bits). The tolerance is one unit in the"
                                + " last place of the largest logit in that format, and a label may differ within it. All"
                                + " other numbers here are those of the file itself.\n");
    }

    private String use() {
        StringBuilder text = new StringBuilder("## Intended use and limits\n\n");
        text.append("- For learning, for comparing architectures and for testing programs that run ONNX files. It ");
        text.append("was tested on the test set of one data set only.\n");
        text.append("- It classifies images like those in its training set. Every image gets one of the ");
        text.append(dataset.classes().size());
        text.append(
                " classes: for an image of anything else the answer is meaningless, however high its probability.\n");
        ClassScores weakest = evaluation.classes().stream()
                .filter(scores -> scores.support() > 0)
                .min(Comparator.comparingDouble(ClassScores::recall))
                .orElseThrow();
        text.append("- Its weakest class is ")
                .append(Markdown.text(weakest.name()))
                .append(": its recall is ");
        text.append(percent(weakest.recall())).append(".");
        if (!evaluation.confusedPairs().isEmpty()) {
            ConfusedPair pair = evaluation.confusedPairs().get(0);
            text.append(" The most frequent mistake: ")
                    .append(Markdown.text(dataset.classes().get(pair.truth())));
            text.append(" classified as ")
                    .append(Markdown.text(dataset.classes().get(pair.predicted())));
            text.append(" (")
                    .append(Findings.count(pair.images().size(), "image", "images"))
                    .append(").");
        }
        text.append("\n- It was trained once, with one seed; with another seed the accuracy changes slightly.\n");
        if (ImageDatasets.isKnown(dataset.name())) {
            text.append(
                    "- Fashion-MNIST consists of gray product photos from one shop, scaled to 28x28 pixels, with one article ");
            text.append("in the middle of a black background. Photos from a phone, of several articles, or of people ");
            text.append("wearing them look different. Do not use it to identify or assess people, or for any ");
            text.append("decision about them.\n");
        }
        return text.toString();
    }

    private String origin() {
        Provenance from = done.provenance();
        Software software = from.software();
        Machine machine = from.machine();
        StringBuilder text = new StringBuilder("## Provenance\n\n| | |\n|---|---|\n");
        row(text, "plugin", from.pluginId() + " " + from.pluginVersion() + ", sha256 `" + from.pluginSha256() + "`");
        row(
                text,
                "split",
                "sha256 `" + from.splitSha256() + "`, fold " + done.trial().fold());
        row(
                text,
                "software",
                "Catwalk " + software.catwalk() + ", DJL " + software.djl() + ", PyTorch " + software.pytorch()
                        + ", ONNX Runtime " + software.onnxruntime() + ", Java " + software.java());
        row(
                text,
                "machine",
                machine.processor() + ", " + machine.architecture() + ", " + machine.cores() + " cores, "
                        + machine.os());
        row(text, "threads", Integer.toString(from.threads()));
        row(text, "trained", done.timing().startedAt());
        return text.toString();
    }

    private static void row(StringBuilder text, ClassScores scores) {
        row(
                text,
                Markdown.text(scores.name()),
                percent(scores.precision()),
                percent(scores.recall()),
                percent(scores.f1()),
                count(scores.support()));
    }

    private static void row(StringBuilder text, String... cells) {
        text.append(Markdown.row(List.of(cells)));
    }

    private static String settings(Map<String, Object> hyperparameters) {
        return hyperparameters.entrySet().stream()
                .map(entry -> ", " + Markdown.text(entry.getKey() + " " + entry.getValue()))
                .collect(Collectors.joining());
    }

    private static String count(long value) {
        return Numbers.count(value);
    }

    private static String percent(double share) {
        return Numbers.percent(share) + " %";
    }

    private static String fixed(double value) {
        return Numbers.fixed(value, 4);
    }
}
