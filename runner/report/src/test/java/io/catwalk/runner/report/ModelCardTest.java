package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Recipe;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Metrics.Averages;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.MadeUpComparison;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Tests what a card says of a made-up network; ZooTest compares whole cards with their files. */
@Tag("tiny")
class ModelCardTest {

    /**
     * Of 100 classes with one image each, the first 40 are classified as the next class. The gap is Newcombe's interval of
     * 620 of 1000 against 600 of 1000, by test-data/golden/intervals.py.
     */
    @Test
    void ofManyClassesACardNamesSomeAndShowsTheWorstAndTheBest() {
        String card = card().markdown(null);
        assertThat(card)
                .contains("No measurable overfitting", "2.00 points", "-2.27 to 6.26")
                .doesNotContain("weakest class", "most frequent mistake"); // all have few images, and as many mistakes
        assertThat(card.lines())
                .contains("| kind0 | never predicted | 0.00 | 0.00 | 1 |", "| kind99 | 100.00 | 100.00 | 100.00 | 1 |")
                .anyMatch(line -> line.endsWith("kind0, kind1, kind2, kind3, kind4 and 95 more"))
                .anyMatch(line -> line.contains("20 ") && line.contains("75 are left out"))
                .filteredOn(line -> line.startsWith("| kind"))
                .hasSize(25);
    }

    /** Expected intervals are Newcombe's, by test-data/golden/intervals.py. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.96 | 0.94 | mild overfitting; 2.00 points; 0.08 to 3.95
            0.99 | 0.92 | strong overfitting; 7.00 points; 5.26 to 8.90; begins above 5
            0.70 | 0.90 | no measurable overfitting; -20.00 points; -23.38 to -16.58; is below 0
            """)
    void aGapIsToldWithItsInterval(double training, double validation, String words) {
        assertThat(CardDocument.overfitting(metrics(training), metrics(validation)))
                .contains(words.split("; ", -1));
    }

    private static Metrics metrics(double accuracy) {
        Averages none = new Averages(0, 0, 0, 0, 0);
        return new Metrics(1000, accuracy, 0, 1, none, none, none, 0, 0, 0, 0.0, 0.0, null, 0.0);
    }

    @Test
    void theHeadIsYamlThatTheHubReads() {
        OnnxMetadata licensed = OnnxMetadata.empty().with(MetadataKeys.LICENSE, "Apache-2.0");
        String text = card("fashion-mnist", licensed, null).markdown(null);

        JsonNode head = head(text);

        assertThat(head.path("tags").toString()).contains("\"onnx\"", "\"image-classification\"", "\"net\"");
        assertThat(head.path("datasets").toString()).isEqualTo("[\"zalando-datasets/fashion_mnist\"]");
        assertThat(head.path("metrics").toString()).isEqualTo("[\"accuracy\",\"f1\"]");
        // 60 of 100 images are right.
        String leaves = "/license=apache-2.0 /library_name=onnx /pipeline_tag=image-classification"
                + " /model-index/0/name=net /model-index/0/results/0/task/type=image-classification"
                + " /model-index/0/results/0/dataset/name=fashion-mnist"
                + " /model-index/0/results/0/metrics/0/type=accuracy /model-index/0/results/0/metrics/0/value=0.6";
        assertThat(leaves.split(" ", -1)).allSatisfy(leaf -> {
            String at = leaf.replaceFirst("=.*", "");
            assertThat(at + "=" + head.at(at).asString()).isEqualTo(leaf);
        });
        assertThat(head.at("/model-index/0/results/0/dataset/split").asString())
                .as("a hundred images are not the test set of Fashion-MNIST")
                .isEqualTo("100 of the 10,000 test images");
    }

    @Test
    void aLicenseThatTheHubDoesNotListIsAnotherAndNoneIsNone() {
        OnnxMetadata own = OnnxMetadata.empty().with(MetadataKeys.LICENSE, "Ours: no 3");
        JsonNode head = head(card("my \"odd\": images", own, null).markdown(null));
        assertThat(head.path("license").asString()).isEqualTo("other");
        assertThat(head.path("license_name").asString()).isEqualTo("ours-no-3");
        assertThat(head.at("/model-index/0/results/0/dataset/name").asString()).isEqualTo("my \"odd\": images");
        assertThat(head(card().markdown(null)).has("license")).isFalse();
        assertThat(head(card().markdown(null)).findValue("split").asString()).isEqualTo("test");
    }

    @Test
    void latencyNamesItsEngineAndItsBatch() {
        Machine machine = new Machine("Linux", "amd64", "a chip", 2, 1L << 30);
        Latency quiet = MadeUp.latency(1, 5000, 417.4, 430.0, 501.6, 2500.4, null, null, machine);

        assertThat(card("kinds", OnnxMetadata.empty(), quiet).markdown(null).lines())
                .contains("- batch 1, median: 417 µs", "- batch 1, 99th percentile: 502 µs")
                .contains("- images per second, batch 64: 2,500")
                .anyMatch(line -> line.contains("ONNX Runtime over 5,000 calls") && line.contains("a chip (2 cores"))
                .noneMatch(line -> line.contains("batch 256"));
        assertThat(card().markdown(null)).doesNotContain("Latency");
        Latency busy = MadeUp.latency(1, 5000, 417.4, 430.0, 501.6, 2500.4, null, MadeUp.BUSY, machine);
        assertThat(card("kinds", OnnxMetadata.empty(), busy).markdown(null))
                .contains("417 µs", "times are rough: other programs took 80 % of the processors.");
    }

    @Test
    void theConfusionMatrixIsShownWhereItsPictureIs(@TempDir Path run) throws IOException {
        ModelCard card = card();
        Path plots = Files.createDirectories(run.resolve("plots"));
        Path file = Files.createDirectories(run.resolve("trials/net/1-0")).resolve("card.md");
        Path picture = plots.resolve("confusion-matrix-net.png");

        card.write(file, picture);
        assertThat(file).content().doesNotContain("![");

        Files.createFile(picture);
        card.write(file, picture);
        assertThat(file).content().contains("![Confusion matrix](../../../plots/confusion-matrix-net.png)\n");
    }

    @Test
    void howMuchTheSeedMattersIsSaidOnlyWhereItWasMeasured() {
        ModelCard one = card();
        Standing three = MadeUpComparison.standing("net", 3, 0.62, 0.0123, 0.6, 0.64);
        ModelCard several = with(one.done(), three);

        assertThat(several.markdown(null)).contains("3 trainings", "62.00 ± 1.23 %");
        assertThat(one.markdown(null)).doesNotContain("trainings", "another seed");
    }

    /** A hyperparameter may be named like a fact of the card. */
    @Test
    void everyHyperparameterIsInTheCard() {
        TrialSpec odd = MadeUp.trial("net", Map.of("parameters", 7), 1, 0, Recipe.standard());

        String card = with(MadeUp.done(odd, 0.6), null).markdown(null);

        assertThat(card.lines().filter(line -> line.startsWith("- parameters: ")))
                .hasSize(2)
                .contains("- parameters: 7");
    }

    private static ModelCard with(Done done, @Nullable Standing standing) {
        ModelCard one = card();
        return new ModelCard(
                "net",
                "net.onnx",
                done,
                one.dataset(),
                one.evaluation(),
                one.parity(),
                one.options(),
                null,
                one.metadata(),
                1,
                standing);
    }

    private static ModelCard card() {
        return card("kinds", OnnxMetadata.empty(), null);
    }

    private static JsonNode head(String card) {
        assertThat(card).startsWith("---\n");
        return YAMLMapper.builder().build().readTree(card.substring(4, card.indexOf("\n---\n", 4)));
    }

    /** Of 100 classes with one image each, the first 40 are classified as the next class. */
    private static ModelCard card(String dataset, OnnxMetadata metadata, @Nullable Latency latency) {
        int[] labels = IntStream.range(0, 100).toArray();
        List<String> names = IntStream.of(labels).mapToObj(c -> "kind" + c).toList();
        float[] logits = new float[100 * 100];
        for (int i = 0; i < 100; i++) {
            logits[i * 100 + (i < 40 ? i + 1 : i)] = 1;
        }
        ImageSource images = HeapImages.of(1, 1, 1, new byte[100], labels);
        ImageDataset kinds = new ImageDataset(dataset, "0".repeat(64), names, images, images);
        Evaluation evaluation = Evaluation.of(new Predictions(100, labels, logits), names);
        ParityResult proof =
                new ParityResult(true, 100, 0, 1e-6, 1e-7, 1e-6, 1e-4, 14, "1 thread", null, null, null, null);
        Done done = MadeUp.done(MadeUp.trial("net"), 0.6);
        ExportOptions options = ExportOptions.standard();
        return new ModelCard("net", "net.onnx", done, kinds, evaluation, proof, options, latency, metadata, 1, null);
    }
}
