package io.catwalk.runner.trial;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class SplitSpecTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"5, 2000000000, 10000000000", "2000000000, 1, 2000000000", "5, 20001, 100005"})
    void moreFoldsThanAnybodyTrainsAreRefused(int folds, int repeats, long product) {
        refused(() -> new SplitSpec(folds, repeats, 0.1, 0), "at most 100000, but is " + product);
        assertThat(new SplitSpec(5, 20_000, 0.1, 0).lastFold()).isEqualTo(100_000);
    }

    /**
     * The images of 20 patients, six of each, in two classes of ten patients. Two images have the same pixels, three
     * such pairs are of one patient, and every tenth image has no group.
     */
    private ImageDataset photos(boolean withTestSet) throws IOException {
        StringBuilder table = new StringBuilder("path,label,group" + (withTestSet ? ",split\n" : "\n"));
        for (int i = 0; i < 120; i++) {
            int patient = i / 6;
            BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(0, 0, 0, i / 2);
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            table.append("%d.png,%s,%s".formatted(i, patient < 10 ? "a" : "b", i % 10 == 0 ? "" : "p" + patient));
            table.append(!withTestSet ? "\n" : patient % 5 == 0 ? ",test\n" : ",train\n");
        }
        Path labels = Files.writeString(folder.resolve("labels.csv"), table);
        return new DatasetSpec(folder.toString(), null, labels.toString(), null, null, 0, 0, null, null)
                .load(DataHome.of(folder));
    }

    private static Set<Integer> patients(ImageSource images) {
        return IntStream.range(0, images.size())
                .mapToObj(i -> Byte.toUnsignedInt(images.read(i, i + 1)[0]) / 3)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noFoldAndNoValidationSetDividesDuplicatesAndGroups(boolean withTestSet) throws IOException {
        ImageDataset dataset = photos(withTestSet);
        assertThat(dataset.train().countPerClass(2)).containsExactly(48, 48);
        SplitSpec spec = new SplitSpec(5, 1, 0.1, 0);

        int tested = 0;
        for (int fold = 0; fold <= 5; fold++) {
            TrialImages images = spec.split(dataset, fold);
            ImageSource seen = images.dataset().train();
            Set<Integer> train = patients(seen.select(images.split().train()));
            Set<Integer> validation = patients(seen.select(images.split().validation()));
            Set<Integer> test = patients(images.dataset().test());
            assertThat(train).doesNotContainAnyElementsOf(validation).doesNotContainAnyElementsOf(test);
            assertThat(validation).hasSize(2).doesNotContainAnyElementsOf(test);
            if (fold > 0) {
                tested += images.dataset().test().size();
                // Eight patients of each class are dealt into five folds.
                assertThat(IntStream.of(images.dataset().test().countPerClass(2)))
                        .allMatch(size -> size == 6 || size == 12);
            }
        }
        assertThat(tested).isEqualTo(96);
    }

    @Test
    void noQuantizationIsCalibratedAndSelectedOnImagesOfOneGroup() throws IOException {
        ImageDataset dataset = photos(true);
        ImageSource images = dataset.train();

        Quantizer.Parts parts = Quantizer.parts(dataset);

        assertThat(patients(images.select(parts.split().train())))
                .doesNotContainAnyElementsOf(
                        patients(images.select(parts.split().validation())));
        assertThat(parts.notes()).isEmpty();
    }

    /** With one group in each class, no group can be in the other part. */
    @Test
    void oneGroupForEachClassIsQuantizedAllTheSameAndSaid() throws IOException {
        ImageDataset dataset = photos(true);
        int[] two = IntStream.range(0, dataset.train().size())
                .filter(i -> Set.of(1, 11)
                        .contains(Byte.toUnsignedInt(dataset.train().read(i, i + 1)[0]) / 3))
                .toArray();
        ImageSource seen = dataset.train().select(two);
        ImageDataset few = new ImageDataset(dataset.name(), dataset.sha256(), dataset.classes(), seen, dataset.test());
        refused(() -> Split.holdOut(few.train(), 2, 0.5, 0), "group");

        Quantizer.Parts parts = Quantizer.parts(few);
        Split split = parts.split();

        assertThat(few.train().select(split.train()).countPerClass(2)).containsExactly(3, 3);
        assertThat(few.train().select(split.validation()).countPerClass(2)).containsExactly(3, 3);
        assertThat(parts.notes()).singleElement().asString().contains("images of the same groups");
    }

    @Test
    void moreFoldsThanGroupsAreRefused() throws IOException {
        ImageDataset dataset = photos(true);
        refused(() -> new SplitSpec(9, 1, 0.1, 0).split(dataset, 1), "Folds: expected 2 to 8", "group");
    }
}
