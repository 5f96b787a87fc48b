package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.supply.Depot;
import io.catwalk.runner.supply.Place;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class DataCommandTest {

    @TempDir
    private Path folder;

    private String images;
    private String cache;

    @BeforeEach
    void write() throws IOException {
        images = TinyImages.write(folder.resolve("tiny")).toString();
        cache = folder.resolve("kept").toString();
    }

    /** Resets the option, which applies to the whole process, where other tests run too. */
    @AfterEach
    void forgetTheFolder() {
        System.clearProperty(ImageCache.PROPERTY);
    }

    @Test
    void aDataSetIsShown() {
        Catwalk.Answer answer = Catwalk.run("data", images, "--cache", cache);

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .startsWith("tiny: 120 training and 40 test images of 8x8 pixels, gray", "class  training  test");
        assertThat(folder.resolve("kept")).isDirectoryContaining("glob:**.images");
    }

    @Test
    void whatIsKeptIsListedAndDeleted() {
        assertThat(Catwalk.run("data", "--cached", "--cache", cache).out()).startsWith("No decoded images in ");
        Catwalk.run("data", images, "--cache", cache);

        assertThat(Catwalk.run("data", "--cached", "--cache", cache).out().lines())
                .startsWith("data set  images  shape  MB          file")
                .anyMatch(line -> line.startsWith("tiny         160  1x8x8   1  "))
                .endsWith("In " + cache);
        // A header of 4096 bytes; 160 images of 64 bytes, each with a sum and a sum of squares of 8 bytes.
        int bytes = 4096 + 160 * (64 + 16);
        JsonNode json = Json.JSON.readTree(
                Catwalk.run("data", "--cached", "--json", "--cache", cache).out());
        assertThat(json.at("/cached/0/bytes").asInt()).isEqualTo(bytes);
        assertThat(json.at("/cached/0/images").asInt()).isEqualTo(160);

        assertThat(Catwalk.run("data", "--clear", "--cache", cache).out()).isEqualTo("1 MB deleted in " + cache + "\n");
        assertThat(folder.resolve("kept")).isDirectoryNotContaining("glob:**.images");
        assertThat(Catwalk.run("data", images, "--cache", cache).exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void whatOrdersBroughtIsListedAndDeletedToo() throws IOException {
        Path file = Files.write(folder.resolve("weights"), new byte[1_500_000]);
        System.setProperty(ImageCache.PROPERTY, cache);
        Depot.standard().bring("it", List.of(new Place(file.toUri(), Sha256.of(file), null)));

        assertThat(Catwalk.run("data", "--cached", "--cache", cache).out())
                .contains("1 file that orders brought, of 2 MB");
        assertThat(Catwalk.run("data", "--clear", "--cache", cache).out()).isEqualTo("2 MB deleted in " + cache + "\n");
        assertThat(Catwalk.run("data", "--cached", "--cache", cache).out()).doesNotContain("brought");
    }

    @Test
    void whatStoppedCommandsLeftUnfinishedIsListedUntilItIsDeleted() throws IOException {
        Path kept = Files.createDirectories(folder.resolve("kept"));
        String sha256 = "0123456789abcdef".repeat(4);
        Path draft = Files.write(kept.resolve(sha256 + ".part"), new byte[1_500_000]);

        assertThat(Catwalk.run("data", "--cached", "--cache", cache).out().lines())
                .endsWith("1 file that stopped commands left unfinished, of 2 MB; --clear deletes it");
        JsonNode json = Json.JSON.readTree(
                Catwalk.run("data", "--cached", "--json", "--cache", cache).out());
        assertThat(json.at("/unfinished/0/bytes").asInt()).isEqualTo(1_500_000);
        assertThat(json.path("unfinished").size()).isEqualTo(1);
        // A command that is still making the file holds its lock.
        try (ProcessLock lock = ProcessLock.tryTake(kept.resolve(sha256 + ".lock"))) {
            assertThat(lock).isNotNull();
            assertThat(Catwalk.run("data", "--cached", "--cache", cache).out()).doesNotContain("unfinished");
        }

        assertThat(Catwalk.run("data", "--clear", "--cache", cache).out()).isEqualTo("2 MB deleted in " + cache + "\n");
        assertThat(draft).doesNotExist();
        assertThat(Catwalk.run("data", "--cached", "--cache", cache).out()).doesNotContain("unfinished");
    }

    /** Ten classes of at most eight images, each drawn at 14 times its size of 8 pixels. */
    @Test
    void samplesAndAugmentationsAreDrawn() throws IOException {
        Path samples = folder.resolve("samples.png");
        Path augmented = folder.resolve("augmented.png");

        Catwalk.Answer answer = Catwalk.run(
                "data", images, "--samples", samples.toString(), "--augmented", augmented.toString(), "--cache", cache);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).contains("Drawn into " + samples, "Drawn into " + augmented);
        assertThat(ImageIO.read(samples.toFile()).getHeight()).isGreaterThan(10 * 112);
        assertThat(ImageIO.read(augmented.toFile()).getHeight()).isGreaterThan(9 * 112);
        assertThat(Catwalk.run("data", "--samples", samples.toString()).err())
                .contains("expected a data set to draw, but there is none");
        for (String option : List.of("--samples", "--augmented")) {
            assertThat(Catwalk.run(
                                    "data",
                                    "nowhere",
                                    option,
                                    folder.resolve("new/sheet.png").toString())
                            .err())
                    .startsWith("catwalk: " + option + " must name a file in a folder that can be written, but there is"
                            + " no folder " + folder.resolve("new"));
        }
    }

    @Test
    void ofImagesOfDifferentSizesNoneAreDrawnAndTheRestIsDone() throws IOException {
        Catwalk.run("data", images, "--cache", cache);
        String photos = photosOfTwoSizes().toString();
        Path sheet = folder.resolve("sheet.png");

        for (String option : List.of("--samples", "--augmented")) {
            Catwalk.Answer refused = Catwalk.run("data", photos, option, sheet.toString(), "--cache", cache);
            assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(refused.err()).hasLineCount(1).contains("--image-size");
            assertThat(sheet).doesNotExist();
        }
        Catwalk.Answer shown = Catwalk.run("data", photos, "--cached", "--clear", "--cache", cache);
        assertThat(shown.exitCode()).as("%s", shown).isEqualTo(ExitCode.DONE);
        assertThat(shown.out())
                .contains("they need one, such as --image-size 96x96", "tiny         160  1x8x8")
                .endsWith("1 MB deleted in " + cache + "\n");
        assertThat(folder.resolve("kept")).isDirectoryNotContaining("glob:**.images");
    }

    private Path photosOfTwoSizes() throws IOException {
        Path photos = folder.resolve("photos");
        for (int side : new int[] {8, 9}) {
            Path ofClass = Files.createDirectories(photos.resolve("of " + side));
            ImageIO.write(
                    new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY),
                    "png",
                    ofClass.resolve("1.png").toFile());
        }
        return photos;
    }

    /** The first is no image by its header, the second only where its pixels are, as after a download that broke off. */
    @Test
    void imagesThatCannotBeReadAreListedWithTheReason() throws IOException {
        Path photos = folder.resolve("photos");
        for (int i = 0; i < 12; i++) {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(i % 8, i / 8, 0, 255);
            Path ofClass = Files.createDirectories(photos.resolve(i < 6 ? "a" : "b"));
            ImageIO.write(image, "bmp", ofClass.resolve(i + ".bmp").toFile());
        }
        Files.writeString(photos.resolve("a/0.bmp"), "text");
        byte[] whole = Files.readAllBytes(photos.resolve("b/9.bmp"));
        Files.write(photos.resolve("b/9.bmp"), Arrays.copyOf(whole, whole.length - 20));

        Catwalk.Answer answer = Catwalk.run("data", photos.toString(), "--skip-unreadable=0.5", "--cache", cache);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .contains("Cannot be read: a/0.bmp, no image")
                .anyMatch(line -> line.startsWith("Cannot be read: b/9.bmp, a BMP that cannot be decoded ("))
                .anyMatch(line -> line.startsWith("2 of 12 images cannot be read and are left out"));
        JsonNode json = Json.JSON.readTree(
                Catwalk.run("data", photos.toString(), "--skip-unreadable=0.5", "--json", "--cache", cache)
                        .out());
        assertThat(json.path("unreadable").propertyNames()).containsExactly("a/0.bmp", "b/9.bmp");
        Catwalk.Answer refused = Catwalk.run("data", photos.toString(), "--image-size", "8x8", "--cache", cache);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.out()).contains("Cannot be read: a/0.bmp", "Cannot be read: b/9.bmp");
    }

    @Test
    void nothingToDoIsRefused() {
        Catwalk.Answer answer = Catwalk.run("data");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("expected a data set, --cached or --clear, but found none");
    }
}
