package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import io.catwalk.api.Recipe;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One run of {@code train}, of a plugin in a zip, in a process of its own, and the other commands applied to it. */
final class RunCommandsTest {

    private static final String TRAIN =
            "train dense --plugins-dir %s --dataset %s --out %s --epochs 2 --batch-size 16 --threads 1 --seed 7";

    @TempDir
    private static Path folder;

    private static Path run;
    private static Path plugins;
    private static Path images;
    private static Catwalk.Answer trained;
    private static JsonNode results;

    @BeforeAll
    static void train() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").writeZip(plugins.resolve("dense.zip"), Map.of());
        images = TinyImages.write(folder.resolve("tiny"));
        run = folder.resolve("runs/first");
        trained = Catwalk.ask(TRAIN + " --json", plugins, images, run).done();
        results = trained.json();
    }

    /** ResultsSchemaTest holds the results against the schema that documents them. */
    @Test
    void jsonHoldsWhatWasTrained() {
        Catwalk.requireJson(results.path("dataset"), "/name=tiny", "/train=108", "/validation=12", "/test=40");
        // A dense layer from 64 pixels to 10 classes: 640 weights and 10 biases.
        Catwalk.requireJson(
                results.at("/trials/0"),
                "/classifier=dense",
                "/variant=default",
                "/seed=7",
                "/fold=0",
                "/status=done",
                "/efficiency/parameters=650",
                "/timing/epochs=2",
                "/provenance/dataset_sha256=" + results.at("/dataset/sha256").asString());
    }

    @Test
    void theRunFolderHoldsWhatWasAskedForAndPrinted() throws IOException {
        assertThat(Catwalk.json(run.resolve("results.json"))).isEqualTo(results);
        Path trial = run.resolve("trials/dense/7-0");
        for (String file : List.of("trial.json", "model.onnx", "log.txt")) {
            assertThat(trial.resolve(file)).isNotEmptyFile();
        }
        assertThat(trial.resolve("history.csv")).content().hasLineCount(3);
        assertThat(trial.resolve("predictions.csv")).content().hasLineCount(1 + TinyImages.TEST);
        assertThat(trial.resolve("model")).isNotEmptyDirectory();
        JsonNode split = Catwalk.json(trial.resolve("split.json"));
        assertThat(split.path("validation").size()).isEqualTo(TinyImages.TRAIN / 10);
        assertThat(split.path("train").asInt()).isEqualTo(TinyImages.TRAIN * 9 / 10);
        ExperimentSpec spec = RunFolder.open(run).readExperiment();
        assertThat(spec.seeds()).containsExactly(7L);
        assertThat(spec.dataset().name()).isEqualTo(images.toString());
        assertThat(spec.classifiers()).hasSize(1);
        assertThat(spec.classifiers().get(0).name()).isEqualTo("dense");
        assertThat(spec.classifiers().get(0).recipe())
                .isEqualTo(Recipe.standard().withEpochs(2).withBatchSize(16));
    }

    @Test
    void progressGoesToTheErrorStreamALineAnEpoch() {
        // A test cannot control whether the machine is busy.
        assertThat(trained.err().lines().filter(line -> !line.contains("latency measured while")))
                .allMatch(line -> line.startsWith("dense seed 7: "))
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("started"),
                        line -> assertThat(line).contains("epoch 1 of 2, loss "),
                        line -> assertThat(line).contains("epoch 2 of 2, loss "),
                        line -> assertThat(line).contains("trained"),
                        line -> assertThat(line).endsWith("done"),
                        line -> assertThat(line).contains("latency, 1 of 1"));
    }

    @Test
    void aFolderWithARunIsRefusedAndKept() throws IOException {
        String before = Files.readString(run.resolve("results.json"));

        Catwalk.ask(TRAIN, plugins, images, run).refused("--out", "" + run, "--force");

        assertThat(run.resolve("results.json")).hasContent(before);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
    void resultsThatCannotBeWrittenAreNamedAndWhatFinishedIsKept() throws IOException {
        Path out = folder.resolve("runs/full");
        Path file = out.resolve("results.json");
        Path jars = Files.createDirectory(folder.resolve("filling-plugins"));
        String filling = """
                java.io.File file = new java.io.File("%s");
                if (file.isFile() && !(file.delete() && new java.io.File(file, "in the way").mkdirs())) {
                    throw new IllegalStateException();
                }
                """;
        TestPlugin.building("filler", filling.formatted(file) + TestPlugin.NETWORK)
                .write(jars.resolve("filler.jar"));

        String train = "train filler --epochs 1 --batch-size 16 --in-process --no-latency --plugins-dir %s --dataset %s"
                + " --out %s";
        Catwalk.Answer answer = Catwalk.ask(train, jars, images, out).exits(ExitCode.SOME_FAILED);

        assertThat(answer.err()).contains("cannot write " + file).doesNotContain("\tat ");
        assertThat(answer.out()).doesNotContain("Report:");
        assertThat(out.resolve("trials/filler/1-0/trial.json")).isNotEmptyFile();
        assertThat(out.resolve("journal.jsonl")).content().contains("\"status\":\"done\"");
    }

    @Test
    void evaluateConfirmsTheStoredPredictions() {
        Catwalk.Answer answer =
                Catwalk.ask("evaluate %s --plugins-dir %s", run, plugins).done();
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out())
                .startsWith("dense seed 7: accuracy ")
                .contains("All labels match the stored predictions.");
        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);

        String json = "evaluate %s/trials/dense/7-0 --plugins-dir %s --json";
        JsonNode evaluated = Catwalk.ask(json, run, plugins).done().json().path(0);

        assertThat(evaluated.propertyNames())
                .containsExactly(
                        "classifier", "variant", "seed", "fold", "changed_labels", "metrics", "classes", "flags");
        assertThat(evaluated.path("changed_labels").asInt(-1)).isZero();
        assertThat(evaluated.path("metrics")).isEqualTo(results.at("/trials/0/metrics/test"));
        assertThat(evaluated.path("classes").size()).isEqualTo(10);
    }

    @Test
    void evaluateRefusesAnotherPluginOfTheSameNameAndImagesOfAnotherShape() throws IOException {
        Path others = Files.createDirectory(folder.resolve("other-plugins"));
        TestPlugin.sound("dense").manifest("Plugin-Version", "9.9.9").write(others.resolve("dense.jar"));
        Path pictures = folder.resolve("pictures");
        BufferedImage picture = new BufferedImage(5, 5, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 20; i++) {
            Path place = Files.createDirectories(pictures.resolve((i < 10 ? "train/c" : "test/c") + i % 10));
            ImageIO.write(picture, "png", place.resolve("one.png").toFile());
        }

        Catwalk.ask("evaluate %s --plugins-dir %s", run, others).refused("dense", "sha256");
        Catwalk.ask("evaluate %s --plugins-dir %s --dataset %s", run, plugins, pictures)
                .refused("dense", "pictures has 1x5x5", "10 classes", "--dataset", "--image-size");
    }

    /** A split of other images may test a network on some that it was trained on. */
    @Test
    void aRunOfImagesThatAreOthersNowIsNotEvaluatedOnThem() throws IOException {
        Path older = ExportedRun.copy(run, folder.resolve("older"));
        Path outcome = older.resolve("trials/dense/7-0/trial.json");
        String digest = results.at("/dataset/sha256").asString();
        assertThat(outcome).content().contains(digest);
        Files.writeString(outcome, Files.readString(outcome).replace(digest, "0".repeat(64)));

        for (String command : List.of("evaluate", "export")) {
            Catwalk.ask("%s %s --plugins-dir %s", command, older, plugins)
                    .refused("tiny", "dense", "000000000000", digest.substring(0, 12), "catwalk resume");
        }
        Catwalk.ask("evaluate %s --plugins-dir %s --dataset %s", older, plugins, images)
                .done();
    }

    @Test
    void doctorFindsEverythingRight() {
        JsonNode findings = Catwalk.ask("doctor --json --plugins-dir %s --dataset %s", plugins, images)
                .done()
                .json();
        assertThat(findings.findValuesAsString("what"))
                .containsExactly(
                        "program", "java", "machine", "platform", "natives", "engine", "device", "data", "plugins");
        assertThat(findings.findValuesAsString("good")).containsOnly("true");
        assertThat(findings.findValuesAsString("found")).hasSize(9).doesNotContain("");
    }

    @Test
    void doctorTellsWhatIsWrongAndItsCause() throws IOException {
        Path others = Files.createDirectory(folder.resolve("bad-plugins"));
        Files.writeString(others.resolve("text.jar"), "no jar");
        Throwable cause = new UnsatisfiedLinkError("libgomp.so.1: cannot open shared object file");

        Catwalk.Answer answer = Catwalk.ask("doctor --plugins-dir %s --dataset %s/nowhere", others, folder)
                .exits(ExitCode.SOME_FAILED);
        DoctorCommand.Finding finding = DoctorCommand.check("engine", () -> {
            throw new EngineException("Failed to load PyTorch native library", cause);
        });

        assertThat(answer.out())
                .containsPattern("(?m)^failed +data ")
                .containsPattern("(?m)^failed +plugins +1 of 1 .*catwalk list$")
                .containsPattern("(?m)^ok +engine +PyTorch ");
        assertThat(finding.good()).isFalse();
        assertThat(finding.found()).contains("Failed to load PyTorch native library", "libgomp.so.1: cannot open");
    }

    /** The engine of the test process may have been started with another number of threads. */
    @Test
    @Tag("long")
    void inThisProcessTheOutcomeIsTheSame() throws IOException, InterruptedException {
        Path out = folder.resolve("runs/in-process");
        String[] command = Catwalk.words(TRAIN + " --in-process --no-latency", plugins, images, out);

        Catwalk.Answer answer = Catwalk.finish(Catwalk.process(folder, command)).done();

        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80 || line.contains("" + folder));
        assertThat(answer.out()).contains("tiny", "40 test images", "Results: " + out);
        Catwalk.requireJson(
                Catwalk.json(out.resolve("results.json")),
                "/dataset/train=108",
                "/dataset/validation=12",
                "/dataset/test=40");
        String predictions = "trials/dense/7-0/predictions.csv";
        assertThat(out.resolve(predictions)).hasSameBinaryContentAs(run.resolve(predictions));
    }
}
