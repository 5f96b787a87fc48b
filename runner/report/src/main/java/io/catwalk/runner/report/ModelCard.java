package io.catwalk.runner.report;

import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.SavedTrial;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Describes an exported network for people: what it is, how to run it, how it was trained, how good it is and what it
 * is not meant for (after Mitchell et al., "Model Cards for Model Reporting", 2019), in the form of the Hugging Face
 * Hub.
 *
 * @param file name of the ONNX file, which is in the folder of the card
 * @param parity how far the file differs from the network
 * @param latency of this file on ONNX Runtime; null if it was not measured
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

    /** License identifiers of the Hub: those of SPDX in lower case. Any other license becomes {@code other}. */
    private static final Set<String> LICENSES = Set.of(("apache-2.0 mit bsd-2-clause bsd-3-clause mpl-2.0 epl-2.0"
                    + " gpl-2.0 gpl-3.0 lgpl-3.0 agpl-3.0 cc0-1.0 cc-by-4.0 cc-by-sa-4.0 cc-by-nc-4.0 unlicense")
            .split(" ", -1));

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
        return head() + "\n# " + TextEscaping.markdown(name) + "\n\n"
                + MarkdownText.of(new CardDocument(this).document(picture));
    }

    /** Names the images that the metrics are of: of a known data set, others than its test set are not its split. */
    private String split() {
        int fold = done.trial().fold();
        if (fold > 0) {
            return "fold " + fold + " of the training images";
        }
        int images = evaluation.images();
        return DataHome.isKnown(dataset.name()) && images != KNOWN_TEST
                ? Numbers.count(images) + " of the " + Numbers.count(KNOWN_TEST) + " test images"
                : "test";
    }

    /** Writes the header in YAML, with its two lines of dashes, in the format of the Hub (hub-docs, {@code modelcard.md}). */
    private String head() {
        String images = dataset.name();
        String id = DataHome.isKnown(images) ? "zalando-datasets/fashion_mnist" : slug(images);
        Map<String, Object> head = new LinkedHashMap<>();
        metadata.get(MetadataKeys.LICENSE).ifPresent(stated -> head.putAll(licensed(stated)));
        head.put("library_name", "onnx");
        head.put("pipeline_tag", "image-classification");
        String classifier = done.trial().classifier();
        head.put("tags", List.of("onnx", "onnxruntime", "image-classification", "catwalk", classifier));
        head.put("datasets", List.of(id));
        head.put("metrics", List.of("accuracy", "f1"));
        ObjectNode model = Json.YAML.createObjectNode().put("name", name);
        ObjectNode result = model.putArray("results").addObject();
        result.putObject("task").put("type", "image-classification");
        result.putObject("dataset").put("name", images).put("type", id).put("split", split());
        ArrayNode metrics = result.putArray("metrics");
        metric(metrics.addObject(), "accuracy", "Accuracy", evaluation.accuracy());
        metric(
                metrics.addObject(),
                "f1",
                "F1 (macro)",
                evaluation.metrics().macro().f1());
        head.put("model-index", List.of(model));
        return "---\n" + Json.YAML.writeValueAsString(head) + "---\n";
    }

    private static void metric(ObjectNode metric, String type, String name, double value) {
        metric.put("type", type).put("name", name).put("value", Math.round(value * 1e4) / 1e4);
    }

    private static Map<String, Object> licensed(String stated) {
        String id = stated.strip().toLowerCase(Locale.ROOT);
        return LICENSES.contains(id)
                ? Map.of("license", id)
                : new LinkedHashMap<>(Map.of("license", "other", "license_name", slug(stated)));
    }

    private static String slug(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    }
}
