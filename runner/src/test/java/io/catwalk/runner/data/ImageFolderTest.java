package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.RequestException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class ImageFolderTest {

    @TempDir
    private Path folder;

    @Test
    void pixelsAndLabelsFollowTheNamesOfClassesAndFiles() throws IOException {
        write("train/b/1.png", png(gray(2, 1, 30, 40)));
        write("train/b/0.PNG", png(gray(2, 1, 10, 20)));
        write("train/a/9.png", png(gray(2, 1, 50, 60)));
        write("test/a/0.png", png(gray(2, 1, 70, 80)));
        write("test/b/0.png", png(gray(2, 1, 90, 255)));

        ImageDataset dataset = load(null);

        assertThat(dataset.classes()).containsExactly("a", "b");
        assertThat(dataset.train().labels()).containsExactly(0, 1, 1);
        assertThat(HeapImages.pixels(dataset.train())).containsExactly(50, 60, 10, 20, 30, 40);
        assertThat(dataset.train().channels()).isEqualTo(1);
        assertThat(dataset.train().height()).isEqualTo(1);
        assertThat(dataset.train().width()).isEqualTo(2);
        assertThat(dataset.test().labels()).containsExactly(0, 1);
        assertThat(HeapImages.pixels(dataset.test())).containsExactly(70, 80, 90, 255);
    }

    @Test
    void anImageKeepsItsFileAndItsIndexWhenSomeAreChosen() throws IOException {
        for (int i = 0; i < 6; i++) {
            write("a/" + i + ".png", png(gray(1, 1, i)));
            write("b/" + i + ".png", png(gray(1, 1, 10 + i)));
        }
        ImageDataset whole = load(null);

        ImageDataset some = whole.limited(4, 1, 3);

        int pixel = some.test().read(0, 1)[0]; // says which file it is
        assertThat(some.test().file(0)).isEqualTo((pixel < 10 ? "a/" : "b/") + pixel % 10 + ".png");
        assertThat(whole.test().read(some.test().index(0), some.test().index(0) + 1))
                .containsExactly(pixel);
        for (int i = 0; i < 4; i++) {
            int index = some.train().index(i);
            assertThat(whole.train().read(index, index + 1))
                    .isEqualTo(some.train().read(i, i + 1));
            assertThat(some.train().title(i))
                    .isEqualTo(index + ", " + whole.train().file(index));
        }
    }

    @Test
    void theOrderDoesNotDependOnTheLocale() throws IOException {
        for (String part : new String[] {"train", "test"}) {
            for (String name : new String[] {"i", "a", "Z", "ä"}) {
                write(part + '/' + name + "/FILE.JPEG", png(gray(1, 1, 9)));
            }
        }
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertThat(load(null).classes()).containsExactly("Z", "a", "i", "ä");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void hiddenFilesAndOtherKindsArePassedOver() throws IOException {
        writeSmallSet();
        String sha256 = load(null).sha256();

        write("train/.cache/x.png", png(gray(1, 1, 9)));
        write("train/a/.x.png", new byte[3]);
        write("train/a/notes.txt", new byte[3]);
        write("train/notes.txt", new byte[3]);

        assertThat(load(null).sha256()).isEqualTo(sha256);
    }

    @Test
    void theHashChangesWithOnePixelAndWithAName() throws IOException {
        writeSmallSet();
        String sha256 = load(null).sha256();

        write("test/b/0.png", png(gray(1, 1, 5)));
        String otherPixel = load(null).sha256();
        write("test/b/0.png", png(gray(1, 1, 4)));
        assertThat(load(null).sha256()).isEqualTo(sha256).isNotEqualTo(otherPixel);

        Files.move(folder.resolve("test/b/0.png"), folder.resolve("test/b/1.png"));
        assertThat(load(null).sha256()).isNotEqualTo(sha256);
    }

    @Test
    void oneColorImageMakesTheSetColored() throws IOException {
        writeSmallSet();
        BufferedImage rgb = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR);
        rgb.getRaster().setPixel(0, 0, new int[] {200, 100, 50});
        write("train/b/0.png", png(rgb));

        ImageSource train = load(null).train();

        assertThat(train.channels()).isEqualTo(3);
        assertThat(HeapImages.pixels(train)).containsExactly(1, 1, 1, 200, 100, 50);
    }

    @Test
    void channelsComeOneAfterTheOther() throws IOException, UnreadableImageException {
        writeSmallSet();
        BufferedImage rgb = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        rgb.setRGB(0, 0, 0x010203);
        rgb.setRGB(1, 0, 0x111213);

        assertThat(decode(png(rgb))).containsExactly(0x01, 0x11, 0x02, 0x12, 0x03, 0x13);
    }

    @Test
    void alphaIsLaidOnWhite() throws IOException, UnreadableImageException {
        BufferedImage argb = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        argb.setRGB(0, 0, 0xff0a141e);
        argb.setRGB(1, 0, 0x000a141e);
        argb.setRGB(2, 0, 0x33000000); // one fifth black: four fifths of white remain, 204

        assertThat(decode(png(argb))).containsExactly(10, 255, 204, 20, 255, 204, 30, 255, 204);
    }

    /** Photoshop saves a selection behind color and opacity; this one is empty. */
    @Test
    void theFirstExtraSampleOfATiffIsItsOpacity() throws IOException, UnreadableImageException {
        // One fifth black: four fifths of white remain, 204.
        assertThat(decode(tiff(2, 2, 10, 20, 30, 255, 0, 0, 0, 0, 51, 0))).containsExactly(10, 204, 20, 204, 30, 204);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10})
    void aTiffInAKindOfLabIsRefused(int interpretation) {
        assertThatThrownBy(() -> decode(tiff(interpretation, 0, 50, 0, 0)))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessage("a TIFF of samples that are neither gray, RGB nor CMYK in at most 16 bits");
    }

    @Test
    void grayWithAlphaStaysGray() throws IOException, UnreadableImageException {
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, ColorModel.TRANSLUCENT, DataBuffer.TYPE_BYTE);
        WritableRaster raster = model.createCompatibleWritableRaster(2, 1);
        raster.setPixel(0, 0, new int[] {77, 255});
        raster.setPixel(1, 0, new int[] {0, 51});

        assertThat(decode(png(new BufferedImage(model, raster, false, null)))).containsExactly(77, 204);
    }

    @Test
    void sixteenBitsAreRoundedToEight() throws IOException, UnreadableImageException {
        BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_USHORT_GRAY);
        // 257 times the 8-bit value is exact; 128 less still rounds to it, 129 less does not.
        image.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {65535, 257 * 100, 257 * 100 - 128, 257 * 100 - 129});

        assertThat(decode(png(image))).containsExactly(255, 100, 100, 99);
    }

    @Test
    void aPaletteGivesItsColors() throws IOException, UnreadableImageException {
        byte[] red = {0, (byte) 200};
        byte[] green = {10, 100};
        byte[] blue = {20, 50};
        BufferedImage image =
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(1, 2, red, green, blue));
        image.getRaster().setSample(1, 0, 0, 1);

        assertThat(decode(png(image))).containsExactly(0, 200, 10, 100, 20, 50);
    }

    @Test
    void aPaletteOfGraysIsGray() throws IOException, UnreadableImageException {
        byte[] grays = {(byte) 255, 0, 90};
        BufferedImage image = new BufferedImage(
                3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 3, grays, grays, grays));
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {2, 0, 1});

        assertThat(decode(png(image))).containsExactly(90, 255, 0);
    }

    @Test
    void blackAndWhiteIsGray() throws IOException, UnreadableImageException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {1, 0, 1});

        assertThat(decode(png(image))).containsExactly(255, 0, 255);
    }

    @Test
    void jpegIsReadInGrayAndColor() throws IOException {
        BufferedImage gray = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        Arrays.fill(((java.awt.image.DataBufferByte) gray.getRaster().getDataBuffer()).getData(), (byte) 60);
        BufferedImage rgb = new BufferedImage(16, 16, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 256; i++) {
            rgb.setRGB(i % 16, i / 16, 0xc86432);
        }
        write("train/a/0.jpg", encode(gray, "jpg"));
        write("train/b/0.jpeg", encode(rgb, "jpg"));
        write("test/a/0.png", png(gray));
        write("test/b/0.png", png(rgb));

        byte[] pixels = HeapImages.pixels(load(null).train());

        // JPEG is lossy: a plain area is off by one or two.
        int[] expected = {60, 60, 60, 0xc8, 0x64, 0x32};
        for (int plane = 0; plane < 6; plane++) {
            for (int i = 0; i < 256; i++) {
                assertThat(Byte.toUnsignedInt(pixels[plane * 256 + i])).isCloseTo(expected[plane], within(2));
            }
        }
    }

    @Test
    void imagesAreResizedOnlyWhenAsked() throws IOException {
        writeSmallSet();
        write("train/b/0.png", png(gray(2, 1, 0, 100)));

        assertThat(HeapImages.pixels(load(ResizeRule.parse("4x1")).train()))
                .containsExactly(1, 1, 1, 1, 0, 25, 75, 100);
        refuses()
                .hasMessageContaining("3 of 1x1 (such as " + folder.resolve("train/a/0.png") + ")")
                .hasMessageContaining("1 of 2x1 (such as " + folder.resolve("train/b/0.png") + ")")
                .hasMessageContaining("--image-size 1x1");
    }

    @Test
    void aMissingFolderTellsWhatWasExpected() {
        assertThatThrownBy(() -> ImageDatasets.load(folder.resolve("none").toString(), DataHome.of(folder), null))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("found no such folder " + folder.resolve("none"))
                .hasMessageContaining("'fashion-mnist' (its files are in %s)", folder.resolve("fashion-mnist"))
                .hasMessageContaining("a folder of images as CLASS/*, or as train/CLASS/* and test/CLASS/*");
        assertThatThrownBy(() -> ImageDatasets.load("fashion-mnist", DataHome.of(folder), null))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("found no such folder " + folder.resolve("fashion-mnist"));
        assertThatThrownBy(() -> ImageDatasets.load("no\0path", DataHome.of(folder), null))
                .isInstanceOf(RequestException.class);
    }

    @Test
    void aFolderOfNothingKnownIsRefused() throws IOException {
        write("x/y.txt", new byte[3]);

        refuses()
                .hasMessageContaining("Data set in " + folder)
                .hasMessageContaining("found no class folder with an image; images are expected as CLASS/*");
    }

    @Test
    void anEmptyClassIsRefused() throws IOException {
        writeSmallSet();
        Files.delete(folder.resolve("train/b/0.png"));

        refuses().hasMessageContaining("expected only classes with training images in test, found others: b");
    }

    @Test
    void aClassThatIsOnlyTestedIsRefused() throws IOException {
        writeSmallSet();
        write("test/c/0.png", png(gray(1, 1, 9)));

        refuses()
                .hasMessageContaining("Data set in " + folder)
                .hasMessageContaining("expected only classes with training images in test, found others: c");
    }

    @Test
    void aClassThatIsNeverTestedIsRefused() throws IOException {
        writeSmallSet();
        write("train/c/0.png", png(gray(1, 1, 9)));

        refuses().hasMessageContaining("Data set in " + folder).hasMessageContaining("found no images of c in test");
    }

    @Test
    void oneClassIsRefused() throws IOException {
        write("train/a/0.png", png(gray(1, 1, 1)));
        write("test/a/0.png", png(gray(1, 1, 1)));

        refuses().hasMessageContaining("at least 2 classes, found [a]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void aTruncatedImageIsNamed(String format) throws IOException {
        writeSmallSet();
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 64 * 64; i++) {
            noise.setRGB(i % 64, i / 64, i * 0x9e3779b9);
        }
        byte[] whole = encode(noise, format);
        for (int kept : new int[] {whole.length / 2, 200, 20, 4, 0}) {
            write("train/b/0.png", Arrays.copyOf(whole, kept));

            assertThatThrownBy(() -> load(ResizeRule.parse("1x1")))
                    .isInstanceOf(RequestException.class)
                    .hasMessageNotContaining("\n")
                    .hasMessageContaining("Image %s: expected", folder.resolve("train/b/0.png"));
        }
    }

    @Test
    void everyDamagedByteGivesAnImageOrAClearError() throws IOException {
        writeSmallSet();
        byte[] whole = png(gray(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        Path file = folder.resolve("train/b/0.png");
        for (int at = 0; at < whole.length; at++) {
            for (int value : new int[] {0, 0x7f, 0xff}) {
                byte[] damaged = whole.clone();
                damaged[at] = (byte) value;
                Files.write(file, damaged);
                try {
                    ImageDecoder.decode(file);
                } catch (UnreadableImageException e) {
                    assertThat(e.of(file)).hasMessageContaining(file.toString());
                }
            }
        }
    }

    @Test
    void aTextFileCalledPngIsNamed() throws IOException {
        writeSmallSet();
        Files.writeString(folder.resolve("test/a/0.png"), "This is text.\n");

        refuses()
                .hasMessageContaining("Image %s: expected", folder.resolve("test/a/0.png"))
                .hasMessageContaining("found no image");
    }

    @Test
    void theFirstOfManyBrokenFilesIsNamed() throws IOException {
        writeSmallSet();
        for (int i = 10; i < 60; i++) {
            Files.writeString(folder.resolve("train/a/" + i + ".png"), "text");
        }

        for (int run = 0; run < 5; run++) {
            refuses()
                    .hasMessageContaining("train/a/10.png"
                            .replace('/', folder.getFileSystem().getSeparator().charAt(0)));
        }
    }

    @Test
    void imageSizesAreReadStrictly() {
        assertThat(ImageSize.parse("32x24")).isEqualTo(new ImageSize(32, 24));
        for (String text : new String[] {"", "32", "32X24", "0x4", "4x0", "-4x4", "4x4x4", "5000x4", "99999x4"}) {
            assertThatThrownBy(() -> ImageSize.parse(text))
                    .isInstanceOf(RequestException.class)
                    .hasMessageContaining("Image size: expected");
        }
    }

    /** Writes one gray image of one pixel for each part and class: 1 and 2 to train, 3 and 4 to test. */
    private void writeSmallSet() throws IOException {
        write("train/a/0.png", png(gray(1, 1, 1)));
        write("train/b/0.png", png(gray(1, 1, 2)));
        write("test/a/0.png", png(gray(1, 1, 3)));
        write("test/b/0.png", png(gray(1, 1, 4)));
    }

    private ImageDataset load(@Nullable ResizeRule rule) {
        return ImageDatasets.load(folder.toString(), DataHome.of(folder), rule);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refuses() {
        return assertThatThrownBy(() -> load(null))
                .isInstanceOf(RequestException.class)
                .hasMessageNotContaining("\n");
    }

    private byte[] decode(byte[] file) throws IOException, UnreadableImageException {
        write("one.png", file);
        DecodedImage image = ImageDecoder.decode(folder.resolve("one.png"));
        return image.pixels(image.channels(), null);
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    /** Writes a TIFF of one row and 8 bits a sample, with three colors, and opacity first among its extra samples. */
    private static byte[] tiff(int interpretation, int extra, int... samples) {
        int bands = 3 + extra;
        int count = extra == 0 ? 9 : 10;
        int bits = 8 + 2 + 12 * count + 4;
        int[][] fields = {
            {256, 1, samples.length / bands}, // width
            {257, 1, 1}, // height
            {258, bands, bits}, // where the bits of each sample are
            {259, 1, 1}, // no compression
            {262, 1, interpretation},
            {273, 1, bits + 2 * bands}, // where the samples are
            {277, 1, bands},
            {278, 1, 1}, // rows in a strip
            {279, 1, samples.length},
            {338, extra, 2} // opacity that the colors are not multiplied by; the next one means nothing
        };
        ByteBuffer file = ByteBuffer.allocate(bits + 2 * bands + samples.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) count);
        for (int i = 0; i < count; i++) {
            file.putShort((short) fields[i][0]).putShort((short) 3).putInt(fields[i][1]);
            file.putInt(fields[i][2]);
        }
        file.putInt(0); // no other image
        for (int i = 0; i < bands; i++) {
            file.putShort((short) 8);
        }
        for (int sample : samples) {
            file.put((byte) sample);
        }
        return file.array();
    }

    private static BufferedImage gray(int width, int height, int... values) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSamples(0, 0, width, height, 0, values);
        return image;
    }

    private static byte[] png(BufferedImage image) throws IOException {
        return encode(image, "png");
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, bytes)).isTrue();
        return bytes.toByteArray();
    }
}
