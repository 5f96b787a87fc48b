package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Damages each file of a finished trial in each way: {@code resume} makes it anew, and all is as before. */
final class MendedTrialTest {

    private static final String TRIAL = "trials/dense/1-0/";

    private static final List<String> FILES = List.of(
            "trial.json",
            "order.json",
            "training.json",
            "split.json",
            "classes.json",
            "history.csv",
            "predictions.csv",
            "predictions-validation.csv",
            "model/network-0000.params",
            "model.onnx",
            "model.signature.json",
            "card.md",
            "export.json");

    @TempDir
    private static Path world;

    @TempDir
    private Path folder;

    private Path run = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        TestPlugin.sound("dense")
                .write(Files.createDirectory(world.resolve("plugins")).resolve("dense.jar"));
        assertThat(command(
                                "compare",
                                "dense",
                                "--dataset",
                                TinyImages.write(world.resolve("tiny")).toString(),
                                "--out",
                                world.resolve("run").toString(),
                                "--seeds=1,2",
                                "--epochs=2",
                                "--batch-size=16",
                                "--threads=1")
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
        // The options of the second trial's file are not the standard ones.
        assertThat(Catwalk.run(
                                "export",
                                world.resolve("run/trials/dense/2-0").toString(),
                                "--opset=15",
                                "--plugins-dir",
                                world.resolve("plugins").toString())
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
    }

    private static Catwalk.Answer command(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--plugins-dir", world.resolve("plugins").toString(), "--in-process", "--no-latency"));
        return Catwalk.run(all.toArray(String[]::new));
    }

    static Stream<Arguments> damages() {
        return FILES.stream()
                .flatMap(file -> Stream.of("missing", "empty", "garbage", "of another trial")
                        .map(damage -> Arguments.of(file, damage)));
    }

    /** All that is mended without another attempt at once, and the ONNX file. */
    @Test
    @Tag("attack")
    void severalDamagedFilesAreMadeAnewAtOnce() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
        String before = numbers();
        damage(run.resolve(TRIAL + "history.csv"), "garbage");
        damage(run.resolve(TRIAL + "order.json"), "missing");
        damage(run.resolve(TRIAL + "trial.json"), "of another trial");
        damage(run.resolve(TRIAL + "classes.json"), "empty");
        damage(run.resolve(TRIAL + "export.json"), "of another trial");
        damage(run.resolve(TRIAL + "model.onnx"), "of another trial");

        Catwalk.Answer answer = command("resume", run.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .contains("dense seed 1: damaged and written again: ", "is completed, since model.onnx ");
        assertThat(numbers()).isEqualTo(before);
        assertThat(Catwalk.run("report", run.toString()).exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    @Tag("attack")
    void theFileOfAnotherTrialIsRefusedWhereverItIsUsed() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
        Path file = run.resolve(TRIAL + "model.onnx");
        damage(file, "of another trial");
        String trial = run.resolve("trials/dense/1-0").toString();
        byte[] page = Files.readAllBytes(run.resolve("report.html"));

        for (List<String> command : List.of(
                List.of("report", run.toString()),
                List.of(
                        "package",
                        trial,
                        "--out",
                        folder.resolve("parcel").toString(),
                        "--plugins-dir",
                        world.resolve("plugins").toString()),
                List.of(
                        "package",
                        file.toString(),
                        "--out",
                        folder.resolve("parcel").toString()),
                List.of("quantize", trial),
                List.of("bench", trial),
                List.of("predict", file.toString(), world.resolve("tiny").toString()))) {
            Catwalk.Answer refused = Catwalk.run(command.toArray(String[]::new));

            assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(refused.err()).hasLineCount(1).contains("trials/dense/1-0", "model.onnx", "catwalk resume");
        }
        assertThat(run.resolve("report.html")).hasBinaryContent(page);
        assertThat(folder.resolve("parcel")).doesNotExist();
    }

    @Test
    void missingPredictionsAreNamed() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
        Path file = run.resolve(TRIAL + "predictions.csv");
        Files.delete(file);

        Catwalk.Answer answer = Catwalk.run("report", run.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).hasLineCount(1).contains(file.toString(), "catwalk resume " + run);
        assertThat(run.resolve("report.html"))
                .content()
                .contains(TRIAL + "predictions.csv is missing")
                .doesNotContain(folder.toString());
    }

    @Test
    @Tag("attack")
    void aLinkedTrialIsRefused() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
        Path trial = run.resolve("trials/dense/1-0");
        Files.move(trial, folder.resolve("elsewhere"));
        Files.createSymbolicLink(trial, folder.resolve("elsewhere"));

        for (Path subject : List.of(run, trial)) {
            Catwalk.Answer refused = Catwalk.run("evaluate", subject.toString());

            assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(refused.err()).hasLineCount(1).contains(trial + " is a link");
        }
    }

    @ParameterizedTest
    @Tag("long")
    @MethodSource("damages")
    void resumeMakesItAnew(String file, String damage) throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
        String before = numbers();
        damage(run.resolve(TRIAL + file), damage);

        Catwalk.Answer report = Catwalk.run("report", run.toString());
        if (report.exitCode() != ExitCode.DONE) {
            assertThat(report.err()).hasLineCount(1).contains("dense", "catwalk resume");
        }
        Catwalk.Answer answer = command("resume", run.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(numbers()).isEqualTo(before);
        Catwalk.Answer again = Catwalk.run("report", run.toString());
        assertThat(again.exitCode()).as("%s", again).isEqualTo(ExitCode.DONE);
        assertThat(again.err()).isEmpty();
        assertThat(Catwalk.run(
                                "evaluate",
                                run.toString(),
                                "--plugins-dir",
                                world.resolve("plugins").toString())
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
    }

    private void damage(Path file, String damage) throws IOException {
        switch (damage) {
            case "missing" -> Files.deleteIfExists(file);
            case "empty" -> Files.writeString(file, "");
            case "garbage" -> Files.writeString(file, "eggs, milk and bread\n");
            default ->
                Files.write(
                        file,
                        Files.readAllBytes(run.resolve("trials/dense/2-0")
                                .resolve(run.resolve(TRIAL).relativize(file))));
        }
    }

    /** Returns the metrics and verdicts of the results; times differ where a step was repeated. */
    private String numbers() throws IOException {
        JsonNode results = Json.JSON.readTree(Files.readString(run.resolve("results.json")));
        StringBuilder numbers = new StringBuilder(results.path("comparison").toString());
        for (JsonNode trial : results.path("trials")) {

            numbers.append('\n')
                    .append(trial.path("status"))
                    .append(trial.path("metrics"))
                    .append(trial.path("parity"));
            numbers.append(trial.at("/efficiency/onnx_bytes"));
        }
        return numbers.toString();
    }
}
