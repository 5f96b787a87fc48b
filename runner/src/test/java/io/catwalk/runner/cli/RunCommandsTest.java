package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One run of {@code train}, and the other commands applied to it. */
final class RunCommandsTest {

    @TempDir
    private static Path folder;

    private static Path run;
    private static String plugins = "";
    private static String images = "";
    private static Catwalk.Answer trained;

    @BeforeAll
    static void train() throws IOException {
        Path jars = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").write(jars.resolve("dense.jar"));
        plugins = jars.toString();
        images = TinyImages.write(folder.resolve("tiny")).toString();
        run = folder.resolve("runs/first");
        trained = train(run, "--json");
    }

    private static Catwalk.Answer train(Path out, String... more) {
        return Catwalk.run(arguments(out, more));
    }

    private static String[] arguments(Path out, String... more) {
        String[] basic = {
            "train",
            "dense",
            "--plugins-dir",
            plugins,
            "--dataset",
            images,
            "--out",
            out.toString(),
            "--epochs",
            "2",
            "--batch-size",
            "16",
            "--threads",
            "1",
            "--seed",
            "7"
        };
        String[] all = java.util.Arrays.copyOf(basic, basic.length + more.length);
        System.arraycopy(more, 0, all, basic.length, more.length);
        return all;
    }

    @Test
    void jsonHoldsEveryDocumentedKey() throws IOException {
        assertThat(trained.exitCode()).isEqualTo(ExitCode.DONE);
        JsonNode results = Json.JSON.readTree(trained.out());
        assertThat(results.propertyNames())
                .containsExactly("schema", "experiment", "dataset", "trials", "comparison", "tuning", "latency_notes");
        assertThat(results.path("schema").asInt()).isEqualTo(1);
        JsonNode data = results.path("dataset");
        assertThat(data.path("name").asString()).isEqualTo("tiny");
        assertThat(data.path("sha256").asString()).matches("[0-9a-f]{64}");
        assertThat(data.path("train").asInt()).isEqualTo(TinyImages.TRAIN * 9 / 10);
        assertThat(data.path("validation").asInt()).isEqualTo(TinyImages.TRAIN / 10);
        assertThat(data.path("test").asInt()).isEqualTo(TinyImages.TEST);
        JsonNode trial = results.path("trials").path(0);
        assertThat(trial.propertyNames())
                .contains(
                        "classifier",
                        "variant",
                        "seed",
                        "fold",
                        "status",
                        "metrics",
                        "efficiency",
                        "timing",
                        "provenance");
        assertThat(trial.path("classifier").asString()).isEqualTo("dense");
        assertThat(trial.path("variant").asString()).isEqualTo("default");
        assertThat(trial.path("seed").asLong()).isEqualTo(7);
        assertThat(trial.path("status").asString()).isEqualTo("done");
        for (String part : List.of("test", "validation", "train")) {
            for (String metric : List.of("accuracy", "precision_macro", "recall_macro", "f1_macro")) {
                assertThat(trial.path("metrics").path(part).path(metric).asDouble(-1))
                        .as(part + " " + metric)
                        .isBetween(0.0, 1.0);
            }
        }
        // A dense layer from 64 pixels to 10 classes: 640 weights and 10 biases.
        assertThat(trial.path("efficiency").path("parameters").asLong()).isEqualTo(650);
        assertThat(trial.path("timing").path("epochs").asInt()).isEqualTo(2);
        assertThat(trial.path("provenance").path("plugin_sha256").asString()).matches("[0-9a-f]{64}");
        assertThat(trial.path("provenance").path("dataset_sha256").asString())
                .isEqualTo(data.path("sha256").asString());
    }

    @Test
    void theRunFolderHoldsWhatWasPrinted() throws IOException {
        assertThat(Json.JSON.readTree(Files.readString(run.resolve("results.json"))))
                .isEqualTo(Json.JSON.readTree(trained.out()));
        Path trial = run.resolve("trials/dense/7-0");
        assertThat(trial.resolve("trial.json")).isRegularFile();
        assertThat(trial.resolve("history.csv")).content().hasLineCount(3);
        assertThat(trial.resolve("predictions.csv")).content().hasLineCount(1 + TinyImages.TEST);
        assertThat(trial.resolve("model")).isNotEmptyDirectory();
        assertThat(trial.resolve("log.txt")).isNotEmptyFile();
        JsonNode split = Json.JSON.readTree(Files.readString(trial.resolve("split.json")));
        assertThat(split.path("validation").size()).isEqualTo(TinyImages.TRAIN / 10);
        assertThat(split.path("train").asInt()).isEqualTo(TinyImages.TRAIN * 9 / 10);
    }

    @Test
    void experimentReadBackEqualsTheRequest() {
        ExperimentSpec spec = RunFolder.open(run).readExperiment();

        assertThat(spec.seeds()).containsExactly(7L);
        assertThat(spec.dataset().name()).isEqualTo(images);
        assertThat(spec.classifiers()).singleElement().satisfies(one -> {
            assertThat(one.name()).isEqualTo("dense");
            assertThat(one.recipe())
                    .isEqualTo(io.catwalk.api.Recipe.standard().withEpochs(2).withBatchSize(16));
        });
    }

    @Test
    void progressGoesToTheErrorStreamALineAnEpoch() {
        // A test cannot control whether the machine is busy.
        assertThat(trained.err().lines().filter(line -> !line.contains("latency measured while")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("dense seed 7: started"),
                        line -> assertThat(line).startsWith("dense seed 7: epoch 1 of 2, loss "),
                        line -> assertThat(line).startsWith("dense seed 7: epoch 2 of 2, loss "),
                        line -> assertThat(line)
                                .isEqualTo("dense seed 7: trained; evaluating, exporting, cross-checking"),
                        line -> assertThat(line).isEqualTo("dense seed 7: done"),
                        line -> assertThat(line).isEqualTo("dense seed 7: measuring the latency, 1 of 1"));
    }

    @Test
    void aFolderWithARunIsRefusedAndKept() throws IOException {
        String before = Files.readString(run.resolve("results.json"));

        Catwalk.Answer answer = train(run);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .isEqualToIgnoringNewLines("catwalk: --out must be new, but " + run
                        + " holds a run: choose another, or replace it with --force");
        assertThat(run.resolve("results.json")).hasContent(before);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
    void resultsThatCannotBeWrittenAreNamedAndWhatFinishedIsKept() throws IOException {
        Path out = folder.resolve("runs/full");
        Path jars = Files.createDirectory(folder.resolve("filling-plugins"));
        TestPlugin.building("filler", """
                        try {
                            java.nio.file.Path file = java.nio.file.Path.of("%s");
                            if (!java.nio.file.Files.isDirectory(file)) {
                                java.nio.file.Files.delete(file);
                                java.nio.file.Files.createDirectories(file.resolve("in the way"));
                            }
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                        return Layers.sequence(Layers.flatten(), Layers.dense(task.classes()));
                        """.formatted(out.resolve("results.json")))
                .write(jars.resolve("filler.jar"));

        Catwalk.Answer answer = Catwalk.run(("train filler --epochs 1 --batch-size 16 --no-latency --plugins-dir "
                        + jars + " --dataset " + images + " --out " + out)
                .split(" ", -1));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err())
                .contains("the run is done, but its reports could not be written: cannot write "
                        + out.resolve("results.json"))
                .doesNotContain("\tat ");
        assertThat(answer.out()).doesNotContain("Begin with");
        assertThat(out.resolve("trials/filler/1-0/trial.json")).isNotEmptyFile();
        assertThat(out.resolve("journal.jsonl")).content().contains("\"status\":\"done\"");
    }

    @Test
    void evaluateConfirmsTheStoredPredictions() throws IOException {
        Catwalk.Answer answer = Catwalk.run("evaluate", run.toString(), "--plugins-dir", plugins);

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out())
                .startsWith("dense seed 7: accuracy ")
                .contains("The labels are those of the stored predictions.");
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));

        Catwalk.Answer json =
                Catwalk.run("evaluate", run.resolve("trials/dense/7-0").toString(), "--plugins-dir", plugins, "--json");
        JsonNode evaluated = Json.JSON.readTree(json.out()).path(0);
        assertThat(evaluated.propertyNames())
                .containsExactly(
                        "classifier", "variant", "seed", "fold", "changed_labels", "metrics", "classes", "flags");
        assertThat(evaluated.path("changed_labels").asInt(-1)).isZero();
        assertThat(evaluated.path("metrics"))
                .isEqualTo(Json.JSON
                        .readTree(trained.out())
                        .path("trials")
                        .path(0)
                        .path("metrics")
                        .path("test"));
        assertThat(evaluated.path("classes").size()).isEqualTo(10);
    }

    @Test
    void evaluateRefusesAnotherPluginOfTheSameName() throws IOException {
        Path others = Files.createDirectory(folder.resolve("other-plugins"));
        TestPlugin.sound("dense").manifest("Plugin-Version", "9.9.9").write(others.resolve("dense.jar"));

        Catwalk.Answer answer = Catwalk.run("evaluate", run.toString(), "--plugins-dir", others.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .startsWith("catwalk: expected the plugin that dense was trained with (sha256 ")
                .hasLineCount(1);
    }

    /** A split of other images may test a network on some that it was trained on. */
    @Test
    void aRunOfImagesThatAreOthersNowIsNotEvaluatedOnThem() throws IOException {
        Path older = ExportedRun.copy(run, folder.resolve("older"));
        Path outcome = older.resolve("trials/dense/7-0/trial.json");
        String digest = Json.JSON.readTree(trained.out()).at("/dataset/sha256").asString();
        assertThat(outcome).content().contains(digest);
        Files.writeString(outcome, Files.readString(outcome).replace(digest, "0".repeat(64)));

        for (String command : List.of("evaluate", "export")) {
            Catwalk.Answer answer = Catwalk.run(command, older.toString(), "--plugins-dir", plugins);

            assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err())
                    .hasLineCount(1)
                    .contains(
                            "expected the images of tiny that dense was trained on (sha256 000000000000)",
                            "but found others (" + digest.substring(0, 12) + ")",
                            "restore the old ones, or make the trial again with catwalk resume");
        }
        Catwalk.Answer named = Catwalk.run("evaluate", older.toString(), "--plugins-dir", plugins, "--dataset", images);
        assertThat(named.exitCode()).as("%s", named).isEqualTo(ExitCode.DONE);
    }

    @Test
    void evaluateRefusesImagesOfAnotherShape() throws IOException {
        Path others = folder.resolve("pictures");
        for (String part : List.of("train", "test")) {
            for (int label = 0; label < 10; label++) {
                Path place = Files.createDirectories(others.resolve(part).resolve("c" + label));
                javax.imageio.ImageIO.write(
                        new java.awt.image.BufferedImage(5, 5, java.awt.image.BufferedImage.TYPE_BYTE_GRAY),
                        "png",
                        place.resolve("one.png").toFile());
            }
        }

        Catwalk.Answer answer =
                Catwalk.run("evaluate", run.toString(), "--plugins-dir", plugins, "--dataset", others.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .isEqualToIgnoringNewLines("catwalk: expected images of the shape and number of classes that dense"
                        + " was trained on, but pictures has 1x5x5 (channels, height, width) and 10 classes:"
                        + " choose another --dataset, or --image-size");
    }

    @Test
    void doctorFindsEverythingRight() throws IOException {
        Catwalk.Answer answer = Catwalk.run("doctor", "--json", "--plugins-dir", plugins, "--dataset", images);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        JsonNode findings = Json.JSON.readTree(answer.out());
        assertThat(findings)
                .extracting(finding -> finding.path("what").asString())
                .containsExactly(
                        "program", "java", "machine", "platform", "natives", "engine", "device", "data", "plugins");
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.path("good").asBoolean()).isTrue();
            assertThat(finding.path("found").asString()).isNotBlank();
        });
    }

    @Test
    void doctorTellsWhatIsWrong() throws IOException {
        Path others = Files.createDirectory(folder.resolve("bad-plugins"));
        Files.writeString(others.resolve("text.jar"), "no jar");

        Catwalk.Answer answer = Catwalk.run(
                "doctor",
                "--plugins-dir",
                others.toString(),
                "--dataset",
                folder.resolve("nowhere").toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out())
                .containsPattern("(?m)^failed data     Data set ")
                .containsPattern("(?m)^failed plugins  1 of 1 failed to load: see catwalk list$")
                .containsPattern("(?m)^ok     engine   PyTorch ");
    }

    @Test
    void doctorTellsTheCauseOfWhatIsWrong() {
        Throwable cause = new UnsatisfiedLinkError("libgomp.so.1: cannot open shared object file");

        DoctorCommand.Finding finding = DoctorCommand.check("engine", () -> {
            throw new EngineException("Failed to load PyTorch native library", cause);
        });

        assertThat(finding.good()).isFalse();
        assertThat(finding.found())
                .isEqualTo("EngineException: Failed to load PyTorch native library: UnsatisfiedLinkError: "
                        + "libgomp.so.1: cannot open shared object file");
    }

    @Test
    @Tag("long")
    void inThisProcessTheOutcomeIsTheSame() throws IOException, InterruptedException {
        Path out = folder.resolve("runs/in-process");

        // The engine of the test process may have been started with another number of threads.
        Catwalk.Answer answer = Catwalk.finish(Catwalk.process(folder, arguments(out, "--in-process", "--no-latency")));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(answer.out())
                .contains("tiny: 108 training, 12 validation, 40 test images", "Everything is in " + out);
        assertThat(out.resolve("trials/dense/7-0/predictions.csv"))
                .hasSameBinaryContentAs(run.resolve("trials/dense/7-0/predictions.csv"));
    }
}
