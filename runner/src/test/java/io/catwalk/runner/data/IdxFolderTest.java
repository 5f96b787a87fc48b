package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class IdxFolderTest {

    private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    @TempDir
    private Path folder;

    /** Writes three training images of one row and two columns, and one for testing. */
    @BeforeEach
    void write() throws IOException {
        write(TRAIN_IMAGES, idx(0x0803, new int[] {3, 1, 2}, 1, 2, 3, 4, 5, 255));
        write(TRAIN_LABELS, idx(0x0801, new int[] {3}, 1, 0, 2));
        write(TEST_IMAGES, idx(0x0803, new int[] {1, 1, 2}, 7, 8));
        write(TEST_LABELS, idx(0x0801, new int[] {1}, 2));
    }

    @Test
    void pixelsAndLabelsComeAsTheyAreStored() {
        ImageDataset dataset = load();

        assertThat(HeapImages.pixels(dataset.train())).containsExactly(1, 2, 3, 4, 5, 255);
        assertThat(dataset.train().labels()).containsExactly(1, 0, 2);
        assertThat(dataset.train().height()).isEqualTo(1);
        assertThat(dataset.train().width()).isEqualTo(2);
        assertThat(HeapImages.pixels(dataset.test())).containsExactly(7, 8);
        assertThat(dataset.classes()).containsExactly("0", "1", "2");
        assertThat(dataset.name()).isEqualTo(folder.getFileName().toString());
    }

    @Test
    void compressionAndDotsChangeNothing() throws IOException {
        String sha256 = load().sha256();
        for (String name : new String[] {TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS}) {
            write(name.replace("-idx", ".idx") + ".gz", gzip(Files.readAllBytes(folder.resolve(name))));
            Files.delete(folder.resolve(name));
        }

        assertThat(load().sha256()).isEqualTo(sha256);
    }

    @Test
    void theHashChangesWithOneLabel() throws IOException {
        String sha256 = load().sha256();

        write(TEST_LABELS, idx(0x0801, new int[] {1}, 1));

        assertThat(load().sha256()).isNotEqualTo(sha256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classes.txt", "labels.txt"})
    void classesAreNamedByTheirFile(String name) throws IOException {
        Files.writeString(folder.resolve(name), "cat\r\ndog\r\n\r\n Bär \n");

        assertThat(load().classes()).containsExactly("cat", "dog", "Bär");
    }

    @Test
    void aByteOrderMarkIsNotPartOfAClass() throws IOException {
        Files.writeString(folder.resolve("classes.txt"), "\ufeffcat\r\ndog\r\nbird\r\n");

        assertThat(load().classes()).containsExactly("cat", "dog", "bird");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cat\n", "cat\ndog\ncat\n"})
    void namesThatAreFewOrRepeatAreRefused(String text) throws IOException {
        Files.writeString(folder.resolve("classes.txt"), text);

        refuses("classes.txt").hasMessageContaining("at least 2 different names");
    }

    @Test
    void namesThatAreNotUtf8AreRefused() throws IOException {
        write("classes.txt", new byte[] {'c', (byte) 0xe4, '\n'});

        refuses("classes.txt").hasMessageEndingWith("expected UTF-8 text, found another encoding; save it as UTF-8");
    }

    @Test
    void aLabelBeyondTheNamedClassesIsRefused() throws IOException {
        Files.writeString(folder.resolve("classes.txt"), "cat\ndog\n");

        refuses(TRAIN_LABELS).hasMessageContaining("expected labels from 0 to 1, found 2 at index 2");
    }

    @Test
    void aClassThatIsOnlyTestedIsRefused() throws IOException {
        write(TEST_LABELS, idx(0x0801, new int[] {1}, 3));

        refuses(TEST_LABELS).hasMessageContaining("expected labels from 0 to 2, found 3 at index 0");
    }

    @Test
    void onlyOneClassIsRefused() throws IOException {
        write(TRAIN_LABELS, idx(0x0801, new int[] {3}, 0, 0, 0));

        refuses(TRAIN_LABELS).hasMessageContaining("at least 2 classes");
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(folder.resolve(TEST_IMAGES));

        refuses(TEST_IMAGES).hasMessageContaining("found neither");
    }

    /** Reading the memory of a process at 0 fails, as reading a bad sector does. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatCannotBeReadIsNamedInTheWordsOfTheSystem() throws IOException {
        Files.delete(folder.resolve(TRAIN_IMAGES));
        Files.createSymbolicLink(folder.resolve(TRAIN_IMAGES), Path.of("/proc/self/mem"));

        refuses(TRAIN_IMAGES).hasMessageEndingWith("is a link that leads out of it; add --follow-links to read it");
        assertThatThrownBy(() -> ImageDatasets.load(
                        folder.toString(), DataHome.of(folder), null, new FolderReading(null, null, null, true)))
                .hasMessageStartingWith("Cannot read " + folder.resolve(TRAIN_IMAGES) + ": ")
                .hasMessageEndingWith("; check its permissions and the disk")
                .hasMessageNotContaining("Exception");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0801, 0x0903, 0x0d03, 0x1f8b0800, 0})
    void aWrongMagicNumberIsRefused(int magic) throws IOException {
        write(TRAIN_IMAGES, idx(magic, new int[] {3, 1, 2}, 1, 2, 3, 4, 5, 6));

        refuses(TRAIN_IMAGES)
                .hasMessageContaining("expected magic number 0x00000803")
                .hasMessageContaining("found 0x%08x", magic);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 15})
    void aCutHeaderIsRefused(int length) throws IOException {
        write(TRAIN_IMAGES, Arrays.copyOf(Files.readAllBytes(folder.resolve(TRAIN_IMAGES)), length));

        refuses(TRAIN_IMAGES).hasMessageContaining("expected a header of 16 bytes, found only " + length);
    }

    @Test
    void aShortFileIsRefused() throws IOException {
        write(TRAIN_IMAGES, idx(0x0803, new int[] {3, 1, 2}, 1, 2, 3, 4, 5));

        refuses(TRAIN_IMAGES).hasMessageContaining("expected 6 bytes").hasMessageContaining("found at most 5");
    }

    @Test
    void aShortCompressedFileIsRefused() throws IOException {
        Files.delete(folder.resolve(TRAIN_IMAGES));
        write(TRAIN_IMAGES + ".gz", gzip(idx(0x0803, new int[] {3, 1, 2}, 1, 2, 3, 4, 5)));

        refuses(TRAIN_IMAGES).hasMessageContaining("expected 6 bytes").hasMessageContaining("found only 5");
    }

    @Test
    void aLongFileIsRefused() throws IOException {
        write(TRAIN_IMAGES, idx(0x0803, new int[] {3, 1, 2}, 1, 2, 3, 4, 5, 6, 7));

        refuses(TRAIN_IMAGES).hasMessageContaining("expected 6 bytes").hasMessageContaining("found more");
    }

    @Test
    void aHeaderThatAsksForMoreThanAnyMemoryIsRefused() throws IOException {
        int most = Integer.MAX_VALUE;
        write(TRAIN_IMAGES, idx(0x0803, new int[] {most, most, most}, 1, 2));

        refuses(TRAIN_IMAGES).hasMessageContaining("found at most 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noImagesAreRefused(int count) throws IOException {
        write(TRAIN_IMAGES, idx(0x0803, new int[] {count, 1, 2}));

        refuses(TRAIN_IMAGES).hasMessageContaining("dimensions of at least 1, found [%d, 1, 2]", count);
    }

    @Test
    void anotherNumberOfLabelsThanImagesIsRefused() throws IOException {
        write(TRAIN_LABELS, idx(0x0801, new int[] {2}, 1, 2));

        refuses(TRAIN_LABELS)
                .hasMessageContaining(TRAIN_IMAGES)
                .hasMessageContaining("expected 3 labels")
                .hasMessageContaining("found 2");
    }

    @Test
    void testImagesOfAnotherSizeAreRefused() throws IOException {
        write(TEST_IMAGES, idx(0x0803, new int[] {1, 2, 1}, 1, 2));

        refuses(TEST_IMAGES).hasMessageContaining("[1, 2]").hasMessageContaining("found [2, 1]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 12, 20, 30})
    void aTruncatedGzipFileIsRefused(int missing) throws IOException {
        byte[] whole = gzip(Files.readAllBytes(folder.resolve(TRAIN_IMAGES)));
        Files.delete(folder.resolve(TRAIN_IMAGES));
        write(TRAIN_IMAGES + ".gz", Arrays.copyOf(whole, whole.length - missing));

        refuses(TRAIN_IMAGES + ".gz").hasMessageContaining("expected a whole gzip file, found a truncated or damaged");
    }

    @Test
    void aFileThatIsNotCompressedButSaysSoIsRefused() throws IOException {
        Files.move(folder.resolve(TRAIN_IMAGES), folder.resolve(TRAIN_IMAGES + ".gz"));

        refuses(TRAIN_IMAGES + ".gz").hasMessageContaining("gzip");
    }

    @Test
    void anotherImageSizeIsRefused() {
        assertThatThrownBy(() -> ImageDatasets.load(folder.toString(), DataHome.of(folder), ResizeRule.parse("3x4")))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("Image size 3x4")
                .hasMessageContaining("2x1");
        assertThat(ImageDatasets.load(folder.toString(), DataHome.of(folder), ResizeRule.parse("2x1")))
                .isNotNull();
    }

    private ImageDataset load() {
        return ImageDatasets.load(folder.toString(), DataHome.of(folder), null);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refuses(String file) {
        return assertThatThrownBy(this::load)
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(folder.resolve(file).toString())
                .hasMessageNotContaining("\n");
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    private static byte[] idx(int magic, int[] dimensions, int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dimensions.length + values.length);
        bytes.putInt(magic);
        Arrays.stream(dimensions).forEach(bytes::putInt);
        Arrays.stream(values).forEach(value -> bytes.put((byte) value));
        return bytes.array();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
