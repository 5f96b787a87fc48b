package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each image is one gray level, so that it can be recognized wherever it goes. */
@Tag("tiny")
class FolderReadingTest {

    @TempDir
    private Path folder;

    @TempDir
    private Path cache;

    @Test
    void aFifthOfEachClassIsSetApartWhereNothingSaysWhatJudges() throws IOException {
        image("a", 0, 50);
        image("b", 50, 60);

        ImageDataset dataset = load(FolderReading.STANDARD);

        assertThat(dataset.test().countPerClass(2)).containsExactly(10, 2);
        assertThat(dataset.train().countPerClass(2)).containsExactly(40, 8);
        Set<Integer> all = new TreeSet<>(levels(dataset.train()));
        all.addAll(levels(dataset.test()));
        assertThat(all).containsExactlyElementsOf(IntStream.range(0, 60).boxed().toList());
        assertThat(dataset.notes())
                .containsExactly(
                        "12 of 60 images are held out as the test set, because the folder has none (--test-share 0.2)");
        assertThat(levels(load(FolderReading.STANDARD).test())).isEqualTo(levels(dataset.test()));
        ImageDataset half = load(new FolderReading(null, 0.5, null));
        assertThat(half.test().countPerClass(2)).containsExactly(25, 5);
        assertThat(half.sha256()).isNotEqualTo(dataset.sha256());
    }

    @Test
    void doublesAndGroupsAreNeverOnBothSides() throws IOException {
        StringBuilder table = new StringBuilder("path,label,group\n");
        for (int i = 0; i < 60; i++) {
            // Two files have the same content, and six consecutive images belong to one patient; every tenth image has
            // no group.
            write("x/" + i + ".png", 3 * (i / 2));
            table.append("x/%d.png,%s,%s\n".formatted(i, i < 30 ? "a" : "b", i % 10 == 0 ? "" : "p" + i / 6));
        }
        Path labels = Files.writeString(folder.resolve("labels.csv"), table);

        ImageDataset dataset = load(new FolderReading(labels.toString(), 0.3, null));

        List<Integer> train = levels(dataset.train());
        List<Integer> test = levels(dataset.test());
        assertThat(train.size() + test.size()).isEqualTo(60);
        assertThat(test.size()).isBetween(8, 18);
        Set<Integer> both = new HashSet<>(train);
        both.retainAll(test);
        assertThat(both).as("the same pixels").isEmpty();
        Set<Integer> patients = new HashSet<>(patients(train));
        patients.retainAll(patients(test));
        assertThat(patients).as("the same patient").isEmpty();
    }

    /** The patient of a gray level: 3 for two images, six images each. */
    private static List<Integer> patients(List<Integer> levels) {
        return levels.stream().map(level -> level / 3 * 2 / 6).toList();
    }

    @Test
    void aFolderOfValidationImagesComesBehindThoseToLearnFrom() throws IOException {
        image("train/a", 0, 6);
        image("train/b", 6, 12);
        image("val/a", 20, 22);
        image("val/b", 22, 24);
        image("test/a", 30, 32);
        image("test/b", 32, 34);

        ImageDataset dataset = load(FolderReading.STANDARD);

        assertThat(dataset.validating()).isEqualTo(4);
        assertThat(levels(dataset.train())).endsWith(20, 21, 22, 23).hasSize(16);
        assertThat(levels(dataset.test())).containsExactly(30, 31, 32, 33);
        ImageDataset less = dataset.limited(4, 2, 0);
        assertThat(less.validating()).isEqualTo(4);
        assertThat(levels(less.train())).endsWith(20, 21, 22, 23).hasSize(8);
        assertThat(less.train().countPerClass(2)).containsExactly(4, 4);
        assertThatThrownBy(() -> load(new FolderReading(null, 0.2, null)))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("expected no --test-share, because it has a test set");
    }

    @Test
    void aClassOfOneImageOrOfDoublesOnlyHasNothingToJudgeOn() throws IOException {
        image("a", 0, 5);
        write("b/1.png", 9);
        write("b/2.png", 9);

        assertThatThrownBy(() -> load(FolderReading.STANDARD))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith(
                        "Class b: expected at least 2 images that are neither duplicates nor of one group")
                .hasMessageContaining("found 1 of 2; add images or remove the class");
    }

    @Test
    void allImagesThatCannotBeReadAreNamed() throws IOException {
        image("a", 0, 10);
        image("b", 10, 18);
        Files.write(folder.resolve("b/empty.png"), new byte[0]);
        Files.writeString(folder.resolve("a/text.jpg"), "text");

        assertThatThrownBy(() -> load(FolderReading.STANDARD))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("2 of 20 images cannot be read: Image " + folder.resolve("a/text.jpg")
                        + ": expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found no image")
                .hasMessageContaining("| Image " + folder.resolve("b/empty.png"))
                .hasMessageEndingWith("or leave them out with --skip-unreadable");
        assertThatThrownBy(() -> load(new FolderReading(null, null, 0.05)))
                .hasMessageStartingWith("2 of 20 images cannot be read, more than a share of 0.05: ");
        ImageDataset dataset = load(new FolderReading(null, null, 0.1));
        assertThat(dataset.train().size() + dataset.test().size()).isEqualTo(18);
        assertThat(dataset.notes()).contains("2 of 20 images cannot be read and are left out (--skip-unreadable)");
        // The cache exists now, and still nobody gets fewer images than requested.
        assertThatThrownBy(() -> load(FolderReading.STANDARD))
                .hasMessageStartingWith("2 of 20 images cannot be read: ");
    }

    @Test
    void differentSizesAreCountedAndOneIsOffered() throws IOException {
        image("a", 0, 5);
        image("b", 5, 10);
        ImageIO.write(
                new BufferedImage(7, 3, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                folder.resolve("b/w.png").toFile());

        assertThatThrownBy(() -> load(FolderReading.STANDARD))
                .hasMessageContaining(
                        "expected one, found 10 of 2x2 (such as " + folder.resolve("a/0.png") + "), 1 of 7x3")
                .hasMessageContaining("try --image-size 2x2, with --fit crop or pad");
        ImageDataset dataset = load(FolderReading.STANDARD, ResizeRule.parse("4x4 pad"));
        assertThat(dataset.train().width()).isEqualTo(4);
    }

    @Test
    void aHundredThousandEmptyFilesAreOneLine() throws IOException {
        image("a", 0, 2);
        Path many = Files.createDirectories(folder.resolve("b"));
        for (int i = 0; i < 100_000; i++) {
            Files.createFile(many.resolve(i + ".png"));
        }

        assertThatThrownBy(() -> load(FolderReading.STANDARD))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("100000 of 100002 images cannot be read: Image ")
                .hasMessageNotContaining("\n")
                .hasMessageContaining("| and others, which catwalk data " + folder + " names");
    }

    @Test
    void aSurveySaysWhatIsThere() throws IOException {
        image("train/a", 0, 3);
        image("train/b", 0, 1);
        image("test/a", 7, 8);
        image("test/b", 8, 9);
        ImageIO.write(
                new BufferedImage(7, 3, BufferedImage.TYPE_INT_RGB),
                "bmp",
                folder.resolve("train/b/w.bmp").toFile());
        Files.write(folder.resolve("train/b/z.png"), new byte[0]);

        FolderSurvey survey = FolderSurvey.of(folder, FolderReading.STANDARD);

        assertThat(survey.classes().toString()).isEqualTo("{a={test=1, train=3}, b={test=1, train=3}}");
        assertThat(survey.formats().toString()).isEqualTo("{BMP=1, PNG=6}");
        assertThat(survey.sizes().toString()).isEqualTo("[2x2=6, 7x3=1]");
        assertThat(survey.unreadable().toString()).isEqualTo("{train/b/z.png=an empty file}");
        assertThat(survey.doubles()).containsExactly(List.of("train/a/0.png", "train/b/0.png"));
        assertThat(survey.isOfOneSize()).isFalse();
    }

    private ImageDataset load(FolderReading reading) {
        return load(reading, null);
    }

    private ImageDataset load(FolderReading reading, @Nullable ResizeRule rule) {
        return ImageDatasets.load(
                folder.toString(),
                new DataHome(folder, new ImageCache(cache, ImageCache.Listener.none())),
                rule,
                reading);
    }

    private static List<Integer> levels(ImageSource images) {
        return IntStream.range(0, images.size())
                .map(i -> Byte.toUnsignedInt(images.read(i, i + 1)[0]))
                .boxed()
                .toList();
    }

    private void image(String folderName, int from, int to) throws IOException {
        for (int level = from; level < to; level++) {
            write(folderName + "/" + level + ".png", level);
        }
    }

    private void write(String name, int level) throws IOException {
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
        int[] levels = new int[4];
        Arrays.fill(levels, level);
        image.getRaster().setPixels(0, 0, 2, 2, levels);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }
}
