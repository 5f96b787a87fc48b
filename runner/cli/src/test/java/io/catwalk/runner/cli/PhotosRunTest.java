package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
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

    /** Landscapes have a bright sky, night photos do not; a crop sees the middle of both. */
    @BeforeAll
    static void train() throws IOException {
        photos = folder.resolve("photos");
        Random random = new Random(11);
        for (String name : new String[] {"day", "night", "night/older"}) {
            Path kind = Files.createDirectories(photos.resolve(name));
            for (int i = 0; i < 30; i++) {
                BufferedImage photo = photo(name.equals("day"), 60, 180, random);
                ImageIO.write(photo, "png", kind.resolve("IMG " + i + ".PNG").toFile());
            }
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

    /** A day is brighter in its upper half. */
    static BufferedImage photo(boolean day, int noise, int brighter, Random random) {
        BufferedImage photo =
                new BufferedImage(16 + random.nextInt(30), 12 + random.nextInt(30), BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < photo.getHeight(); y++) {
            for (int x = 0; x < photo.getWidth(); x++) {
                int light = random.nextInt(noise) + (day && y < photo.getHeight() / 2 ? brighter : 20);
                photo.setRGB(x, y, new Color(light / 2, light / 2, light).getRGB());
            }
        }
        return photo;
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
}
