package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
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
        results = Json.JSON.readTree(Files.readString(world.run().resolve("results.json")));
    }

    private JsonNode row(String name) {
        return results.path("trials")
                .valueStream()
                .filter(trial -> trial.path("classifier").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyTrialIsDoneButTheExitCodeTellsOfTheFiles() {
        assertThat(results.path("trials"))
                .hasSize(4)
                .allSatisfy(trial -> assertThat(trial.path("status").asString()).isEqualTo("done"));
        assertThat(world.compared().exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
    }

    @Test
    void theGoodFileAgreesOnAllImagesInEveryConfiguration() {
        JsonNode parity = row(ExportedRun.GOOD).path("parity");
        assertThat(parity.propertyNames())
                .containsExactly(
                        "agrees",
                        "images",
                        "flips",
                        "max_abs",
                        "mean_abs",
                        "p999_abs",
                        "tolerance",
                        "configurations",
                        "worst",
                        "missing");
        assertThat(parity.path("agrees").asBoolean()).isTrue();
        assertThat(parity.path("images").asInt()).isEqualTo(TinyImages.TEST);
        assertThat(parity.path("flips").asInt(-1)).isZero();
        assertThat(parity.path("tolerance").asDouble()).isEqualTo(1e-4);
        assertThat(parity.path("max_abs").asDouble(-1)).isBetween(0.0, 1e-4);
        assertThat(parity.path("mean_abs").asDouble(-1))
                .isBetween(0.0, parity.path("max_abs").asDouble());
        assertThat(parity.path("p999_abs").asDouble(-1))
                .isBetween(
                        parity.path("mean_abs").asDouble(),
                        parity.path("max_abs").asDouble());
        // Five optimization levels, one thread and all, batches of 256, 1 and 7: the last batch of 40 images is
        // smaller.
        assertThat(parity.path("configurations").asInt()).isEqualTo(5 * 2 * 3);
        assertThat(parity.path("worst").asString()).matches("level \\w+, (all threads|1 thread\\(s\\)), batch \\d+");
    }

    @Test
    void theGoodFileIsMeasuredBesideTheNetwork() throws IOException {
        JsonNode efficiency = row(ExportedRun.GOOD).path("efficiency");
        assertThat(efficiency.path("onnx_bytes").asLong()).isEqualTo(Files.size(world.model()));
        // Per image: a 3x3 kernel on each of 64 pixels in 2 channels; a GRU of 12 units on 8 rows of 16 numbers,
        // with three gates; a dense layer to 10 classes.
        long convolution = 64 * 9 * 2;
        long recurrence = 8 * 3 * 12 * (16 + 12);
        assertThat(efficiency.path("multiply_accumulates").asLong())
                .isGreaterThanOrEqualTo(convolution + recurrence + 12 * 10)
                .isLessThan((convolution + recurrence + 12 * 10) * 11 / 10);
        for (String engine : List.of("pytorch", "onnxruntime")) {
            JsonNode latency = efficiency.path(engine);
            assertThat(latency.path("p50_micros").asDouble()).as(engine).isPositive();
            assertThat(latency.path("calls").asInt()).as(engine).isPositive();
            assertThat(latency.path("p90_micros").isNull())
                    .as(engine)
                    .isEqualTo(latency.path("calls").asInt() < 100);
            assertThat(latency.path("machine"))
                    .as(engine)
                    .isEqualTo(row(ExportedRun.GOOD).path("provenance").path("machine"));
        }
    }

    @Test
    void trialAndResultsTellTheSame() throws IOException {
        for (JsonNode trial : results.path("trials")) {
            Path file = world.trial(trial.path("classifier").asString()).resolve("trial.json");
            assertThat(Json.JSON.readTree(Files.readString(file))).isEqualTo(trial);
        }
    }

    @Test
    void aNetworkWithoutAnOnnxFormSaysWhyAndHasNoFile() throws IOException {
        for (String name : List.of(ExportedRun.UNKNOWN, ExportedRun.BY_BATCH)) {
            JsonNode trial = row(name);
            assertThat(trial.path("parity").path("agrees").asBoolean(true)).isFalse();
            assertThat(trial.path("parity").path("images").asInt(-1)).isZero();
            assertThat(trial.path("parity").path("max_abs").isNull()).isTrue();
            assertThat(trial.path("efficiency").path("onnx_bytes").isNull()).isTrue();
            assertThat(trial.path("efficiency").path("onnxruntime").isNull()).isTrue();
            assertThat(trial.path("efficiency").path("pytorch").isNull()).isFalse();
            assertThat(world.trial(name)).isDirectoryNotContaining("glob:**.onnx*");
        }
        assertThat(row(ExportedRun.UNKNOWN).path("parity").path("worst").asString())
                .contains("NDArray.inverse() has no ONNX form", "LambdaBlock, called at Sample.java:")
                .doesNotContain("\n");
        assertThat(row(ExportedRun.BY_BATCH).path("parity").path("worst").asString())
                .contains("batch-dependent control flow");
    }

    @Test
    void aFileThatAnswersDifferentlyIsSetAsideAndNotMeasured() throws IOException {
        JsonNode trial = row(ExportedRun.TWO_FACED);
        assertThat(trial.path("parity").path("agrees").asBoolean(true)).isFalse();
        assertThat(trial.path("parity").path("flips").asInt()).isEqualTo(TinyImages.TEST);
        assertThat(trial.path("parity").path("max_abs").asDouble()).isGreaterThan(0.1);
        assertThat(trial.path("efficiency").path("onnx_bytes").isNull()).isTrue();
        assertThat(trial.path("efficiency").path("onnxruntime").isNull()).isTrue();
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
                .containsPattern("(?m)^model +acc +prec +rec +F1 +train +val +params +time +latency$")
                .containsPattern(
                        "(?m)^ +DJL \\+ +ONNX\\R^as ONNX +size +MACs +PyTorch +Runtime +faster +flips +max diff$")
                .containsPattern(
                        "(?m)^mixed +[\\d.]+ KiB +0\\.01 M +~?[\\d,]+ µs +~?[\\d,]+ µs +(\\d+\\.\\d x|-) +0 +\\d\\.\\de-\\d\\d$")
                .containsPattern("(?m)^unknown-operation +- +- +~?[\\d,]+ µs +- +- +- +-$")
                .containsPattern("(?m)^two-faced +- +- +~?[\\d,]+ µs +- +- +40 +\\d\\.\\de[+-]\\d\\d$");
        assertThat(answer.err())
                .contains(
                        "unknown-operation seed 1: done; ONNX: has no ONNX form: ",
                        "by-batch seed 1: done; ONNX: has no ONNX form: ",
                        "two-faced seed 1: done; ONNX: DISAGREES: 40 flips in 40 images, largest difference ",
                        "ONNX: two-faced: DISAGREES: ")
                .doesNotContain("ONNX: mixed", "\tat ");
    }

    @Test
    void theMarkdownShowsBothTables() throws IOException {
        List<String> lines = Files.readAllLines(world.run().resolve("results.md")).stream()
                .filter(line -> line.startsWith("|"))
                .toList();
        assertThat(lines).hasSize(2 + 4 + 2 + 4);
        assertThat(lines.get(6))
                .isEqualTo("| model | ONNX file | MACs | DJL + PyTorch | ONNX Runtime | speed-up "
                        + "| label flips | largest difference |");
        assertThat(lines.subList(6, lines.size()))
                .allSatisfy(line ->
                        assertThat(line.chars().filter(c -> c == '|').count()).isEqualTo(9));
        assertThat(lines.get(8)).matches("\\| mixed \\| [\\d.]+ KiB \\| .* \\| 0 \\| \\d\\.\\de-\\d\\d \\|");
    }

    @Test
    void theFileSaysWhereItComesFrom() {
        OnnxMetadata metadata = OnnxMetadata.read(world.model());
        assertThat(metadata.labels().orElseThrow()).hasSize(10);
        assertThat(metadata.preprocessing().orElseThrow().height()).isEqualTo(8);
        assertThat(metadata.get("classifier")).hasValue(ExportedRun.GOOD);
        assertThat(metadata.get("parity.images")).hasValue(Integer.toString(TinyImages.TEST));
        assertThat(metadata.get("parity.flips")).hasValue("0");
        assertThat(metadata.get("metrics.test.accuracy"))
                .hasValue(row(ExportedRun.GOOD)
                        .path("metrics")
                        .path("test")
                        .path("accuracy")
                        .asString());
        assertThat(metadata.under("provenance."))
                .containsKeys("dataset", "dataset_sha256", "plugin_sha256", "seed", "software.djl");
    }
}
