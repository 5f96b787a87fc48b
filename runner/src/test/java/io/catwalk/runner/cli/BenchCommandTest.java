package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class BenchCommandTest {

    @TempDir
    private Path folder;

    private static void refused(Catwalk.Answer answer, String... parts) {
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err()).startsWith("catwalk: ").hasLineCount(1).contains(parts);
    }

    @Test
    void aFileIsMeasuredOnOnnxRuntime() {
        Catwalk.Answer answer = Catwalk.run("bench", ExportedRun.get().model().toString());

        assertThat(answer.err().lines())
                .allSatisfy(line -> assertThat(line).contains("~: the machine was busy (", "): measure again when"));
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .anyMatch(line -> line.matches("model +engine +p50 +p90 +p99 +64 +256"))
                .anyMatch(line -> line.matches("model.onnx +ONNX Runtime +~?[\\d,]+( +([\\d,]+|-)){4}"))
                .anyMatch(line -> line.contains("and 256; threads: 1."));
    }

    @Test
    void aTrialIsMeasuredOnBothAndRecordedInItsRun() throws IOException {
        Path copy = ExportedRun.get().copyTo(folder.resolve("copy"));

        Catwalk.Answer answer = Catwalk.run(
                "bench",
                copy.resolve("trials/mixed/1-0").toString(),
                "--plugins-dir",
                ExportedRun.get().plugins().toString(),
                "--json",
                "--threads",
                "2",
                "--seconds",
                "0.05");

        assertThat(answer.err()).hasLineCount(1).contains("mixed seed 1: measuring the latency, network 1 of 1");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        JsonNode rows = Json.JSON.readTree(answer.out());
        assertThat(rows)
                .extracting(row -> row.path("model").asString() + " on "
                        + row.path("engine").asString())
                .containsExactly("mixed on PyTorch", "mixed on ONNX Runtime");
        JsonNode results = Json.JSON.readTree(Files.readString(copy.resolve("results.json")));
        JsonNode trial = Json.JSON.readTree(Files.readString(copy.resolve("trials/mixed/1-0/trial.json")));
        JsonNode efficiency = trial.path("efficiency");
        assertThat(efficiency.path("pytorch")).isEqualTo(rows.path(0).path("latency"));
        assertThat(efficiency.path("onnxruntime")).isEqualTo(rows.path(1).path("latency"));
        assertThat(efficiency.path("onnxruntime").path("threads").asInt()).isEqualTo(2);
        assertThat(results.path("trials")).hasSize(4);
        // The three others were measured with one thread, and so this is in no column with them.
        assertThat(results.path("trials")
                        .path(0)
                        .path("efficiency")
                        .path("pytorch")
                        .isNull())
                .isTrue();
        assertThat(results.path("latency_notes").path(0).asString()).contains("with 1 thread; what was measured on");
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        String model = ExportedRun.get().model().toString();
        refused(Catwalk.run("bench", model, "--threads", "0"), "--threads must be at least 1, but is 0");
        refused(Catwalk.run("bench", model, "--seconds", "0"), "--seconds must be above 0 and at most 600, but is 0.0");
        refused(Catwalk.run("bench", folder.toString()), "expected a run folder", "has none");
        refused(Catwalk.run("bench", folder.resolve("gone.onnx").toString()), "gone.onnx: expected", "no such file");
    }
}
