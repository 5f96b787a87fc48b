package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
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
        Catwalk.Answer answer = Catwalk.run("bench", ExportedRun.get().model().toString(), "--processes", "2");

        assertThat(answer.err().lines())
                .allSatisfy(line -> assertThat(line).contains("~: the machine was busy (", "): measure again when"));
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .hasSizeGreaterThanOrEqualTo(6)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .anyMatch(line -> line.matches("model +engine +p50 +range +p90 +p99 +64 +256"))
                .anyMatch(
                        line -> line.matches("model.onnx +ONNX Runtime +~?[\\d,]+ +[\\d,]+-[\\d,]+( +([\\d,]+|-)){4}"))
                .anyMatch(line -> line.contains("threads: 1, processes: "));
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

        assertThat(answer.err()).hasLineCount(1).contains("mixed seed 1: measuring the latency, 1 of 1");
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
        // The other three were measured with one thread, so this one is not in the same column.
        assertThat(results.path("trials")
                        .path(0)
                        .path("efficiency")
                        .path("pytorch")
                        .isNull())
                .isTrue();
        assertThat(results.path("latency_notes").path(0).asString()).contains("with 1 thread; those from");
    }

    @Test
    @Tag("long")
    void whoeverStopsItKeepsTheTurnsUntilThen() throws Exception {
        Path copy = ExportedRun.get().copyTo(folder.resolve("copy"));
        Process bench = Catwalk.process(
                        folder,
                        "bench",
                        copy.resolve("trials/mixed/1-0").toString(),
                        "--plugins-dir",
                        ExportedRun.get().plugins().toString(),
                        "--processes",
                        "3",
                        "--seconds",
                        "0.05",
                        "--threads",
                        "2")
                .start();
        try (BufferedReader said = bench.errorReader()) {
            assertThat(said.lines().filter(line -> line.contains("2 of 3")).findFirst())
                    .isPresent();
        } finally {
            bench.descendants().forEach(ProcessHandle::destroyForcibly);
            bench.destroyForcibly().waitFor();
        }
        JsonNode trial = Json.JSON.readTree(Files.readString(copy.resolve("trials/mixed/1-0/trial.json")));
        for (String engine : List.of("pytorch", "onnxruntime")) {
            JsonNode latency = trial.path("efficiency").path(engine);
            assertThat(latency.path("threads").asInt()).isEqualTo(2);
            assertThat(latency.path("processes").asInt()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeMeasuredIsRefused() {
        String model = ExportedRun.get().model().toString();
        refused(Catwalk.run("bench", model, "--threads", "0"), "--threads must be at least 1, but is 0");
        refused(Catwalk.run("bench", model, "--processes", "0"), "--processes must be at least 1, but is 0");
        refused(Catwalk.run("bench", model, "--seconds", "0"), "--seconds must be above 0 and at most 600, but is 0.0");
        refused(Catwalk.run("bench", folder.toString()), "expected a run folder", "has none");
        refused(Catwalk.run("bench", folder.resolve("gone.onnx").toString()), "gone.onnx: expected", "no such file");
    }

    @Test
    @Tag("long")
    void theFastestOptionsOfASessionAreWrittenBesideTheFile() throws IOException {
        Path model = Files.copy(ExportedRun.get().model(), folder.resolve("mine.onnx"));
        String[] command = {
            "bench", model.toString(), "--tune", "--for", "throughput", "--threads", "2", "--seconds", "0.05"
        };

        Catwalk.Answer answer = Catwalk.run(command);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100))
                .anyMatch(line -> line.matches("batches of 8 +[\\d.]+ times \\([\\d.]+ to [\\d.]+\\)( +taken)?"))
                .anyMatch(line -> line.startsWith("threads 1 "))
                .anyMatch(line -> line.startsWith("optimization none "))
                .anyMatch(line -> line.startsWith("memory pattern off "))
                .anyMatch(line -> line.matches("mine.onnx: [\\d,]+ images a second.*"));
        assertThat(Files.readAllLines(folder.resolve("mine.session.properties")))
                .anyMatch(line -> line.matches("threads=[12]"))
                .anyMatch(line -> line.matches("batch=\\d+"))
                .anyMatch(line -> line.matches("optimization=(none|basic|extended|layout|all)"))
                .contains("found.model.sha256=" + Sha256.of(model), "found.images_in_a_call=256");

        JsonNode json = Json.JSON.readTree(Catwalk.run(
                        Stream.concat(Stream.of(command), Stream.of("--json")).toArray(String[]::new))
                .out());
        assertThat(json.path("options").path("threads").asInt()).isBetween(1, 2);
        assertThat(json.path("times_standard").path("median").asDouble()).isGreaterThanOrEqualTo(1);
        assertThat(json.path("tried").size()).isGreaterThan(10);
    }

    @Test
    void whatCannotBeTunedIsRefused() throws IOException {
        Path model = Files.copy(ExportedRun.get().model(), folder.resolve("mine.onnx"));
        refused(Catwalk.run("bench", model.toString(), "--for", "latency"), "expected --for with --tune only");
        refused(
                Catwalk.run("bench", model.toString(), "--tune", "--for", "latencies"),
                "--for must be one of latency, throughput, but is 'latencies'");
        refused(
                Catwalk.run("bench", folder.toString(), "--tune"),
                "expected an ONNX file with --tune, found the folder");
        refused(Catwalk.run("bench", folder.resolve("gone.onnx").toString(), "--tune"), "gone.onnx: expected");
        assertThat(folder.resolve("mine.session.properties")).doesNotExist();
    }

    @Test
    void imagesAreLabeledWithTheOptionsBesideTheFile() throws IOException {
        Path model = Files.copy(ExportedRun.get().model(), folder.resolve("mine.onnx"));
        Path image = folder.resolve("image.png");
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", image.toFile());
        String[] command = {"predict", model.toString(), image.toString()};
        Catwalk.Answer first = Catwalk.run(command);
        assertThat(first.err()).isEmpty();
        String expected = first.out();

        Files.writeString(folder.resolve("mine.session.properties"), "threads=1\noptimization=none\n");
        assertThat(Catwalk.run(command).out()).isEqualTo(expected).contains("image.png");
        Files.writeString(folder.resolve("mine.session.properties"), "threads=many\n");
        refused(Catwalk.run(command), "mine.session.properties: expected threads to be a number");
    }
}
