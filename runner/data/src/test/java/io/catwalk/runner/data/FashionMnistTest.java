package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.Normalization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the loaded data with what is published about Fashion-MNIST. */
@Tag("tiny")
class FashionMnistTest {

    private static final Path DATA = Path.of("../..", "test-data");
    private static ImageDataset dataset;

    @BeforeAll
    static void load() {
        dataset = DataHome.of(DATA).load("fashion-mnist", null, FolderReading.STANDARD);
    }

    @Test
    void sizesAreThoseOfTheReadmeAndEveryClassHasATenth() {
        assertThat(dataset.train().countPerClass(10)).containsOnly(6000);
        assertThat(dataset.test().countPerClass(10)).containsOnly(1000);
        assertThat(dataset.train().channels()).isEqualTo(1);
        assertThat(dataset.train().height()).isEqualTo(28);
        assertThat(dataset.train().width()).isEqualTo(28);
    }

    @Test
    void theFirstImagesAreAnkleBoots() {
        assertThat(dataset.classes().get(dataset.train().labels()[0])).isEqualTo("Ankle boot");
        assertThat(dataset.classes().get(dataset.test().labels()[0])).isEqualTo("Ankle boot");
        assertThat(Arrays.copyOf(dataset.train().labels(), 5)).containsExactly(9, 0, 0, 3, 0);
    }

    @Test
    void meanAndDeviationAreThePublishedOnes() {
        Normalization normalization =
                dataset.train().normalization(IntStream.range(0, 60_000).toArray());

        assertThat(normalization.mean()[0]).isEqualTo(0.2860f, within(5e-5f));
        assertThat(normalization.std()[0]).isEqualTo(0.3530f, within(5e-5f));
    }

    @Test
    void theHashIsThatOfTheListOfSums() {
        // sha256sum t10k-images-idx3-ubyte t10k-labels-idx1-ubyte train-images-idx3-ubyte train-labels-idx1-ubyte
        // | sha256sum
        assertThat(dataset.sha256()).isEqualTo("d0a13531871adf77cb1d75902c9d2a2fdf613723748f5e8c24e0169faf064dc8");
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(DATA.resolve("fashion-mnist"))) {
            return files.filter(file -> file.toString().endsWith(".gz")).toList();
        }
    }

    private static byte[] unpacked(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    @Test
    void aCopyUnderAnotherNameIsRecognizedByItsContent(@TempDir Path folder) throws IOException {
        for (Path file : files()) {
            String dotted =
                    file.getFileName().toString().replace("-idx", ".idx").replace(".gz", "");
            Files.write(folder.resolve(dotted), unpacked(file));
        }

        ImageDataset copy = DataHome.of(DATA).load(folder.toString(), null, FolderReading.STANDARD);

        assertThat(copy.name()).isEqualTo("fashion-mnist");
        assertThat(copy.classes()).isEqualTo(dataset.classes());
        assertThat(copy.sha256()).isEqualTo(dataset.sha256());
    }

    @Test
    void changedContentUnderTheKnownNameIsRefused(@TempDir Path home) throws IOException {
        Path folder = Files.createDirectory(home.resolve("fashion-mnist"));
        for (Path file : files()) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
        Path labels = folder.resolve("t10k-labels-idx1-ubyte.gz");
        byte[] content = unpacked(labels);
        content[8] = 0;
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(labels))) {
            out.write(content);
        }

        refused(
                () -> DataHome.of(home).load("fashion-mnist", null, FolderReading.STANDARD),
                "t10k-labels-idx1-ubyte.gz",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");
    }
}
