package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Tests what a card says about the training; {@link ZooTest} compares whole cards with their files. */
@Tag("tiny")
class ModelCardTest {

    @Test
    void aRecipeThatDoesEverythingIsToldInFull() {
        Recipe recipe = Recipe.standard()
                .withOptimizer(Optimizer.sgd(0.00005, 0.9, 0.5))
                .withSchedule(Schedule.cosine())
                .withBatchSize(32)
                .withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2))
                .withLabelSmoothing(0.1)
                .withAveraging(0.998)
                .withClipNorm(1)
                .withPatience(3);

        assertThat(RecipeWords.of(recipe))
                .containsExactly(
                        "SGD with Nesterov momentum 0.9, peak learning rate 0.00005, decoupled weight decay 0.5, "
                                + "cosine decay to 0",
                        "Batches of 32 images, cross-entropy loss with label smoothing 0.1",
                        "Random horizontal flip: half of the images",
                        "Random shift: up to 4 % of the width and height",
                        "Random erasing: 25 % of images, up to 20 % of the area",
                        "Exponential moving average of the weights, decay 0.998",
                        "Gradient clipping at norm 1",
                        "Early stopping after 3 epochs without improvement");
    }

    @Test
    void whatARecipeLeavesOutIsNotNamed() {
        assertThat(RecipeWords.of(Recipe.standard()))
                .containsExactly(
                        "AdamW, peak learning rate 0.002, decoupled weight decay 0.01, "
                                + "one-cycle schedule: warm-up for 20 % of the steps, then decay to 0",
                        "Batches of 128 images, cross-entropy loss");
    }

    /** Of 100 classes with one image each, the first 40 are classified as the next class. */
    @Test
    void ofManyClassesACardNamesSomeAndShowsTheWorstAndTheBest() {
        ModelCard card = card("kinds", OnnxMetadata.empty(), null);

        assertThat(card.markdown(null).lines())
                .contains(
                        "- Classes in the order of the logits: kind0, kind1, kind2, kind3, kind4 and 95 more.",
                        "| kind0 | 0.00 % | 0.00 % | 0.00 % | 1 |",
                        "| kind99 | 100.00 % | 100.00 % | 100.00 % | 1 |",
                        "The 20 classes with the lowest recall, and the 5 with the highest; 75 are left out.")
                .filteredOn(line -> line.startsWith("| kind"))
                .hasSize(25);
    }

    /** Newcombe's interval of 620 of 1000 against 600 of 1000, by test-data/golden/intervals.py. */
    @Test
    void theGapIsGradedAsInTheReport() {
        assertThat(card("kinds", OnnxMetadata.empty(), null).markdown(null).lines())
                .contains("No measurable overfitting: training accuracy minus validation accuracy is 2.00 points, 95 %"
                        + " interval -2.27 to 6.26, which includes 0.");
    }

    /** Reads the card with another YAML parser. */
    @Test
    void theHeadIsYamlThatTheHubReads() {
        OnnxMetadata licensed = OnnxMetadata.empty().with(MetadataKeys.LICENSE, "Apache-2.0");
        String text = card("fashion-mnist", licensed, null).markdown(null);

        JsonNode head = head(text);

        assertThat(head.path("license").asString()).isEqualTo("apache-2.0");
        assertThat(head.path("library_name").asString()).isEqualTo("onnx");
        assertThat(head.path("pipeline_tag").asString()).isEqualTo("image-classification");
        assertThat(head.path("tags")).extracting(JsonNode::asString).contains("onnx", "image-classification", "net");
        assertThat(head.path("datasets"))
                .extracting(JsonNode::asString)
                .containsExactly("zalando-datasets/fashion_mnist");
        assertThat(head.path("metrics")).extracting(JsonNode::asString).containsExactly("accuracy", "f1");
        JsonNode result = head.at("/model-index/0/results/0");
        assertThat(head.at("/model-index/0/name").asString()).isEqualTo("net");
        assertThat(result.at("/task/type").asString()).isEqualTo("image-classification");
        assertThat(result.at("/dataset/name").asString()).isEqualTo("fashion-mnist");
        assertThat(result.at("/dataset/split").asString()).isEqualTo("test");
        // 60 of 100 images are right.
        assertThat(result.at("/metrics/0/value").asDouble()).isEqualTo(0.6);
        assertThat(result.at("/metrics/0/type").asString()).isEqualTo("accuracy");
    }

    @Test
    void aLicenseThatTheHubDoesNotListIsAnotherAndNoneIsNone() {
        OnnxMetadata own = OnnxMetadata.empty().with(MetadataKeys.LICENSE, "Ours: no 3");

        JsonNode head = head(card("my \"odd\": images", own, null).markdown(null));

        assertThat(head.path("license").asString()).isEqualTo("other");
        assertThat(head.path("license_name").asString()).isEqualTo("ours-no-3");
        assertThat(head.at("/model-index/0/results/0/dataset/name").asString()).isEqualTo("my \"odd\": images");
        assertThat(head(card("kinds", OnnxMetadata.empty(), null).markdown(null))
                        .has("license"))
                .isFalse();
    }

    @Test
    void latencyNamesItsEngineAndItsBatch() {
        Machine machine = new Machine("Linux", "amd64", "a chip", 2, 1L << 30);
        Latency quiet = new Latency(1, 5000, 417.4, 430.0, 501.6, 2500.4, null, null, machine);

        assertThat(card("kinds", OnnxMetadata.empty(), quiet).markdown(null).lines())
                .contains(
                        "| ONNX Runtime | |",
                        "| batch 1, median | 417 µs |",
                        "| batch 1, 99th percentile | 502 µs |",
                        "| batch 64 | 2,500 images/s |",
                        "Measured over 5,000 calls after warm-up on a chip (2 cores, amd64, Linux) with 1 thread.")
                .noneMatch(line -> line.startsWith("| batch 256"));
        assertThat(card("kinds", OnnxMetadata.empty(), null).markdown(null)).doesNotContain("Latency");
    }

    @Test
    void theConfusionMatrixIsShownWhereItsPictureIs(@TempDir Path run) throws IOException {
        ModelCard card = card("kinds", OnnxMetadata.empty(), null);
        Path plots = Files.createDirectories(run.resolve("plots"));
        Path file = Files.createDirectories(run.resolve("trials/net/1-0")).resolve("card.md");
        Path picture = plots.resolve("confusion-matrix-net.png");

        card.write(file, picture);
        assertThat(file).content().doesNotContain("![");

        Files.createFile(picture);
        card.write(file, picture);
        assertThat(file).content().contains("![Confusion matrix](../../../plots/confusion-matrix-net.png)\n");
        assertThat(file.resolveSibling("../../../plots/confusion-matrix-net.png"))
                .exists();
    }

    /** Earlier versions wrote "to judge on". */
    @ParameterizedTest
    @ValueSource(strings = {"for testing", "to judge on"})
    void theAccuracyOfACardIsReadForItsOwnImages(String words, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("net.onnx");
        ModelCard card = card("kinds", OnnxMetadata.empty(), null);
        card.write(ModelCard.beside(file), null);
        String text = Files.readString(ModelCard.beside(file));
        assertThat(text).contains("1,000 for testing.");
        Files.writeString(ModelCard.beside(file), text.replace("1,000 for testing.", "100 " + words + "."));

        assertThat(ModelCard.statedBeside(file, card.dataset())).isEqualTo(0.6);
        ImageSource others = HeapImages.of(1, 1, 1, new byte[3], new int[3]);
        assertThat(ModelCard.statedBeside(
                        file, new ImageDataset("kinds", "0".repeat(64), List.of("a", "b"), others, others)))
                .isNull();
    }

    private static JsonNode head(String card) {
        assertThat(card).startsWith("---\n");
        return YAMLMapper.builder().build().readTree(card.substring(4, card.indexOf("\n---\n", 4)));
    }

    /** Of 100 classes with one image each, the first 40 are classified as the next class. */
    private static ModelCard card(String dataset, OnnxMetadata metadata, @Nullable Latency latency) {
        int classes = 100;
        List<String> names =
                IntStream.range(0, classes).mapToObj(c -> "kind" + c).toList();
        int[] labels = IntStream.range(0, classes).toArray();
        float[] logits = new float[classes * classes];
        for (int i = 0; i < classes; i++) {
            logits[i * classes + (i < 40 ? i + 1 : i)] = 1;
        }
        ImageSource images = HeapImages.of(1, 1, 1, new byte[classes], labels);
        return new ModelCard(
                "net",
                "net.onnx",
                MadeUp.done(MadeUp.trial("net"), 0.6),
                new ImageDataset(dataset, "0".repeat(64), names, images, images),
                Evaluation.of(new Predictions(classes, labels, logits), names),
                new ParityResult(true, classes, 0, 1e-6, 1e-7, 1e-6, 1e-4, 14, "1 thread", null, null, null, null),
                ExportOptions.standard(),
                latency,
                metadata,
                1);
    }

    @Test
    void oneIsWrittenInTheSingular() {
        assertThat(card("kinds", OnnxMetadata.empty(), null).markdown(null))
                .contains(" The most frequent mistake: kind0 classified as kind1 (1 image).");
        assertThat(RecipeWords.of(Recipe.standard().withBatchSize(1).withPatience(1)))
                .contains("Batches of 1 image, cross-entropy loss", "Early stopping after 1 epoch without improvement");
    }

    @Test
    void aCardLiesBesideItsFile() {
        assertThat(ModelCard.beside(Path.of("a.onnx", "lstm@wide.onnx"))).isEqualTo(Path.of("a.onnx", "lstm@wide.md"));
    }
}
