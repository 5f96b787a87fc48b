package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static io.catwalk.runner.data.Pictures.encoded;
import static io.catwalk.runner.data.Pictures.gray;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.ImageDecoder.UnreadableImageException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class ImageFolderTest {

    @TempDir
    private Path folder;

    @TempDir
    private Path cache;

    @Test
    void pixelsAndLabelsFollowTheNamesOfClassesAndFiles() throws IOException {
        write("train/b/1.png", gray(2, 1, 30, 40));
        write("train/b/0.PNG", gray(2, 1, 10, 20));
        write("train/a/9.png", gray(2, 1, 50, 60));
        write("test/a/0.png", gray(2, 1, 70, 80));
        write("test/b/0.png", gray(2, 1, 90, 255));

        ImageDataset dataset = load();

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
    void otherLabelsOfTheSameImagesDecodeNothingAgain() throws IOException {
        for (int i = 0; i < 4; i++) {
            write("all/" + i + ".png", gray(1, 1, 10 * i));
        }
        Path table = folder.resolve("labels.csv");
        AtomicInteger decoded = new AtomicInteger();
        ImageCache counted = new ImageCache(cache, new ImageCache.Listener() {
            @Override
            public void started(String name, int images, long bytes, Path where) {
                decoded.addAndGet(images);
            }
        });
        FolderReading labeled = new FolderReading(table.toString(), null, null, false);
        Files.writeString(
                table, "path,label,split\nall/0.png,x,train\nall/1.png,y,train\nall/2.png,x,test\nall/3.png,y,test\n");
        ImageDataset before = ImageFolder.load(folder, null, labeled, counted);
        Files.writeString(
                table, "path,label,split\nall/0.png,y,test\nall/1.png,x,train\nall/2.png,y,train\nall/3.png,x,test\n");

        ImageDataset after = ImageFolder.load(folder, null, labeled, counted);

        assertThat(decoded).hasValue(4);
        assertThat(HeapImages.pixels(before.train())).containsExactly(0, 10);
        assertThat(HeapImages.pixels(after.train())).containsExactly(10, 20);
        assertThat(HeapImages.pixels(after.test())).containsExactly(30, 0);
        assertThat(after.test().file(0)).isEqualTo("all/3.png");
        assertThat(after.sha256()).isNotEqualTo(before.sha256());
    }

    @Test
    void anImageKeepsItsFileAndItsIndexWhenSomeAreChosen() throws IOException {
        for (int i = 0; i < 6; i++) {
            write("a/" + i + ".png", gray(1, 1, i));
            write("b/" + i + ".png", gray(1, 1, 10 + i));
        }
        ImageSource train = load().train();
        ImageSource test = load().test();

        ImageDataset some = load().limited(4, 1, 3);

        int pixel = some.test().read(0, 1)[0]; // says which file it is
        int place = some.test().index(0);
        assertThat(some.test().file(0)).isEqualTo((pixel < 10 ? "a/" : "b/") + pixel % 10 + ".png");
        assertThat(test.read(place, place + 1)).containsExactly(pixel);
        for (int i = 0; i < 4; i++) {
            int index = some.train().index(i);
            assertThat(train.read(index, index + 1)).isEqualTo(some.train().read(i, i + 1));
            assertThat(some.train().title(i)).isEqualTo(index + ", " + train.file(index));
        }
    }

    @Test
    void theOrderDoesNotDependOnTheLocale() throws IOException {
        for (String name : List.of("i", "a", "Z", "ä")) {
            write("train/" + name + "/FILE.JPEG", gray(1, 1, 9));
            write("test/" + name + "/FILE.JPEG", gray(1, 1, 9));
        }
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertThat(load().classes()).containsExactly("Z", "a", "i", "ä");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void theHashChangesWithOnePixelAndWithANameAndNotWithWhatIsPassedOver() throws IOException {
        writeSmallSet();
        String sha256 = load().sha256();

        write("train/.cache/x.png", gray(1, 1, 9));
        for (String odd : List.of("train/a/.x.png", "train/a/notes.txt", "train/notes.txt")) {
            Files.write(folder.resolve(odd), new byte[3]);
        }
        assertThat(load().sha256()).isEqualTo(sha256);

        write("test/b/0.png", gray(1, 1, 5));
        assertThat(load().sha256()).isNotEqualTo(sha256);
        write("test/b/0.png", gray(1, 1, 4));
        assertThat(load().sha256()).isEqualTo(sha256);

        Files.move(folder.resolve("test/b/0.png"), folder.resolve("test/b/1.png"));
        assertThat(load().sha256()).isNotEqualTo(sha256);
    }

    @Test
    void oneColorImageMakesTheSetColored() throws IOException {
        writeSmallSet();
        BufferedImage rgb = new BufferedImage(1, 1, BufferedImage.TYPE_3BYTE_BGR);
        rgb.getRaster().setPixel(0, 0, new int[] {200, 100, 50});
        write("train/b/0.png", rgb);

        ImageSource train = load().train();

        assertThat(train.channels()).isEqualTo(3);
        assertThat(HeapImages.pixels(train)).containsExactly(1, 1, 1, 200, 100, 50);
    }

    static Stream<Arguments> kinds() throws IOException {
        byte[] red = {0, (byte) 200};
        byte[] green = {10, 100};
        byte[] blue = {20, 50};
        byte[] grays = {(byte) 255, 0, 90};
        ColorModel grayAlpha = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false, ColorModel.TRANSLUCENT, DataBuffer.TYPE_BYTE);
        WritableRaster translucent = grayAlpha.createCompatibleWritableRaster(2, 1);
        BufferedImage colors =
                new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(1, 2, red, green, blue));
        BufferedImage palette = new BufferedImage(
                3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 3, grays, grays, grays));
        BufferedImage rgb = row(2, BufferedImage.TYPE_INT_RGB, 1, 2, 3, 17, 18, 19);
        // One fifth black: four fifths of white remain, 204.
        BufferedImage argb = row(3, BufferedImage.TYPE_INT_ARGB, 10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 51);
        BufferedImage veiled = filled(new BufferedImage(grayAlpha, translucent, false, null), 77, 255, 0, 51);
        // 257 times the 8-bit value is exact; 128 less still rounds to it, 129 less does not.
        BufferedImage deep = row(4, BufferedImage.TYPE_USHORT_GRAY, 65535, 25700, 25700 - 128, 25700 - 129);
        // Photoshop saves a selection behind color and opacity; this one is empty.
        byte[] selected = tiff(2, 2, 10, 20, 30, 255, 0, 0, 0, 0, 51, 0);
        return Stream.of(
                Arguments.of("channels one after the other", encoded(rgb, "png"), "1 17 2 18 3 19"),
                Arguments.of("alpha on white", encoded(argb, "png"), "10 255 204 20 255 204 30 255 204"),
                Arguments.of("gray with alpha", encoded(veiled, "png"), "77 204"),
                Arguments.of("sixteen bits", encoded(deep, "png"), "255 100 100 99"),
                Arguments.of("a palette", encoded(filled(colors, 0, 1), "png"), "0 200 10 100 20 50"),
                Arguments.of("a palette of grays", encoded(filled(palette, 2, 0, 1), "png"), "90 255 0"),
                Arguments.of(
                        "black and white",
                        encoded(row(3, BufferedImage.TYPE_BYTE_BINARY, 1, 0, 1), "png"),
                        "255 0 255"),
                Arguments.of("two extra samples", selected, "10 204 20 204 30 204"));
    }

    private static BufferedImage row(int width, int type, int... samples) {
        return filled(new BufferedImage(width, 1, type), samples);
    }

    private static BufferedImage filled(BufferedImage image, int... samples) {
        image.getRaster().setPixels(0, 0, image.getWidth(), 1, samples);
        return image;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void everyKindOfPixelsIsRead(String name, byte[] file, String expected) throws Exception {
        DecodedImage image = ImageDecoder.decode(Files.write(folder.resolve("one.png"), file));

        byte[] pixels = image.raster(null).pixels();
        IntStream levels = IntStream.range(0, pixels.length).map(i -> Byte.toUnsignedInt(pixels[i]));
        assertThat(levels.mapToObj(Integer::toString).collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10})
    void aTiffInAKindOfLabIsRefused(int interpretation) throws IOException {
        Path file = Files.write(folder.resolve("one.png"), tiff(interpretation, 0, 50, 0, 0));

        refused(UnreadableImageException.class, () -> ImageDecoder.decode(file), "neither gray, RGB nor CMYK");
    }

    @Test
    void imagesAreResizedWhenAsked() throws IOException {
        writeSmallSet();
        write("train/b/0.png", gray(2, 1, 0, 100));

        ResizeRule rule = ResizeRule.parse("4x1");
        assertThat(HeapImages.pixels(home().load(folder.toString(), rule, FolderReading.STANDARD)
                        .train()))
                .containsExactly(1, 1, 1, 1, 0, 25, 75, 100);
    }

    @Test
    void aMissingFolderTellsWhatWasExpected() {
        String none = folder.resolve("none").toString();
        Path fashion = folder.resolve("fashion-mnist");
        refused(() -> load(none), none, "'fashion-mnist' (its files are in " + fashion, "CLASS/*", "train/CLASS/*");
        refused(() -> load("fashion-mnist"), "found no such folder " + fashion);
        refused(() -> load("no\0path"), "no");
    }

    @Test
    void theFirstOfManyBrokenFilesIsNamed() throws IOException {
        writeSmallSet();
        for (int i = 10; i < 60; i++) {
            Files.writeString(folder.resolve("train/a/" + i + ".png"), "text");
        }

        for (int run = 0; run < 5; run++) {
            refused(this::load, "Image " + folder.resolve("train/a/10.png") + ": expected", "found no image");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "32", "32X24", "0x4", "4x0", "-4x4", "4x4x4", "5000x4", "99999x4"})
    void imageSizesAreReadStrictly(String text) {
        assertThat(ResizeRule.parse("32x24")).isEqualTo(new ResizeRule(32, 24, ResizeRule.Fit.STRETCH));
        refused(() -> ResizeRule.parse(text), "Image size: expected");
    }

    /** Writes one gray image of one pixel for each part and class: 1 and 2 to train, 3 and 4 to test. */
    @Test
    void aClassWithoutTestImagesIsCountedAndNamed() throws IOException {
        writeSmallSet();
        Files.delete(folder.resolve("test/b/0.png"));
        Files.delete(folder.resolve("test/b"));

        ImageDataset images = load();

        assertThat(images.classes()).containsExactly("a", "b");
        assertThat(images.test().countPerClass(2)).containsExactly(1, 0);
        assertThat(images.notes()).containsExactly("1 of 2 classes has no test image: b");
        Files.delete(folder.resolve("train/b/0.png"));
        refused(this::load, "at least 2 classes", "[a]");
    }

    private void writeSmallSet() throws IOException {
        write("train/a/0.png", gray(1, 1, 1));
        write("train/b/0.png", gray(1, 1, 2));
        write("test/a/0.png", gray(1, 1, 3));
        write("test/b/0.png", gray(1, 1, 4));
    }

    private ImageDataset load() {
        return load(folder.toString());
    }

    private ImageDataset load(String name) {
        return home().load(name, null, FolderReading.STANDARD);
    }

    private DataHome home() {
        return new DataHome(folder, new ImageCache(cache, ImageCache.Listener.none()));
    }

    private void write(String name, BufferedImage image) throws IOException {
        Pictures.write(folder.resolve(name), image);
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
}
