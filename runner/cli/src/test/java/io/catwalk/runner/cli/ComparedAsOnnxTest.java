package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.TinyImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** How a comparison handles networks with and without a correct ONNX file. */
@ExtendWith(ExportedRun.class)
final class ComparedAsOnnxTest {

    private ExportedRun world;
    private JsonNode results;

    @BeforeEach
    void read() throws IOException {
        world = ExportedRun.get();
        results = Catwalk.json(world.run().resolve("results.json"));
    }

    private JsonNode row(String name) {
        return results.path("trials")
                .valueStream()
                .filter(trial -> trial.path("classifier").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyTrialIsDoneButTheExitCodeTellsOfTheFiles() throws IOException {
        assertThat(results.path("trials")).hasSize(4);
        for (JsonNode trial : results.path("trials")) {
            assertThat(trial.path("status").asString()).isEqualTo("done");
            Path file = world.trial(trial.path("classifier").asString()).resolve("trial.json");
            assertThat(Catwalk.json(file)).isEqualTo(trial);
        }
        world.compared().exits(ExitCode.CROSS_CHECK_FAILED);
    }

    @Test
    void theGoodFileAgreesOnAllImagesInEveryConfiguration() {
        JsonNode parity = row(ExportedRun.GOOD).path("parity");
        double largest = parity.path("max_abs").asDouble(-1);
        double mean = parity.path("mean_abs").asDouble(-1);
        // Five optimization levels, one thread and all, batches of 256, 1 and 7: the last of 40 images is smaller.
        requireJson(parity, "/agrees=true", "/images=40", "/flips=0", "/tolerance=1.0E-4", "/configurations=30");
        assertThat(largest).isBetween(0.0, 1e-4);
        assertThat(mean).isBetween(0.0, largest);
        assertThat(parity.path("p999_abs").asDouble(-1)).isBetween(mean, largest);
        assertThat(parity.path("worst").asString()).matches("level \\w+, (all threads|1 thread\\(s\\)), batch \\d+");
    }

    @Test
    void theGoodFileIsMeasuredBesideTheNetwork() throws IOException {
        JsonNode efficiency = row(ExportedRun.GOOD).path("efficiency");
        assertThat(efficiency.path("onnx_bytes").asLong()).isEqualTo(Files.size(world.model()));
        // Per image: a 3x3 kernel on each of 64 pixels in 2 channels; a GRU of 12 units on 8 rows of 16 numbers,
        // with three gates; a dense layer to 10 classes.
        long operations = 64 * 9 * 2 + 8 * 3 * 12 * (16 + 12) + 12 * 10;
        assertThat(efficiency.path("multiply_accumulates").asLong()).isBetween(operations, operations * 11 / 10 - 1);
        for (String engine : List.of("pytorch", "onnxruntime")) {
            JsonNode latency = efficiency.path(engine);
            int calls = latency.path("calls").asInt();
            assertThat(latency.path("p50_micros").asDouble()).as(engine).isPositive();
            assertThat(calls).as(engine).isPositive();
            assertThat(latency.path("p90_micros").isNull()).as(engine).isEqualTo(calls < 100);
            assertThat(latency.path("machine"))
                    .as(engine)
                    .isEqualTo(row(ExportedRun.GOOD).at("/provenance/machine"));
        }
    }

    @Test
    void aNetworkWithoutAnOnnxFormSaysWhyAndHasNoFile() {
        for (String name : List.of(ExportedRun.UNKNOWN, ExportedRun.BY_BATCH)) {
            JsonNode trial = row(name);
            requireJson(trial, "/parity/agrees=false", "/parity/images=0", "/parity/max_abs=null");
            requireJson(trial, "/efficiency/onnx_bytes=null", "/efficiency/onnxruntime=null");
            assertThat(trial.at("/efficiency/pytorch").isNull()).isFalse();
            assertThat(world.trial(name)).isDirectoryNotContaining("glob:**.onnx*");
        }
        assertThat(row(ExportedRun.UNKNOWN).at("/parity/worst").asString())
                .contains("NDArray.inverse() has no ONNX form", "LambdaBlock, called at Sample.java:")
                .doesNotContain("\n");
        assertThat(row(ExportedRun.BY_BATCH).at("/parity/worst").asString()).contains("batch-dependent control flow");
    }

    @Test
    void aFileThatAnswersDifferentlyIsSetAsideAndNotMeasured() {
        JsonNode trial = row(ExportedRun.TWO_FACED);
        requireJson(trial, "/parity/agrees=false", "/parity/flips=40");
        requireJson(trial, "/efficiency/onnx_bytes=null", "/efficiency/onnxruntime=null");
        assertThat(trial.at("/parity/max_abs").asDouble()).isGreaterThan(0.1);
        Path folder = world.trial(ExportedRun.TWO_FACED);
        assertThat(folder.resolve("model.onnx")).doesNotExist();
        assertThat(OnnxMetadata.read(folder.resolve("model.rejected.onnx")).get("parity.flips"))
                .hasValue(Integer.toString(TinyImages.TEST));
    }

    @Test
    void theScreenShowsBothTablesIn80ColumnsAndTheReasons() {
        Catwalk.Answer answer = world.compared();
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(answer.out())
                .containsPattern("(?m)^Classifier +Accuracy % +95 % interval .* Latency$")
                .containsPattern("(?m)^Classifier +Agrees +Label flips +Largest difference$")
                .containsPattern("(?m)^mixed +yes +0 +\\d\\.\\de-\\d\\d$")
                .containsPattern("(?m)^unknown-operation +no file +– +–$")
                .containsPattern("(?m)^two-faced +no +40 +\\d\\.\\de[+-]\\d\\d$")
                .contains("! unknown-operation has no ONNX form: ", "! by-batch has no ONNX form: ");
        assertThat(answer.err())
                .contains("unknown-operation seed 1: done; ONNX: has no ", "by-batch seed 1: done; ONNX: has no ")
                .contains("two-faced seed 1: done; ONNX: DISAGREES: 40 flips in 40 images")
                .doesNotContain("ONNX: mixed", "\tat ");
    }

    @Test
    void theFileSaysWhereItComesFrom() {
        OnnxMetadata metadata = OnnxMetadata.read(world.model());
        assertThat(metadata.labels().orElseThrow()).hasSize(10);
        assertThat(metadata.preprocessing().orElseThrow().height()).isEqualTo(8);
        String accuracy = row(ExportedRun.GOOD).at("/metrics/test/accuracy").asString();
        assertThat(metadata.entries())
                .containsEntry("classifier", ExportedRun.GOOD)
                .containsEntry("parity.images", Integer.toString(TinyImages.TEST))
                .containsEntry("parity.flips", "0")
                .containsEntry("metrics.test.accuracy", accuracy);
        assertThat(metadata.under("provenance."))
                .containsKeys("dataset", "dataset_sha256", "plugin_sha256", "seed", "software.djl");
    }
}
