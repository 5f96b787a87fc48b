package io.catwalk.runner.derived;

import static io.catwalk.runner.Refusals.refused;
import static io.catwalk.runner.trial.GroupedPhotos.patients;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.trial.GroupedPhotos;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class QuantizerTest {

    @TempDir
    private Path folder;

    @Test
    void noQuantizationIsCalibratedAndSelectedOnImagesOfOneGroup() throws IOException {
        ImageDataset dataset = GroupedPhotos.in(folder, true);
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
        ImageDataset dataset = GroupedPhotos.in(folder, true);
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
}
