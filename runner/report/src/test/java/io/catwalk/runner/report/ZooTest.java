package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.trial.ModelSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Compares the committed files with their cards, on all test images. */
class ZooTest {

    private static final Path ZOO = Path.of("../..", "onnx-models", "zoo", "fashion-mnist");

    /** Another processor sums in another order: the prediction for an image between two classes may change. */
    private static final double ONE_IMAGE = 1.0001e-4;

    private static ImageDataset dataset;

    @BeforeAll
    static void load() {
        dataset = DataHome.of(Path.of("../..", "test-data")).load("fashion-mnist", null, FolderReading.STANDARD);
    }

    @Test
    void aFileIsAsGoodAsItsCardAndItsMetadataState() throws IOException {
        requireAsGoodAsStated("small-conv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv-maxpool", "drop-norm-l2", "gru", "lstm", "rnn", "stride-conv"})
    @Tag("nightly")
    void everyOtherFileToo(String name) throws IOException {
        requireAsGoodAsStated(name);
    }

    private static void requireAsGoodAsStated(String name) throws IOException {
        String card = Files.readString(ZOO.resolve(name + ".md"));
        try (OnnxPredictor predictor = OnnxPredictor.open(ZOO.resolve(name + ".onnx"))) {
            double[] recall = recall(predictor);
            double accuracy = Arrays.stream(recall).average().orElseThrow();

            assertThat(accuracy).isCloseTo(stated(card, "- accuracy %: "), within(ONE_IMAGE));
            String inside = predictor.metadata().get("metrics.test.accuracy").orElseThrow();
            assertThat(accuracy).isCloseTo(Double.parseDouble(inside), within(ONE_IMAGE));
            assertThat(predictor.metadata().labels()).contains(dataset.classes());
            for (int c = 0; c < recall.length; c++) {
                // A class has a thousand images: one of them is 0.1 points.
                double stated =
                        stated(card, "\\| " + Pattern.quote(dataset.classes().get(c)) + " \\| [0-9.]+ \\| ");
                assertThat(recall[c]).as("class %d", c).isCloseTo(stated, within(10 * ONE_IMAGE));
            }
            assertThat(card).contains(String.format(Locale.ROOT, "%,d bytes", Files.size(ZOO.resolve(name + ".onnx"))));
        }
    }

    /** For programs that cannot read the metadata. */
    @Test
    void theSignatureBesideAFileIsThatOfTheFileAndNothingTellsWhereItWasMade() throws IOException {
        List<Path> models = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ZOO)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("/tmp/", "/home/", "/root/", "file:/");
                models.addAll(file.toString().endsWith(".onnx") ? List.of(file) : List.of());
            }
        }
        assertThat(models).hasSize(10);
        for (Path model : models) {
            String text = Files.readString(ModelSignature.beside(model));
            JsonNode stored = Json.JSON.readTree(text);
            String batch = model.toString().contains("unrolled") ? "1" : "\"batch\"";
            assertThat(stored.at("/input/shape").toString()).as("%s", model).isEqualTo("[" + batch + ",1,28,28]");
            assertThat(stored.at("/output/shape").toString()).isEqualTo("[" + batch + ",10]");
            assertThat(stored.path("model").asString())
                    .isEqualTo(model.getFileName().toString());
            assertThat(stored.path("labels"))
                    .extracting(JsonNode::asString)
                    .containsExactlyElementsOf(dataset.classes());
            try (OnnxPredictor predictor = OnnxPredictor.open(model)) {
                ModelSignature stated = ModelSignature.stated(
                        model, predictor, predictor.metadata().preprocessing().orElseThrow());
                assertThat(text).as("%s", model).isEqualTo(Json.JSON.writeValueAsString(stated) + "\n");
            }
        }
    }

    /** Computes recalls without Catwalk's metrics. Their mean is the accuracy, as all classes have the same size. */
    private static double[] recall(OnnxPredictor predictor) {
        var preprocessing = predictor.metadata().preprocessing().orElseThrow();
        Normalization normalization = new Normalization(
                new float[] {preprocessing.mean().get(0).floatValue()},
                new float[] {preprocessing.std().get(0).floatValue()});
        ImageSource images = dataset.test();
        double[] recall = new double[10];
        for (int from = 0; from < images.size(); from += 1000) {
            float[] logits = predictor.logits(images.normalized(normalization, from, from + 1000), 1000);
            for (int i = 0; i < 1000; i++) {
                int best = 0;
                for (int c = 1; c < 10; c++) {
                    best = logits[i * 10 + c] > logits[i * 10 + best] ? c : best;
                }
                if (best == images.labels()[from + i]) {
                    recall[best] += 1 / 1000.0;
                }
            }
        }
        return recall;
    }

    private static double stated(String card, String before) {
        Matcher matcher = Pattern.compile("(?m)^" + before + "([0-9.]+)").matcher(card);
        assertThat(matcher.find()).as(before).isTrue();
        return Double.parseDouble(matcher.group(1)) / 100;
    }
}
