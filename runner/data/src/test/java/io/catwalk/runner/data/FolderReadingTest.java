package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.catwalk.runner.RequestException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each image is one gray level, so that it can be recognized wherever it goes. */
@Tag("tiny")
class FolderReadingTest {

    @TempDir
    private Path folder;

    @TempDir
    private Path cache;

    @Test
    void aFifthOfEachClassIsSetApartWhereNothingSaysWhatJudges() throws IOException {
        images("a 0-49", "b 50-59");

        ImageDataset dataset = load();

        assertThat(dataset.test().countPerClass(2)).containsExactly(10, 2);
        assertThat(dataset.train().countPerClass(2)).containsExactly(40, 8);
        Set<Integer> all = new TreeSet<>(levels(dataset.train()));
        all.addAll(levels(dataset.test()));
        assertThat(all).containsExactlyElementsOf(IntStream.range(0, 60).boxed().toList());
        assertThat(dataset.notes()).singleElement().asString().contains("12 of 60 images", "--test-share 0.2");
        assertThat(levels(load().test())).isEqualTo(levels(dataset.test()));
        ImageDataset half = load(new FolderReading(null, 0.5, null, null));
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

        ImageDataset dataset = load(labeled(table, 0.3));

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

    /** Half of the images to train on have a twin among those to validate on, or are of the same patient. */
    @Test
    void testImagesAreApartFromThoseToValidateOn() throws IOException {
        StringBuilder table = new StringBuilder("path,label,split,group\n");
        for (int i = 0; i < 20; i++) {
            write("t" + i + ".png", i);
            table.append("t%d.png,%s,train,%s\n".formatted(i, i < 10 ? "a" : "b", i < 15 ? "" : "patient"));
        }
        for (int i = 5; i < 10; i++) {
            write("v" + i + ".png", i);
            table.append("v%d.png,a,val,\n".formatted(i));
        }
        write("v30.png", 30);
        table.append("v30.png,b,val,patient\n");

        ImageDataset dataset = load(labeled(table, 0.5));

        assertThat(levels(dataset.test())).containsExactly(0, 1, 2, 3, 4, 10, 11, 12, 13, 14);
        assertThat(levels(dataset.train())).containsExactly(5, 6, 7, 8, 9, 15, 16, 17, 18, 19, 5, 6, 7, 8, 9, 30);
        assertThat(dataset.validating()).isEqualTo(6);
    }

    /** The column split is taken as it is; nobody should miss that it makes a test easier than it looks. */
    @Test
    void groupsThatTheColumnSplitDividesAreNamed() throws IOException {
        StringBuilder table = new StringBuilder("path,label,split,group\n");
        String[] rows = "0,a,train,p1 1,b,train,p2 2,a,val,p2 3,b,test,p1 4,a,test,p3 5,a,test,p3 6,b,train, 7,b,test,"
                .split(" ", -1);
        for (String row : rows) {
            write(row.charAt(0) + ".png", row.charAt(0) - '0');
            table.append(row.replaceFirst(",", ".png,")).append('\n');
        }

        ImageDataset dataset = load(labeled(table, null));

        assertThat(levels(dataset.test())).containsExactlyInAnyOrder(3, 4, 5, 7);
        assertThat(dataset.notes())
                .last()
                .asString()
                .startsWith("the column split divides 2 of the groups: p1 (train, test), p2 (train, val); ");
        String whole =
                table.toString().replace("3.png,b,test,p1", "3.png,b,test,p4").replace("val,p2", "val,p5");
        assertThat(load(labeled(new StringBuilder(whole), null)).notes()).noneMatch(note -> note.contains("group"));
    }

    @Test
    void aClassWithNothingApartFromValidationHasNothingToTestOn() throws IOException {
        images("train/a 0-3", "train/b 4-5", "val/a 8-8", "val/b 4-5");

        refused(this::load, "Class b: expected test images that are neither duplicates", "found none among 2");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.125, 0.333})
    void aNetworkThatWasTrainedOnTheOtherImagesIsKnown(double share) throws IOException {
        images("a 0-4", "b 5-9");
        ImageDataset dataset = load();
        String held = ImageFolder.heldOut(dataset.sha256(), share);

        assertThat(dataset.holdsAllOf(held)).isTrue();
        assertThat(dataset.holdsAllOf(dataset.sha256())).isFalse();
    }

    /** Runs of earlier versions, which drew other test images, must not be taken for runs on the same images. */
    @Test
    void aDigestTellsThatTestImagesAreApartFromValidation() throws IOException {
        images("train/a 0-1", "train/b 2-4", "val/a 8-8", "val/b 9-9");
        String[] names = names("train/a/0 train/a/1 train/b/2 train/b/3 train/b/4 val/a/8 val/b/9");
        assertThat(load().sha256())
                .isEqualTo(new Sha256().add(listed(names)).add("test share 0.2").hex());

        write("val/b/9.png", 4);

        String clustered = new Sha256().add(listed(names)).add("clusters").hex();
        String apart = new Sha256().add(clustered).add("apart from validation").hex();
        assertThat(load().sha256())
                .isEqualTo(new Sha256().add(apart).add("test share 0.2").hex());
    }

    /** Runs of earlier versions, which split duplicates otherwise, must not be taken for runs on the same images. */
    @Test
    void aDigestTellsThatImagesStayTogether() throws IOException {
        images("train/a 0-1", "train/b 2-3", "test/a 4-4", "test/b 5-5");
        assertThat(load().sha256())
                .isEqualTo(listed(names("train/a/0 train/a/1 train/b/2 train/b/3 test/a/4 test/b/5")));

        write("train/b/4.png", 3);

        String listed = listed(names("train/a/0 train/a/1 train/b/2 train/b/3 train/b/4 test/a/4 test/b/5"));
        assertThat(load().sha256())
                .isEqualTo(new Sha256().add(listed).add("clusters").hex());
    }

    private static String[] names(String files) {
        return files.replaceAll("(\\d)", "$1.png").split(" ");
    }

    /** Computes the digest of these files of the classes a and b as it is documented, without clusters. */
    private String listed(String... names) throws IOException {
        Sha256 sum = new Sha256().add(2).add("a").add("b").add("null").add(names.length);
        for (String name : names) {
            sum.add(name)
                    .add(name.contains("/a/") ? 0 : 1)
                    .add(name.startsWith("train") ? "TRAIN" : name.startsWith("val") ? "VALIDATION" : "TEST")
                    .add("");
        }
        for (String name : names) {
            sum.add(Sha256.of(folder.resolve(name)));
        }
        return sum.hex();
    }

    /** Each patient has four images of each class, or only four of the second class. */
    @ParameterizedTest
    @CsvSource({"50, 0, 40, 40", "40, 10, 32, 40"})
    void aGroupOfSeveralClassesCountsForEachOfThem(int ofBoth, int ofSecond, int normal, int tumor) throws IOException {
        StringBuilder table = new StringBuilder("path,label,group\n");
        for (int i = 0; i < 8 * (ofBoth + ofSecond); i++) {
            boolean isTumor = i % 8 >= 4;
            if (isTumor || i < 8 * ofBoth) {
                write(i + ".png", i / 256, i % 256, 0, 0);
                table.append("%d.png,%s,p%d\n".formatted(i, isTumor ? "tumor" : "normal", i / 8));
            }
        }

        ImageDataset dataset = load(labeled(table, null));

        assertThat(dataset.test().countPerClass(2)).containsExactly(normal, tumor);
        assertThat(groupsOfEight(dataset.test()))
                .hasSize(10)
                .doesNotContainAnyElementsOf(groupsOfEight(dataset.train()));
    }

    /** Reads the number of each image from its first two pixels. */
    private static Set<Integer> groupsOfEight(ImageSource images) {
        return IntStream.range(0, images.size())
                .mapToObj(i -> images.read(i, i + 1))
                .map(pixels -> (Byte.toUnsignedInt(pixels[0]) * 256 + Byte.toUnsignedInt(pixels[1])) / 8)
                .collect(Collectors.toSet());
    }

    /** The patient of a gray level: 3 for two images, six images each. */
    private static List<Integer> patients(List<Integer> levels) {
        return levels.stream().map(level -> level / 3 * 2 / 6).toList();
    }

    @Test
    void aFolderOfValidationImagesComesBehindThoseToLearnFrom() throws IOException {
        images("train/a 0-5", "train/b 6-11", "val/a 20-21", "val/b 22-23", "test/a 30-31", "test/b 32-33");

        ImageDataset dataset = load();

        assertThat(dataset.validating()).isEqualTo(4);
        assertThat(levels(dataset.train())).endsWith(20, 21, 22, 23).hasSize(16);
        assertThat(levels(dataset.test())).containsExactly(30, 31, 32, 33);
        ImageDataset less = dataset.limited(4, 2, 0);
        assertThat(less.validating()).isEqualTo(4);
        assertThat(levels(less.train())).endsWith(20, 21, 22, 23).hasSize(8);
        assertThat(less.train().countPerClass(2)).containsExactly(4, 4);
        refused(() -> load(new FolderReading(null, 0.2, null, null)), "expected no --test-share");
    }

    @Test
    void aClassOfOneImageOrOfDoublesOnlyHasNothingToJudgeOn() throws IOException {
        images("a 0-4");
        write("b/1.png", 9);
        write("b/2.png", 9);

        refused(this::load, "Class b: expected at least 2 images", "found 1 of 2");
    }

    @Test
    void allImagesThatCannotBeReadAreNamed() throws IOException {
        images("a 0-9", "b 10-17");
        Files.write(folder.resolve("b/empty.png"), new byte[0]);
        Files.writeString(folder.resolve("a/text.jpg"), "text");

        String text = folder.resolve("a/text.jpg") + ": expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found no";
        String empty = "| Image " + folder.resolve("b/empty.png");
        String[] facts = {"2 of 20 images cannot be read: Image " + text, empty, "--skip-unreadable"};
        refused(this::load, facts);
        refused(
                () -> load(new FolderReading(null, null, 0.05, null)),
                "2 of 20 images cannot be read, more than a share of 0.05: ");
        ImageDataset dataset = load(new FolderReading(null, null, 0.1, null));
        assertThat(dataset.train().size() + dataset.test().size()).isEqualTo(18);
        String note = "2 of 20 images cannot be read and are left out (--skip-unreadable): a/text.jpg, b/empty.png";
        assertThat(dataset.notes()).contains(note);
        refused(this::load, facts); // the cache exists now, and still nobody gets fewer images than requested
    }

    /** Reading the memory of a process at 0 fails, as reading a bad sector does. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatTheSystemCannotReadIsAnImageThatCannotBeRead() throws IOException {
        images("a 0-9", "b 10-18");
        Files.createSymbolicLink(folder.resolve("b/bad.png"), Path.of("/proc/self/mem"));

        assertThatThrownBy(() -> load(new FolderReading(null, null, null, true)))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("Image " + folder.resolve("b/bad.png")
                        + ": expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found a file that cannot be read (")
                .hasMessageEndingWith("); replace or remove it") // the system gives the reason in its own language
                .hasMessageNotContaining("Exception");
        assertThat(load(new FolderReading(null, null, 0.05, true)).notes())
                .contains("1 of 20 images cannot be read and are left out (--skip-unreadable): b/bad.png");
    }

    @Test
    void aFileIsReadAsSoonAsItMayBe() throws IOException {
        images("a 0-9", "b 10-19");
        Path file = folder.resolve("b/19.png");
        assumeThat(file.toFile().setReadable(false) && !Files.isReadable(file))
                .as("root and Windows may read any file")
                .isTrue();
        FolderReading mostOfThem = new FolderReading(null, null, 0.05, null);
        assertThat(load(mostOfThem).notes())
                .contains("1 of 20 images cannot be read and are left out (--skip-unreadable): b/19.png");

        assertThat(file.toFile().setReadable(true)).isTrue();

        ImageDataset dataset = load(mostOfThem);
        assertThat(dataset.train().size() + dataset.test().size()).isEqualTo(20);
    }

    @Test
    void differentSizesAreCountedAndOneIsOffered() throws IOException {
        images("a 0-4", "b 5-9");
        Pictures.write(folder.resolve("b/w.png"), new BufferedImage(7, 3, BufferedImage.TYPE_BYTE_GRAY));

        refused(
                this::load,
                "expected one size, found 10 of 2x2 (such as " + folder.resolve("a/0.png") + "), 1 of 7x3",
                "--image-size 2x2, with --fit crop or pad");
        ImageDataset dataset = load(FolderReading.STANDARD, ResizeRule.parse("4x4 pad"));
        assertThat(dataset.train().width()).isEqualTo(4);
    }

    @Test
    void photosThatAreTooLargeAreToBeResized() throws IOException {
        for (String name : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
            Pictures.write(folder.resolve(name), new BufferedImage(4100, 2, BufferedImage.TYPE_BYTE_GRAY));
        }

        for (FolderReading reading : List.of(FolderReading.STANDARD, new FolderReading(null, null, 0.5, null))) {
            refused(() -> load(reading), "at most 4096 pixels, found 4100x2", "--image-size 224x224");
        }
        images("b 5-9");
        refused(this::load, "expected one size, found 5 of 2x2", "--image-size 2x2");
    }

    @Test
    void anImageThatCanBeReadAgainIsNotCalledUnreadable() throws IOException {
        images("a 0-4", "b 5-9");
        Path file = folder.resolve("b/9.png");
        byte[] whole = Files.readAllBytes(file);
        FileTime time = FileTime.fromMillis(1_000_000_000_000L);
        Files.write(file, new byte[whole.length]);
        Files.setLastModifiedTime(file, time);
        load(new FolderReading(null, null, 0.1, null));
        Files.write(file, whole);
        Files.setLastModifiedTime(file, time);

        refused(this::load, "Data set in " + folder + ": ", "found 9 of 10", "catwalk data --clear");
    }

    @Test
    void thousandsOfEmptyFilesAreOneLine() throws IOException {
        images("a 0-1");
        Path many = Files.createDirectories(folder.resolve("b"));
        for (int i = 0; i < 2_000; i++) {
            Files.createFile(many.resolve(i + ".png"));
        }

        refused(
                this::load,
                "2000 of 2002 images cannot be read: Image ",
                "| and others, which catwalk data " + folder + " lists");
    }

    @Test
    void aSurveySaysWhatIsThere() throws IOException {
        images("train/a 0-2", "train/b 0-0", "test/a 7-7", "test/b 8-8");
        byte[] bmp = Pictures.encoded(new BufferedImage(7, 3, BufferedImage.TYPE_INT_RGB), "bmp");
        Files.write(folder.resolve("train/b/w.bmp"), bmp);
        Files.write(folder.resolve("train/b/z.png"), new byte[0]);

        FolderSurvey survey = FolderSurvey.of(folder, FolderReading.STANDARD);

        assertThat(survey.classes().toString()).isEqualTo("{a={test=1, train=3}, b={test=1, train=3}}");
        assertThat(survey.formats().toString()).isEqualTo("{BMP=1, PNG=6}");
        assertThat(survey.sizes().toString()).isEqualTo("[2x2=6, 7x3=1]");
        assertThat(survey.unreadable().toString()).isEqualTo("{train/b/z.png=an empty file}");
        assertThat(survey.duplicates()).containsExactly(List.of("train/a/0.png", "train/b/0.png"));
        assertThat(survey.isOfOneSize()).isFalse();
    }

    @Test
    void equalFilesOfSeveralClassesComeFirst() throws IOException {
        images("a 0-1", "b 1-2");
        write("a/copy.png", 0);

        FolderSurvey survey = FolderSurvey.of(folder, FolderReading.STANDARD);

        assertThat(survey.duplicates())
                .containsExactly(List.of("a/1.png", "b/1.png"), List.of("a/0.png", "a/copy.png"));
        assertThat(survey.contradicting().toString()).isEqualTo("{a/1.png=a, b/1.png=b}");
    }

    private ImageDataset load() {
        return load(FolderReading.STANDARD);
    }

    private ImageDataset load(FolderReading reading) {
        return load(reading, null);
    }

    private ImageDataset load(FolderReading reading, @Nullable ResizeRule rule) {
        DataHome home = new DataHome(folder, new ImageCache(cache, ImageCache.Listener.none()));
        return home.load(folder.toString(), rule, reading);
    }

    private FolderReading labeled(StringBuilder table, @Nullable Double testShare) throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.csv"), table);
        return new FolderReading(labels.toString(), testShare, null, null);
    }

    private static List<Integer> levels(ImageSource images) {
        return IntStream.range(0, images.size())
                .map(i -> Byte.toUnsignedInt(images.read(i, i + 1)[0]))
                .boxed()
                .toList();
    }

    /** Writes images of the levels "from-to" into a folder. */
    private void images(String... folders) throws IOException {
        for (String one : folders) {
            String[] parts = one.split("[ -]", -1);
            for (int level = Integer.parseInt(parts[1]); level <= Integer.parseInt(parts[2]); level++) {
                write(parts[0] + "/" + level + ".png", level);
            }
        }
    }

    private void write(String name, int level) throws IOException {
        write(name, level, level, level, level);
    }

    private void write(String name, int... levels) throws IOException {
        Pictures.write(folder.resolve(name), Pictures.gray(2, 2, levels));
    }
}
