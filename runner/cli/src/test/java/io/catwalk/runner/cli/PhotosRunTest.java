package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A user's folder of photos of many shapes, without a split, from the comparison to the use of the file. */
@Tag("long")
final class PhotosRunTest {

    @TempDir
    private static Path folder;

    private static Path photos;
    private static Path run;
    private static Catwalk.Answer trained;

    /** A crop sees the middle of both halves. */
    @BeforeAll
    static void train() throws IOException {
        photos = folder.resolve("photos");
        Random random = new Random(11);
        for (String name : new String[] {"day", "night", "night/older"}) {
            int upper = name.equals("day") ? 180 : 20;
            DayAndNight.write(photos.resolve(name), "IMG %d.PNG", 60, upper, photo -> photo, random);
        }
        Files.writeString(photos.resolve("night/Thumbs.db"), "none");
        TestPlugin.sound("dense")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("dense.jar"));
        run = folder.resolve("run");
        String train =
                "train dense --dataset %s --image-size 8x6 --fit crop --plugins-dir %s/plugins --out %s --epochs 30"
                        + " --batch-size 16 --threads 1 --no-latency --balance sampling --select-by balanced-accuracy";
        trained = Catwalk.ask(train, photos, folder, run).done();
    }

    @Test
    void theComparisonSaysWhatOneIsRightForWithoutANetwork() throws IOException {
        JsonNode results = Catwalk.json(run.resolve("results.json"));
        // A fifth of 90 is the test set: 12 of the larger class and 6 of the other.
        assertThat(results.at("/dataset/test").asInt()).isEqualTo(18);
        assertThat(results.at("/comparison/baselines/0/accuracy").asDouble()).isEqualTo(12 / 18.0);
        assertThat(results.at("/comparison/baselines/1/accuracy").asDouble()).isBetween(0.9, 1.0);
        assertThat(results.at("/trials/0/metrics/test/accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(trained.out()).containsPattern("(?i)majority.* 66\\.67");
    }

    @Test
    void theFileSaysHowItsImagesComeToTheirSizeAndIsHeldAgainstThem() throws IOException {
        Path model = run.resolve("trials/dense/1-0/model.onnx");
        assertThat(OnnxMetadata.read(model).get("preprocessing.fit")).contains("crop");

        assertThat(Catwalk.ask("verify %s --dataset %s", model, photos).done().joined())
                .contains("on 18 images of photos, as the file says");

        String[] words = Catwalk.words(
                "predict %s %s %s --csv", model, photos.resolve("day/IMG 3.PNG"), photos.resolve("night/IMG 3.PNG"));
        Catwalk.Answer predicted = Catwalk.run(words).done();
        assertThat(predicted.out()).contains("day/IMG 3.PNG,day,").contains("night/IMG 3.PNG,night,");
    }

    @Test
    void theRunsOwnPhotosAndOthersAreResizedAsThoseOfTheRunWere() throws IOException {
        JsonNode accuracy = Catwalk.json(run.resolve("results.json")).at("/trials/0/metrics/test/accuracy");
        String evaluate = "evaluate %s --plugins-dir %s/plugins";

        Catwalk.ask(evaluate, run, folder).done();
        Catwalk.Answer answer = Catwalk.ask(evaluate + " --json --dataset %s", run, folder, photos);

        assertThat(answer.done().json().at("/0/metrics/accuracy")).isEqualTo(accuracy);
        assertThat(RunFolder.open(run).readExperiment().dataset().imageSize()).isEqualTo("8x6 crop");
        Catwalk.ask(evaluate + " --labels %s", run, folder, photos).refused("--dataset", "--labels");
    }

    /** Day and night are the same from the other side. */
    @Test
    void photosInColorAreFlippedUnlessSomebodySaysThatLeftAndRightMatter() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("flipping"));
        TestPlugin.having(
                        "flipping",
                        "",
                        "@Override public Recipe recipe(Task task, Hyperparameters chosen) { return Recipe.standard()"
                                + ".withAugmentations(Augmentation.horizontalFlip());")
                .write(plugins.resolve("flipping.jar"));
        String train =
                "train flipping --dataset %s --image-size 32x32 --plugins-dir %s --out %s --epochs 1 --no-export";
        Path flipped = folder.resolve("flipped");
        Path plain = folder.resolve("plain");

        assertThat(Catwalk.ask(train, photos, plugins, flipped).done().err())
                .contains("Images are flipped", "--augment");
        assertThat(Catwalk.ask(train + " --augment light", photos, plugins, plain)
                        .done()
                        .err())
                .doesNotContain("flipped");

        assertThat(Files.readString(flipped.resolve("experiment.yaml"))).contains("mirrored: true", "horizontal-flip");
        assertThat(Files.readString(plain.resolve("experiment.yaml")))
                .contains("mirrored: false")
                .doesNotContain("horizontal-flip");
    }
}
