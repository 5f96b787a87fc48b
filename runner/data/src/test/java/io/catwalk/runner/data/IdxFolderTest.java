package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class IdxFolderTest {

    private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
    private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
    private static final String CLASSES = "classes.txt";

    /** Three images of one row and two columns. */
    private static final byte[] THREE = images(3, 1, 2, 1, 2, 3, 4, 5, 255);

    @TempDir
    private Path folder;

    @TempDir
    private Path cache;

    @BeforeEach
    void write() throws IOException {
        write(TRAIN_IMAGES, THREE);
        write(TRAIN_LABELS, labels(1, 0, 2));
        write(TEST_IMAGES, images(1, 1, 2, 7, 8));
        write(TEST_LABELS, labels(2));
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
    void theHashChangesWithOneLabelAndNotWithCompressionOrDots() throws IOException {
        String sha256 = load().sha256();
        for (String name : List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)) {
            write(name.replace("-idx", ".idx") + ".gz", gzip(Files.readAllBytes(folder.resolve(name))));
            Files.delete(folder.resolve(name));
        }
        assertThat(load().sha256()).isEqualTo(sha256);

        write(TEST_LABELS.replace("-idx", ".idx") + ".gz", gzip(labels(1)));
        assertThat(load().sha256()).isNotEqualTo(sha256);
    }

    @ParameterizedTest
    @ValueSource(strings = {CLASSES, "labels.txt"})
    void classesAreNamedByTheirFile(String name) throws IOException {
        for (String mark : List.of("", "\ufeff")) {
            Files.writeString(folder.resolve(name), mark + "cat\r\ndog\r\n\r\n Bär \n");

            assertThat(load().classes()).containsExactly("cat", "dog", "Bär");
        }
    }

    static Stream<Arguments> wrong() throws IOException {
        int most = Integer.MAX_VALUE;
        byte[] packed = gzip(THREE);
        String zip = TRAIN_IMAGES + ".gz";
        Stream<Arguments> damaged = Stream.of(1, 5, 12, 20, 30)
                .map(missing -> Arrays.copyOf(packed, packed.length - missing))
                .map(file -> wrong(zip, file, zip + ": expected a whole gzip file"));
        String header = TRAIN_IMAGES + ": expected a header of 16 bytes, found only ";
        Stream<Arguments> cut = Stream.of(0, 3, 4, 15)
                .map(length -> wrong(TRAIN_IMAGES, Arrays.copyOf(THREE, length), header + length));
        String expected = TRAIN_IMAGES + ": expected magic number 0x00000803";
        Stream<Arguments> magic = Stream.of(0x0801, 0x0903, 0x0d03, 0x1f8b0800, 0)
                .map(number -> {
                    byte[] file = idx(number, new int[] {3, 1, 2}, 1, 2, 3, 4, 5, 6);
                    return wrong(TRAIN_IMAGES, file, expected, "found 0x%08x".formatted(number));
                });
        byte[] five = images(3, 1, 2, 1, 2, 3, 4, 5);
        byte[] seven = images(3, 1, 2, 1, 2, 3, 4, 5, 6, 7);
        String six = ": expected 6 bytes";
        Stream<Arguments> others = Stream.of(
                wrong(CLASSES, new byte[0], CLASSES, "at least 2 different names"),
                wrong(CLASSES, "cat\n".getBytes(UTF_8), CLASSES, "at least 2 different names"),
                wrong(CLASSES, "cat\ndog\ncat\n".getBytes(UTF_8), CLASSES, "at least 2 different names"),
                wrong(CLASSES, new byte[] {'c', (byte) 0xe4, '\n'}, CLASSES, "UTF-8", "another encoding"),
                wrong(CLASSES, "cat\ndog\n".getBytes(UTF_8), TRAIN_LABELS, "from 0 to 1, found 2 at index 2"),
                wrong(TEST_LABELS, labels(3), TEST_LABELS, "from 0 to 2, found 3 at index 0"),
                wrong(TRAIN_LABELS, labels(0, 0, 0), TRAIN_LABELS, "at least 2 classes"),
                wrong(TRAIN_LABELS, labels(1, 2), TRAIN_LABELS, TRAIN_IMAGES, "expected 3 labels", "found 2"),
                wrong(TRAIN_IMAGES, five, TRAIN_IMAGES + six, "found at most 5"),
                wrong(TRAIN_IMAGES, seven, TRAIN_IMAGES + six, "found more"),
                wrong(zip, gzip(five), zip + six, "found only 5"),
                wrong(zip, THREE, zip, "gzip"),
                wrong(TRAIN_IMAGES, images(most, most, most, 1, 2), TRAIN_IMAGES, "found at most 2"),
                wrong(TRAIN_IMAGES, images(0, 1, 2), TRAIN_IMAGES, "of at least 1, found [0, 1, 2]"),
                wrong(TRAIN_IMAGES, images(-1, 1, 2), TRAIN_IMAGES, "of at least 1, found [-1, 1, 2]"),
                wrong(TEST_IMAGES, images(1, 2, 1, 1, 2), TEST_IMAGES, "[1, 2]", "found [2, 1]"));
        return Stream.of(damaged, cut, magic, others).flatMap(all -> all);
    }

    private static Arguments wrong(String file, byte[] content, String... facts) {
        return Arguments.of(file, content, facts);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatIsWrongIsNamed(String file, byte[] content, String[] facts) throws IOException {
        Files.deleteIfExists(folder.resolve(file.replace(".gz", "")));
        write(file, content);

        refused(this::load, facts);
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(folder.resolve(TEST_IMAGES));

        refused(this::load, folder.resolve(TEST_IMAGES).toString(), "found neither");
    }

    /** Reading the memory of a process at 0 fails, as reading a bad sector does. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatCannotBeReadIsNamedInTheWordsOfTheSystem() throws IOException {
        Path file = folder.resolve(TRAIN_IMAGES);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/proc/self/mem"));

        refused(this::load, file.toString(), "is a link that leads out of it", "--follow-links");
        FolderReading following = new FolderReading(null, null, null, true);
        refused(
                () -> home().load(folder.toString(), null, following),
                "Cannot read " + file + ": ",
                "check its permissions and the disk");
    }

    @Test
    void anotherImageSizeIsRefused() {
        refused(() -> load(ResizeRule.parse("3x4")), "Image size 3x4", "2x1");
        assertThat(load(ResizeRule.parse("2x1"))).isNotNull();
    }

    private ImageDataset load() {
        return load(null);
    }

    private ImageDataset load(@Nullable ResizeRule rule) {
        return home().load(folder.toString(), rule, FolderReading.STANDARD);
    }

    private DataHome home() {
        return new DataHome(folder, new ImageCache(cache, ImageCache.Listener.none()));
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    private static byte[] images(int count, int height, int width, int... pixels) {
        return idx(0x0803, new int[] {count, height, width}, pixels);
    }

    private static byte[] labels(int... labels) {
        return idx(0x0801, new int[] {labels.length}, labels);
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
