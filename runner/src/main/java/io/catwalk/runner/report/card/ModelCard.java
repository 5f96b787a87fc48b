package io.catwalk.runner.report.card;

import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Markdown;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.report.text.MarkdownText;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * @param standing of its classifier among those of the run, over all seeds and folds; null if it is not known
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
        long bytes,
        @Nullable Standing standing) {

    private static final int MOST_BYTES = 1 << 20;

    /** Size of the public test set of the known data set. */
    private static final int KNOWN_TEST = 10_000;

    /** Gathers the content of the card of a file that was exported from a trial. */
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
                ModelFiles.size(file),
                null);
    }

    /** Returns the path of the card of a file: {@code lstm.md} beside {@code lstm.onnx}. */
    public static Path beside(Path file) {
        return ModelFiles.beside(file, ".md");
    }

    /**
     * Reads the card of a file, which may be that of another: {@code NAME.md} beside it or, in a trial folder,
     * {@code card.md}; null if there is none, or it is too long for a card.
     */
    public static @Nullable String textBeside(Path file) throws IOException {
        Path own = beside(file);
        Path card = Files.isRegularFile(own) || !file.endsWith("model.onnx") ? own : file.resolveSibling("card.md");
        return Files.isRegularFile(card) && Files.size(card) <= MOST_BYTES
                ? new String(Files.readAllBytes(card), StandardCharsets.UTF_8)
                : null;
    }

    /** Writes the card, with the picture of the confusion matrix of the model if there is such a file. */
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

    /** Returns the card as Markdown, with a link to a picture of the confusion matrix unless that is null. */
    String markdown(@Nullable String picture) {
        return new CardHead(this).yaml() + "\n# " + Markdown.text(name) + "\n\n"
                + MarkdownText.of(new CardDocument(this).document(picture));
    }

    /** Names the images that the metrics are of: of a known data set, others than its test set are not its split. */
    String split() {
        int fold = done.trial().fold();
        if (fold > 0) {
            return "fold " + fold + " of the training images";
        }
        int images = evaluation.images();
        return ImageDatasets.isKnown(dataset.name()) && images != KNOWN_TEST
                ? Numbers.count(images) + " of the " + Numbers.count(KNOWN_TEST) + " test images"
                : "test";
    }
}
