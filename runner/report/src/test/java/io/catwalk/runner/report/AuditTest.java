package io.catwalk.runner.report;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Audits a set of four test images: the second is the first training image with another label, and the last is the
 * third again, a little brighter.
 */
@Tag("tiny")
final class AuditTest {

    private static final int LENGTH = 36;
    private static final int[] LABELS = {0, 1, 1, 1};

    @TempDir
    private Path folder;

    private static ImageDataset dataset() {
        byte[] noise = new byte[6 * LENGTH];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) random.nextInt(200);
        }
        byte[] test = Arrays.copyOfRange(noise, 2 * LENGTH, 6 * LENGTH);
        System.arraycopy(noise, 0, test, LENGTH, LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            test[3 * LENGTH + i] = (byte) (test[2 * LENGTH + i] + 5);
        }
        ImageSource train = HeapImages.of(1, 6, 6, Arrays.copyOf(noise, 2 * LENGTH), new int[] {0, 1});
        return of(List.of("cat, tabby", "dog"), train, HeapImages.of(1, 6, 6, test, LABELS));
    }

    private static ImageDataset of(List<String> classes, ImageSource train, ImageSource test) {
        return new ImageDataset("small", "0".repeat(64), classes, train, test);
    }

    /** A label of several lines takes several lines of the file; here the second looks like another pair. */
    @Test
    void pairsOfClassesWithLineBreaksAreReadBack() throws IOException {
        String lines = "line\n3,1,0.0000,false,0,0,\"break\"";
        ImageSource images = HeapImages.of(1, 6, 6, new byte[2 * LENGTH], new int[] {0, 1});
        ImageDataset dataset = of(List.of(lines, "dog"), images, images);
        List<NearDuplicates.Pair> leaked =
                List.of(new NearDuplicates.Pair(0, 1, 0, false, 0, 0), new NearDuplicates.Pair(1, 0, 0, false, 0, 0));
        new Audit(dataset, 8, leaked, List.of(), Map.of()).write(Audit.folder(folder));
        assertThat(Audit.readLeaked(folder)).isEqualTo(leaked);
    }

    @Test
    void thePairsAreReadBackAndADamagedListIsRefusedWithTheLine() throws IOException {
        assertThat(Audit.readLeaked(folder)).isNull();
        audit().write(Audit.folder(folder));
        assertThat(Audit.readLeaked(folder)).containsExactly(new NearDuplicates.Pair(1, 0, 0, false, 0, 0));
        Files.writeString(Audit.folder(folder).resolve("duplicates.csv"), "head\n1,one,0.0\n");
        refused(() -> Audit.readLeaked(folder), "but found '1,one,0.0'", "again with catwalk audit");
    }

    private static PredictedClasses predictions(int... answers) {
        float[] logits = new float[answers.length * 2];
        for (int i = 0; i < answers.length; i++) {
            logits[i * 2 + answers[i]] = 1;
        }
        return new Predictions(2, LABELS, logits).predictedClasses();
    }

    private static Audit audit() {
        Map<String, PredictedClasses> models = new LinkedHashMap<>();
        models.put("first", predictions(0, 1, 0, 1));
        models.put("second", predictions(1, 1, 0, 1));
        return Audit.of(dataset(), 8, models);
    }

    @Test
    void duplicatesAreCountedAndThoseSeenInTrainingLeftOutOfTheAccuracy() {
        assertThat(audit().leakedCount()).isEqualTo(new Audit.Count(1, 1, 1, 1));
        assertThat(audit().repeatedCount()).isEqualTo(new Audit.Count(1, 0, 0, 1));
        assertThat(audit().models())
                .containsExactly(
                        new Audit.Model("first", Accuracy.of(4, 3), Accuracy.of(3, 2)),
                        new Audit.Model("second", Accuracy.of(4, 2), Accuracy.of(3, 1)));
    }

    @Test
    void withoutAnyOtherImageThereIsNoAccuracyWithoutDuplicates() {
        ImageSource same = HeapImages.of(1, 1, 1, new byte[2], new int[] {0, 1});
        ImageDataset dataset = of(List.of("a", "b"), same, same);
        PredictedClasses answers = new PredictedClasses(2, new int[] {0, 1}, new int[] {0, 0});
        assertThat(Audit.of(dataset, 0, Map.of("only", answers)).models())
                .containsExactly(new Audit.Model("only", Accuracy.of(2, 1), null));
    }

    @Test
    void theListsAreWritten() throws IOException {
        List<Path> files = audit().write(folder.resolve("deep/audit"));

        String names = "duplicates.csv duplicates.png repeats.csv repeats.png wrong-for-all.csv wrong-for-all.png";
        assertThat(files.stream().map(file -> file.getFileName().toString())).containsExactly(names.split(" ", -1));
        assertThat(files).allMatch(Files::isRegularFile);
        assertThat(files.get(0)).hasContent("""
            test_image,train_image,distance,mirrored,moved_right,moved_down,test_label,train_label,test_index,train_index,test_file,train_file
            1,0,0.0000,false,0,0,dog,"cat, tabby",1,0,,
            """);
        assertThat(files.get(2)).hasContent("""
            test_image,test_image_2,distance,mirrored,moved_right,moved_down,test_label,test_label_2,test_index,test_index_2,test_file,test_file_2
            2,3,5.0000,false,0,0,dog,dog,2,3,,
            """);
        assertThat(files.get(4)).hasContent("""
            image,label,first,second,index,file
            2,dog,"cat, tabby","cat, tabby",2,
            """);
    }

    /** The test images are the last two of four, as with a limit. */
    @Test
    void theListsNameTheImagesOfTheDataSet() throws IOException {
        ImageDataset small = dataset();
        ImageSource train = HeapImages.named(small.train(), List.of("train/a.png", "train/b.png"));
        ImageSource test = HeapImages.named(small.test(), List.of("0.png", "1.png", "d/2.png", "d/3.png"));
        ImageDataset limited = of(small.classes(), train, test.select(new int[] {2, 3}));
        PredictedClasses wrong = new PredictedClasses(2, new int[] {1, 1}, new int[] {1, 0});
        List<NearDuplicates.Pair> leaked = List.of(new NearDuplicates.Pair(1, 0, 0, false, 0, 0));
        List<NearDuplicates.Pair> repeated = List.of(new NearDuplicates.Pair(0, 1, 5, false, 0, 0));

        List<Path> files = new Audit(limited, 8, leaked, repeated, Map.of("only", wrong)).write(Audit.folder(folder));

        assertThat(files.get(0)).content().endsWith(",3,0,d/3.png,train/a.png\n");
        assertThat(files.get(2)).content().endsWith(",2,3,d/2.png,d/3.png\n");
        assertThat(files.get(4)).content().endsWith("1,dog,\"cat, tabby\",3,d/3.png\n");
        assertThat(Audit.readLeaked(folder)).isEqualTo(leaked);
    }

    @Test
    void whatAnEarlierAuditLeftIsReplaced() throws IOException {
        audit().write(folder);
        ImageSource train = dataset().train();
        ImageDataset clean = of(List.of("a", "b"), train, train.select(new int[] {1}));

        List<Path> files = new Audit(clean, 8, List.of(), List.of(), Map.of()).write(folder);

        assertThat(files).containsExactly(folder.resolve("duplicates.csv"), folder.resolve("repeats.csv"));
        assertThat(folder).isDirectoryNotContaining(file -> !files.contains(file));
        assertThat(files.get(0)).content().hasLineCount(1).startsWith("test_image,train_image,");
    }

    @Test
    void everyPictureIsOnTheSheetWithItsText() throws IOException {
        ImageSource test = dataset().test();
        ContactSheet.Entry entry =
                new ContactSheet.Entry(List.of(() -> test.image(2), () -> test.image(0)), List.of("one", "two"));

        BufferedImage sheet = sheet("title", Collections.nCopies(7, entry));

        // Pixels of 18 x 18; entries of 2 x (108 + 2) + 8, so five in a row, and 108 + 2 x 16 + 8 high.
        assertThat(sheet.getWidth()).isEqualTo(1240);
        assertThat(sheet.getHeight()).isEqualTo(32 + 2 * 148);
        for (int i = 0; i < 7; i++) {
            int left = 8 + i % 5 * 228;
            int top = 32 + i / 5 * 148;
            for (int pixel = 0; pixel < LENGTH; pixel++) {
                int x = left + pixel % 6 * 18;
                int y = top + pixel / 6 * 18;
                assertThat((byte) sheet.getRGB(x + 17, y + 17)).isEqualTo(HeapImages.pixels(test)[2 * LENGTH + pixel]);
                assertThat((byte) sheet.getRGB(x + 110, y)).isEqualTo(HeapImages.pixels(test)[pixel]);
            }
            assertThat(darkPixels(sheet, left, top + 108, 100, 16)).isGreaterThan(20);
            assertThat(darkPixels(sheet, left, top + 124, 100, 16)).isGreaterThan(20);
        }
    }

    private static BufferedImage sheet(String title, List<ContactSheet.Entry> entries) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(new ContactSheet(title, entries).png()));
    }

    private static long darkPixels(BufferedImage sheet, int left, int top, int width, int height) {
        return Arrays.stream(sheet.getRGB(left, top, width, height, null, 0, width))
                .filter(color -> (color & 0xff) < 128)
                .count();
    }

    @Test
    void largeAndLongPicturesAreDrawnSmaller() throws IOException {
        ImageSource large = HeapImages.of(3, 100, 448, new byte[3 * 100 * 448], new int[1]);
        ContactSheet.Entry entry = new ContactSheet.Entry(List.of(() -> large.image(0)), List.of("w".repeat(500)));

        BufferedImage sheet = sheet("t".repeat(5000), List.of(entry));

        // A quarter of the size: 112 x 25.
        assertThat(sheet.getWidth()).isEqualTo(1240);
        assertThat(sheet.getHeight()).isEqualTo(32 + 25 + 16 + 8);
        assertThat(darkPixels(sheet, 8, 32, 112, 25)).isEqualTo(112 * 25);
        assertThat(darkPixels(sheet, 128, 57, 1072, 24)).isZero();
    }
}
