package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.process.UserCache;
import io.catwalk.runner.supply.InputFetcher;
import io.catwalk.runner.supply.InputFetcher.Place;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class DataCommandTest {

    @TempDir
    private Path folder;

    private Path images;
    private Path kept;

    @BeforeEach
    void write() throws IOException {
        images = TinyImages.write(folder.resolve("tiny"));
        kept = folder.resolve("kept");
        System.setProperty(UserCache.PROPERTY, folder.toString());
    }

    /** Resets the option, which applies to the whole process, where other tests run too. */
    @AfterEach
    void forgetTheFolder() {
        System.clearProperty(ImageCache.PROPERTY);
        System.clearProperty(UserCache.PROPERTY);
    }

    private Catwalk.Answer data(String more, Object... values) {
        Object[] all = Stream.concat(Stream.of(kept), Stream.of(values)).toArray();
        return Catwalk.ask("data --cache %s " + more, all);
    }

    private String cached() {
        return data("--cached").done().out();
    }

    private void clear(String bytes) {
        assertThat(data("--clear").out()).isEqualToIgnoringWhitespace(bytes + " deleted in " + places());
    }

    private String places() {
        return kept + " and " + folder.resolve("plugins");
    }

    @Test
    void aDataSetIsShown() {
        Catwalk.Answer answer = data("%s", images);

        assertThat(answer.done().err()).isEmpty();
        assertThat(answer.out()).startsWith("tiny: 120 ").contains(" 40 ", "8x8", "gray");
        assertThat(kept).isDirectoryContaining("glob:**.images");
    }

    @Test
    void whatIsKeptIsListedAndDeleted() {
        assertThat(cached()).isEqualToIgnoringWhitespace("Nothing cached in " + places());
        data("%s", images).done();

        assertThat(cached())
                .containsPattern("images +tiny +160 +1x8x8 +16[.]5 KiB +20..-..-.. ..:..:.. UTC ")
                .containsIgnoringWhitespaces("16.5 KiB in " + places());
        // A header of 4096 bytes; 160 images of 64 bytes, each with a sum and a sum of squares of 8 bytes.
        int bytes = 4096 + 160 * (64 + 16);
        requireJson(data("--cached --json").json(), "/cached/0/bytes=" + bytes, "/cached/0/images=160");

        clear("16.5 KiB");
        assertThat(kept).isDirectoryNotContaining("glob:**.images");
        data("%s", images).done();
    }

    @Test
    void whatStoppedCommandsLeftUnfinishedAndOrdersBroughtIsListedUntilItIsDeleted() throws IOException {
        Files.createDirectories(kept);
        String sha256 = "0123456789abcdef".repeat(4);
        Path draft = Files.write(kept.resolve(sha256 + ".part"), new byte[1_500_000]);

        Path file = Files.write(folder.resolve("weights"), new byte[1_500_000]);
        System.setProperty(ImageCache.PROPERTY, kept.toString());
        InputFetcher.standard().bring("it", List.of(new Place(file.toUri(), Sha256.of(file), null)));

        assertThat(cached())
                .contains("1 unfinished file of stopped commands, 1.4 MiB", "--clear")
                .containsPattern("fetched +1[.]4 MiB");
        JsonNode json = data("--cached --json").json();
        assertThat(json.at("/unfinished/0/bytes").asInt()).isEqualTo(1_500_000);
        assertThat(json.path("unfinished").size()).isEqualTo(1);
        assertThat(json.at("/cached/0/kind").asString()).isEqualTo("fetched");
        assertThat(json.at("/cached/0/last_used").asString()).startsWith("20");
        // A command that is still making the file holds its lock.
        try (ProcessLock lock = ProcessLock.tryTake(kept.resolve(sha256 + ".lock"))) {
            assertThat(lock).isNotNull();
            assertThat(cached()).doesNotContain("unfinished");
        }

        clear("2.9 MiB");
        assertThat(draft).doesNotExist();
        assertThat(cached()).doesNotContain("unfinished", "fetched");
    }

    /** Ten classes of at most eight images, each drawn at 14 times its size of 8 pixels. */
    @Test
    void samplesAndAugmentationsAreDrawn() throws IOException {
        Path samples = folder.resolve("samples.png");
        Path augmented = folder.resolve("augmented.png");

        Catwalk.Answer answer = data("%s --samples %s --augmented %s", images, samples, augmented);

        assertThat(answer.done().out()).contains("Drawn into " + samples, "Drawn into " + augmented);
        assertThat(ImageIO.read(samples.toFile()).getHeight()).isGreaterThan(10 * 112);
        assertThat(ImageIO.read(augmented.toFile()).getHeight()).isGreaterThan(9 * 112);
    }

    @Test
    void ofImagesOfDifferentSizesNoneAreDrawnAndTheRestIsDone() throws IOException {
        data("%s", images);
        Path photos = folder.resolve("photos");
        for (int side : new int[] {8, 9}) {
            Path file = Files.createDirectories(photos.resolve("of " + side)).resolve("1.png");
            ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        }
        Path sheet = folder.resolve("sheet.png");

        for (String option : List.of("--samples", "--augmented")) {
            Catwalk.Answer answer = data("%s " + option + " %s", photos, sheet).exits(ExitCode.BAD_REQUEST);
            assertThat(answer.err()).hasLineCount(1).contains("--image-size");
            assertThat(sheet).doesNotExist();
        }
        assertThat(data("%s --cached --clear", photos).done().out())
                .contains("of 8: 1 image\n", "64x64 unless --image-size")
                .containsPattern("tiny +160 +1x8x8")
                .containsIgnoringWhitespaces("16.5 KiB deleted in " + places());
        assertThat(kept).isDirectoryNotContaining("glob:**.images");
    }

    @Test
    void aFileWithTwoLabelsIsNamedWithBoth() throws IOException {
        Path photos = Files.createDirectories(folder.resolve("photos"));
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 6; i++) {
            image.getRaster().setSample(i / 2, 0, 0, 255); // 0 and 1 are equal, and so on
            ImageIO.write(image, "png", photos.resolve(i + ".png").toFile());
        }
        Path table = folder.resolve("labels.csv");
        Files.writeString(table, "path,label\n0.png,cat\n1.png,cat\n2.png,cat\n3.png,dog\n4.png,dog\n5.png,dog\n");

        assertThat(data("%s --labels %s", photos, table).done().out()).contains("""
                        The same file with different labels: 2.png (cat), 3.png (dog)
                        The same file: 0.png, 1.png
                        The same file: 4.png, 5.png
                        """);
        requireJson(data("%s --labels %s --json", photos, table).json(), "/contradicting/3.png=dog");
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

        assertThat(data("%s --skip-unreadable=0.5", photos).done().out())
                .contains("a/0.bmp, no image\n", "b/9.bmp, a BMP that cannot be decoded (", "2 of 12 images")
                .containsOnlyOnce("\na ") // with how many images, in the table
                .doesNotContain("a: ");
        JsonNode json = data("%s --skip-unreadable=0.5 --json", photos).json();
        assertThat(json.path("unreadable").propertyNames()).containsExactly("a/0.bmp", "b/9.bmp");
        Catwalk.Answer resized = data("%s --image-size 8x8", photos).exits(ExitCode.BAD_REQUEST);
        assertThat(resized.out()).contains("Cannot be read: a/0.bmp", "Cannot be read: b/9.bmp");
    }
}
