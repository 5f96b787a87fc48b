package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damages the files that {@link GoldenImagesTest} reads. */
@Tag("tiny")
class OddImagesTest {

    private static final Path IMAGES = Path.of("../test-data/golden/images");

    @TempDir
    private Path folder;

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(IMAGES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** What is missing at the end may be no part of the image: a mark of the end, or a second picture. */
    @ParameterizedTest
    @MethodSource("names")
    void aFileThatIsCutOffIsRefusedOrTheSameImage(String name) throws IOException, UnreadableImageException {
        byte[] whole = Files.readAllBytes(IMAGES.resolve(name));
        assumeThat(name).isNotEqualTo("raw-alpha.webp");
        byte[] pixels = ImageDecoder.decode(IMAGES.resolve(name)).pixels(3, null);
        int refused = 0;
        for (double share : new double[] {0.9, 0.75, 0.5, 0.25, 0.1}) {
            Path file = write(name, Arrays.copyOf(whole, (int) (whole.length * share)));
            try {
                assertThat(ImageDecoder.decode(file).pixels(3, null)).isEqualTo(pixels);
            } catch (UnreadableImageException e) {
                assertThat(e.reason()).isNotBlank().doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(2);
    }

    /** Whatever is changed in a header: it is an image still, or there is one reason. */
    @ParameterizedTest
    @MethodSource("names")
    void aChangedHeaderGivesAnImageOrOneReason(String name) throws IOException {
        byte[] whole = Files.readAllBytes(IMAGES.resolve(name));
        for (int at = 0; at < Math.min(whole.length, 100); at++) {
            for (int value : new int[] {0, 0x7f, 0xff, whole[at] + 1}) {
                byte[] changed = whole.clone();
                changed[at] = (byte) value;
                Path file = write(name, changed);
                try {
                    DecodedImage image = ImageDecoder.decode(file);
                    image.pixels(3, ResizeRule.parse("8x8"));
                } catch (UnreadableImageException e) {
                    assertThat(e.reason()).isNotBlank().doesNotContain("\n");
                }
            }
        }
    }

    /** The places are those of width and height in the headers of these files. */
    @ParameterizedTest
    @CsvSource({
        "gray.png, 16, 4, big",
        "palette.bmp, 18, 4, little",
        "color.gif, -1, 2, little",
        "gray.jpg, -1, 2, big",
        "cmyk.jpg, -1, 2, big",
        "raw.tif, -1, 4, little",
        "gray.tif, -1, 4, little",
        "lossy-alpha.webp, 24, 3, little",
    })
    void aBombIsRefusedByItsHeader(String name, int at, int bytes, String order) throws IOException {
        byte[] bomb = Files.readAllBytes(IMAGES.resolve(name));
        ByteBuffer content =
                ByteBuffer.wrap(bomb).order(order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int width = at;
        int height = at + bytes;
        if (name.endsWith(".gif")) {
            width = indexOf(bomb, 0x2c, 0, 0, 0, 0) + 5;
            height = width + 2;
        } else if (name.endsWith(".jpg")) {
            height = indexOf(bomb, 0xff, 0xc0) + 5;
            width = height + 2;
        } else if (name.endsWith(".tif")) {
            width = indexOf(bomb, 0x00, 0x01, 0x04, 0x00) + 8;
            height = indexOf(bomb, 0x01, 0x01, 0x04, 0x00) + 8;
        }
        if (bytes == 2) {
            content.putShort(width, (short) 50_000).putShort(height, (short) 50_000);
        } else if (bytes == 4) {
            content.putInt(width, 50_000).putInt(height, 50_000);
        } else {
            content.putInt(width, (content.getInt(width) & 0xff000000) | 49_999);
            content.putInt(height - 1, (content.getInt(height - 1) & 0xff) | (49_999 << 8));
        }
        Path file = write(name, bomb);

        assertThatThrownBy(() -> ImageDecoder.decode(file))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageMatching(
                        "a BMP that cannot be decoded \\(IIOException: (Invalid width/height|Unable to read the image header).*"
                                + "|a \\w+ of 50000x50000 pixels .*, more than 67108864 pixels or 268435456 bytes");
    }

    @Test
    void anEmptyFileIsSaidToBeOne() throws IOException {
        Path file = write("empty.jpg", new byte[0]);

        assertThatThrownBy(() -> ImageDecoder.decode(file)).hasMessage("an empty file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PNG", "hello", "II", "RIFF1234WAVE", "\0\0\0"})
    void whatIsNoImageIsSaidToBeNone(String content) throws IOException {
        Path file = write("text.png", content.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ImageDecoder.decode(file)).hasMessage("no image");
    }

    @Test
    void aFolderIsNoFile() {
        assertThatThrownBy(() -> ImageDecoder.decode(folder))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageStartingWith("what cannot be read (");
    }

    private static int indexOf(byte[] content, int... wanted) {
        for (int i = 0; i < content.length - wanted.length; i++) {
            int at = i;
            if (IntStream.range(0, wanted.length).allMatch(j -> content[at + j] == (byte) wanted[j])) {
                return i;
            }
        }
        throw new AssertionError("no " + Arrays.toString(wanted));
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }
}
