package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Damages each file of a finished trial in each way: {@code resume} makes it anew, and all is as before. */
final class MendedTrialTest {

    private static final String HERE = " --in-process --no-latency";

    private static final List<String> FILES = List.of(
            ("trial.json order.json training.json split.json classes.json history.csv predictions.csv card.md export.json"
                            + " predictions-validation.csv model/network-0000.params model.onnx model.signature.json")
                    .split(" ", -1));

    @TempDir
    private static Path world;

    @TempDir
    private Path folder;

    private Path run = Path.of("");

    /** Trains a trial for each file, and one more, whose ONNX file has other options than the standard ones. */
    @BeforeAll
    static void train() throws IOException {
        TestPlugin.sound("dense")
                .write(Files.createDirectory(world.resolve("plugins")).resolve("dense.jar"));
        Path images = TinyImages.write(world.resolve("tiny"));
        int last = FILES.size() + 1;
        String compare = "compare dense --dataset %s --out %s/run --plugins-dir %s/plugins --seeds=%s --epochs=2"
                + " --batch-size=16 --threads=1" + HERE;
        Catwalk.ask(compare, images, world, world, last).done();
        Catwalk.ask(
                        "export %s --opset=15 --plugins-dir %s/plugins",
                        world.resolve("run/trials/dense/" + last + "-0"), world)
                .done();
    }

    @BeforeEach
    void copy() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
    }

    private Catwalk.Answer resume() {
        return Catwalk.ask("resume %s --plugins-dir %s/plugins" + HERE, run, world)
                .done();
    }

    /** All that is mended without another attempt at once, and the ONNX file. */
    @Test
    @Tag("attack")
    void severalDamagedFilesAreMadeAnewAtOnce() throws IOException {
        String before = numbers();
        damage(1, "history.csv", "garbage");
        damage(1, "order.json", "missing");
        damage(1, "trial.json", "of another trial");
        damage(1, "classes.json", "empty");
        damage(1, "export.json", "of another trial");
        damage(1, "model.onnx", "of another trial");

        assertThat(resume().err())
                .contains("dense seed 1: damaged and written again: ", "is completed, since model.onnx ");

        assertThat(numbers()).isEqualTo(before);
        Catwalk.ask("report %s", run).done();
    }

    @Test
    @Tag("attack")
    void theFileOfAnotherTrialIsRefusedWhereverItIsUsed() throws IOException {
        Path trial = run.resolve("trials/dense/1-0");
        Path file = trial.resolve("model.onnx");
        damage(1, "model.onnx", "of another trial");
        byte[] page = Files.readAllBytes(run.resolve("report.html"));
        Path parcel = folder.resolve("parcel");
        String packed = "package %s --out " + parcel + " --plugins-dir " + world + "/plugins";
        String[] named = {"trials/dense/1-0", "model.onnx", "catwalk resume"};

        Catwalk.ask("report %s", run).refused(named);
        Catwalk.ask(packed, trial).refused(named);
        Catwalk.ask(packed, file).refused(named);
        Catwalk.ask("quantize %s", trial).refused(named);
        Catwalk.ask("bench %s", trial).refused(named);
        Catwalk.ask("predict %s %s/tiny", file, world).refused(named);

        assertThat(run.resolve("report.html")).hasBinaryContent(page);
        assertThat(parcel).doesNotExist();
    }

    @Test
    @Tag("attack")
    void aLinkedTrialIsRefused() throws IOException {
        Path trial = run.resolve("trials/dense/1-0");
        Files.move(trial, folder.resolve("elsewhere"));
        Files.createSymbolicLink(trial, folder.resolve("elsewhere"));

        Catwalk.ask("evaluate %s", run).refused(trial + " is a link");
        Catwalk.ask("evaluate %s", trial).refused(trial + " is a link");
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(strings = {"missing", "empty", "garbage", "of another trial"})
    void resumeMakesItAnew(String damage) throws IOException {
        String before = numbers();
        for (int i = 0; i < FILES.size(); i++) {
            damage(i + 1, FILES.get(i), damage);
        }

        Catwalk.Answer report = Catwalk.ask("report %s", run);
        if (report.exitCode() != ExitCode.DONE) {
            report.refused("dense", "catwalk resume");
        }
        resume();

        assertThat(numbers()).isEqualTo(before);
        assertThat(Catwalk.ask("report %s", run).done().err()).isEmpty();
        Catwalk.ask("evaluate %s --plugins-dir %s/plugins", run, world).done();
    }

    private void damage(int seed, String name, String damage) throws IOException {
        Path trials = run.resolve("trials/dense");
        Path file = trials.resolve(seed + "-0").resolve(name);
        switch (damage) {
            case "missing" -> Files.deleteIfExists(file);
            case "empty" -> Files.writeString(file, "");
            case "garbage" -> Files.writeString(file, "eggs, milk and bread\n");
            default -> {
                Path other = trials.resolve(FILES.size() + 1 + "-0").resolve(name);
                Files.write(file, Files.readAllBytes(other));
            }
        }
    }

    private String numbers() throws IOException {
        JsonNode results = Catwalk.json(run.resolve("results.json"));
        StringBuilder numbers = new StringBuilder(
                results.path("comparison").toString().replaceAll("\"training_seconds\":\\{[^}]*}", ""));
        for (JsonNode trial : results.path("trials")) {
            for (String part : List.of("/status", "/metrics", "/parity", "/efficiency/onnx_bytes")) {
                numbers.append('\n').append(trial.at(part));
            }
        }
        return numbers.toString();
    }
}
