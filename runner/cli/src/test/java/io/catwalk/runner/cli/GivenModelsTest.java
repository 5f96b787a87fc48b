package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Networks and predictions that were made elsewhere stand in the same comparison. */
final class GivenModelsTest {

    private static final String HOW = " --plugins-dir %s/plugins --out %s --in-process --no-latency --image-size 8x6";

    @TempDir
    private static Path folder;

    private static Path photos;
    private static Path first;
    private static Path model;
    private static Path table;
    private static Path all;

    @BeforeAll
    static void compare() throws IOException {
        photos = DayAndNight.write(folder.resolve("photos"), 140, 80, photo -> photo);
        TestPlugin.sound("dense")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("dense.jar"));
        first = folder.resolve("first");
        Catwalk.ask("train dense --dataset %s --epochs 2" + HOW, photos, folder, first)
                .done();
        model = Files.copy(first.resolve("trials/dense/1-0/model.onnx"), folder.resolve("My net.onnx"));
        table = folder.resolve("theirs.csv");
        StringBuilder rows = new StringBuilder("image,prediction\n");
        for (int i = 0; i < 30; i++) { // right for 29 of 30 days and 27 of 30 nights
            rows.append("test/day/%d.png,%s%n".formatted(i, i < 29 ? "day" : "night"));
            rows.append("test/night/%d.png,%s%n".formatted(i, i < 27 ? "night" : "day"));
        }
        Files.writeString(table, rows);
        all = folder.resolve("all");
        Catwalk.run(Catwalk.words(
                        "compare dense %s %s/dense %s --dataset %s --epochs 1" + HOW,
                        model,
                        first,
                        table,
                        photos,
                        folder,
                        all))
                .done();
    }

    private static JsonNode trial(Path run, String classifier) throws IOException {
        return Catwalk.json(run.resolve("results.json"))
                .path("trials")
                .valueStream()
                .filter(one -> one.path("classifier").asString().equals(classifier))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFileAndATrialOfAnotherRunAreEvaluatedAsTheNetworkThatTheyCameFrom() throws IOException {
        JsonNode then = trial(first, "dense").at("/metrics/test");
        for (String name : List.of("My-net", "dense-2")) {
            JsonNode now = trial(all, name).at("/metrics/test");
            assertThat(now.path("accuracy")).isEqualTo(then.path("accuracy"));
            assertThat(now.path("log_loss").asDouble())
                    .isCloseTo(then.path("log_loss").asDouble(), within(1e-5));
        }
        assertThat(Files.mismatch(model, all.resolve("trials/My-net/1-0/model.onnx")))
                .isEqualTo(-1);
    }

    @Test
    void whatIsSaidOfFilesDoesNotHoldForTheNetworkOfARun() throws IOException {
        Path run = folder.resolve("otherwise");
        Catwalk.ask("compare %s %s/dense --dataset %s --normalize none" + HOW, model, first, photos, folder, run)
                .done();
        double then = trial(first, "dense").at("/metrics/test/log_loss").asDouble();
        assertThat(trial(run, "dense").at("/metrics/test/log_loss").asDouble()).isCloseTo(then, within(1e-5));
        assertThat(trial(run, "My-net").at("/metrics/test/log_loss").asDouble()).isNotCloseTo(then, within(0.01));
    }

    /** And a given model that a later run names is prepared as in the run that it is taken from. */
    @Test
    void whatIsSaidOfSeveralFilesHoldsForThoseThatDoNotSayIt() throws IOException {
        Path bare = Files.copy(model, folder.resolve("bare.onnx"));
        OnnxMetadata.empty().write(bare);
        Path run = folder.resolve("several");
        String compare = "compare %s %s --dataset %s --normalize none --model-labels night,day" + HOW;
        Catwalk.ask(compare, model, bare, photos, folder, run).done();
        Path next = folder.resolve("next");
        Catwalk.ask("compare %s/bare %s --dataset %s" + HOW, run, model, photos, folder, next)
                .done();

        JsonNode then = trial(first, "dense").at("/metrics/test");
        JsonNode raw = trial(run, "bare").at("/metrics/test");
        assertThat(trial(run, "My-net").at("/metrics/test/accuracy")).isEqualTo(then.path("accuracy"));
        assertThat(raw.path("accuracy")).isNotEqualTo(then.path("accuracy"));
        assertThat(trial(next, "bare").at("/metrics/test")).isEqualTo(raw);
    }

    @Test
    void whatPredictPrintsIsATableWithTheScoresOfTheNetwork() throws IOException {
        Path printed = folder.resolve("printed.csv");
        String csv =
                Catwalk.ask("predict %s %s/test --csv", model, photos).done().out();
        Files.writeString(printed, csv);
        Path run = folder.resolve("printed");
        Catwalk.ask("compare %s --dataset %s" + HOW, printed, photos, folder, run)
                .done();

        JsonNode then = trial(first, "dense").at("/metrics/test");
        JsonNode now = trial(run, "printed").at("/metrics/test");
        assertThat(now.path("accuracy")).isEqualTo(then.path("accuracy"));
        assertThat(now.path("log_loss").asDouble())
                .isCloseTo(then.path("log_loss").asDouble(), within(1e-5));
    }

    @Test
    void aTableWithoutScoresHasWhatNeedsNone() throws IOException {
        JsonNode test = trial(all, "theirs").at("/metrics/test");

        assertThat(test.path("accuracy").asDouble()).isEqualTo(56 / 60.0);
        assertThat(test.path("balanced_accuracy").asDouble()).isCloseTo((29 / 30.0 + 27 / 30.0) / 2, within(1e-12));
        assertThat(test.path("log_loss").isNull()).isTrue();
        assertThat(test.path("ece").isNull()).isTrue();
    }

    @Test
    void allStandInOneComparisonAndWhatIsNotKnownIsLeftOut() throws Exception {
        JsonNode comparison = Catwalk.json(all.resolve("results.json")).path("comparison");
        String report = Files.readString(all.resolve("results.md"));

        assertThat(comparison.path("standings").size()).isEqualTo(4);
        assertThat(comparison.path("pairs").size()).isEqualTo(6);
        assertThat(comparison
                        .path("standings")
                        .valueStream()
                        .filter(one -> one.path("gap").isNull()))
                .hasSize(3);
        assertThat(report).contains("3 models were trained elsewhere").containsPattern("theirs.csv .*classes");
        assertThat(report).contains("with another seed the ranking may change").doesNotContain("--seeds");
        assertThat(Files.readString(all.resolve("plots/files.txt")))
                .contains("reliability-my-net.svg", "confusion-matrix-theirs.svg")
                .doesNotContain("reliability-theirs");
        CheckRunTest.requirePass(all);
        assertThat(ResultsSchemaTest.errors(Files.readString(all.resolve("results.json"))))
                .isEmpty();
    }

    @Test
    void withFilesAloneAllImagesAreTestImagesAndNothingIsSaidOfTraining() throws Exception {
        Path run = folder.resolve("alone");
        Path flat = folder.resolve("photos/test");
        Catwalk.ask("compare %s %s --dataset %s" + HOW, model, first.resolve("dense"), flat, folder, run)
                .done();

        String report = Files.readString(run.resolve("results.md"));
        assertThat(Catwalk.json(run.resolve("results.json")).at("/dataset/test").asInt())
                .isEqualTo(60);
        assertThat(report).doesNotContain("Gap", "raining images", "Recipe", "Steps", "seed");
        CheckRunTest.requirePass(run);
    }

    @Test
    void aRunGoesOnAndAFileThatHasChangedIsEvaluatedAgain() throws IOException {
        Path run = folder.resolve("again");
        Path copy = Files.copy(table, folder.resolve("copy.csv"));
        Catwalk.ask("compare %s %s --dataset %s" + HOW, model, copy, photos, folder, run)
                .done();
        String resume = "resume %s --plugins-dir %s/plugins --in-process --no-latency";

        assertThat(Catwalk.ask(resume, run, folder).done().err()).doesNotContain("copy: started");
        Files.delete(run.resolve("trials/copy/1-0/predictions.csv"));
        assertThat(Catwalk.ask(resume, run, folder).done().err()).contains("copy: started");
        Files.writeString(copy, Files.readString(copy).replace("0.png,day", "0.png,night"));
        Files.delete(run.resolve("trials/copy/1-0/predictions.csv"));
        assertThat(Catwalk.ask(resume, run, folder).exits(ExitCode.SOME_FAILED).err())
                .contains("expected the given model", "of sha256");
    }

    @Test
    void aGivenModelIsOneNetworkAndHasOneLineForEachMistake() throws IOException {
        String how = "compare %s --dataset %s --image-size 8x6 --out " + folder.resolve("none") + " --plugins-dir "
                + folder.resolve("plugins") + " --in-process --no-latency ";
        Catwalk.ask(how + "--seeds 3", model, photos).refused("one seed");
        Catwalk.ask(how + "--normalize imagenet", "dense", photos).refused("--normalize", "leave them out");
        Catwalk.ask(how + "--normalize odd", model, photos)
                .refused("catwalk: --normalize must be imagenet", "but is odd");
        Path file = folder.resolve("mistakes.yaml");
        String config = "compare --config %s --dataset %s --image-size 8x6 --out " + folder.resolve("none")
                + " --plugins-dir " + folder.resolve("plugins");
        Files.writeString(file, "classifiers:\n- name: dense\n  order: bgr\n");
        Catwalk.ask(config, file, photos).refused("mistakes.yaml", "classifiers[0]", "beside a file");
        Files.writeString(file, "classifiers:\n- file: net.onnx\n  normalize: odd\n");
        Catwalk.ask(config, file, photos).refused("mistakes.yaml: classifiers[0].normalize must be imagenet", "is odd");
        Files.writeString(file, "classifiers:\n- file: net.onnx\n  recipe: {epochs: 2}\n");
        Catwalk.ask(config, file, photos).refused("mistakes.yaml", "classifiers[0]", "not trained here");
        Catwalk.ask(how, "nowhere/net.onnx", photos).refused("nowhere/net.onnx", "does not exist");
        Catwalk.ask(how, first.resolve("lstm"), photos).refused("one network", "lstm");
        Path unlike = Files.writeString(folder.resolve("other.csv"), "image,prediction\ntest/day/0.png,day\n");
        Catwalk.ask(how, unlike, photos).exits(ExitCode.SOME_FAILED);
        Catwalk.ask("evaluate %s --plugins-dir %s/plugins", all.resolve("trials/My-net/1-0"), folder)
                .refused("given model", "My net.onnx");
    }
}
