package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class BenchCommandTest {

    private static final String TRIAL = "trials/mixed/1-0";

    @TempDir
    private Path folder;

    private Path plugins;
    private Path copy;
    private Path model;

    @BeforeEach
    void copy() throws IOException {
        plugins = ExportedRun.get().plugins();
        copy = ExportedRun.get().copyTo(folder.resolve("copy"));
        model = Files.copy(ExportedRun.get().model(), folder.resolve("mine.onnx"));
    }

    @Test
    @Tag("long")
    void aFileIsMeasuredOnOnnxRuntime() {
        Catwalk.Answer answer = Catwalk.ask("bench %s --processes 2", model);

        assertThat(answer.done().err().lines()).allMatch(line -> line.contains("~: the machine was busy ("));
        assertThat(answer.out().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .anyMatch(line -> line.matches("model +engine +p50 +range +p90 +p99 +64 +256"))
                .anyMatch(line -> line.matches("mine.onnx +ONNX Runtime +~?[\\d,]+ +[\\d,]+-[\\d,]+( +([\\d,]+|-)){4}"))
                .anyMatch(line -> line.contains("threads: 1, processes: "));
    }

    @Test
    @Tag("long")
    void aTrialIsMeasuredOnBothAndRecordedInItsRun() throws IOException {
        Catwalk.Answer answer = Catwalk.ask(
                "bench %s --plugins-dir %s --json --threads 2 --seconds 0.05", copy.resolve(TRIAL), plugins);

        assertThat(answer.done().err()).hasLineCount(1).contains("mixed seed 1", "1 of 1");
        JsonNode rows = answer.json();
        assertThat(rows)
                .extracting(row -> row.path("model") + " on " + row.path("engine"))
                .containsExactly("\"mixed\" on \"PyTorch\"", "\"mixed\" on \"ONNX Runtime\"");
        JsonNode efficiency = Catwalk.json(copy.resolve(TRIAL + "/trial.json")).path("efficiency");
        assertThat(efficiency.path("pytorch")).isEqualTo(rows.at("/0/latency"));
        assertThat(efficiency.path("onnxruntime")).isEqualTo(rows.at("/1/latency"));
        requireJson(efficiency, "/onnxruntime/threads=2");
        // The other three were measured with one thread, so this one is not in the same column.
        JsonNode results = Catwalk.json(copy.resolve("results.json"));
        assertThat(results.path("trials")).hasSize(4);
        requireJson(results, "/trials/0/efficiency/pytorch=null");
        assertThat(results.at("/latencies_left_out/0").asString()).contains("2 threads");
    }

    @Test
    @Tag("long")
    void whoeverStopsItKeepsTheTurnsUntilThen() throws Exception {
        String command = "bench %s --plugins-dir %s --processes 3 --seconds 0.05 --threads 2";
        Process bench = Catwalk.process(folder, Catwalk.words(command, copy.resolve(TRIAL), plugins))
                .start();
        try (BufferedReader said = bench.errorReader()) {
            assertThat(said.lines().filter(line -> line.contains("2 of 3")).findFirst())
                    .isPresent();
        } finally {
            bench.descendants().forEach(ProcessHandle::destroyForcibly);
            bench.destroyForcibly().waitFor();
        }
        JsonNode trial = Catwalk.json(copy.resolve(TRIAL + "/trial.json"));
        for (String engine : List.of("pytorch", "onnxruntime")) {
            requireJson(trial.at("/efficiency/" + engine), "/threads=2", "/processes=1");
        }
    }
}
