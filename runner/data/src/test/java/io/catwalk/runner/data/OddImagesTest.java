package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.catwalk.runner.Golden;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.FolderLayout.ImageFile;
import io.catwalk.runner.data.ImageDecoder.UnreadableImageException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damages the files that {@link GoldenImagesTest} reads. */
@Tag("tiny")
@Tag("attack")
class OddImagesTest {

    private static final Path IMAGES = Golden.FOLDER.resolve("images");

    /**
     * Number of random damages for each file; {@code -Dcatwalk.odd=COUNT} draws more, and other ones with another seed.
     */
    private static final int DRAWN = Integer.getInteger("catwalk.odd", 10);

    /** Only every STRIDE-th byte of a header is changed: changing all of them takes a minute. */
    private static final int STRIDE = Integer.getInteger("catwalk.odd") == null ? 4 : 1;

    private static final long SEED = Long.getLong("catwalk.fuzz.seed", 1);

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path folder;

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(IMAGES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** What is missing at the end may not belong to the image: an end marker, or a second picture. */
    @ParameterizedTest
    @MethodSource("names")
    void aFileThatIsCutOffIsRefusedOrTheSameImage(String name) throws IOException, UnreadableImageException {
        byte[] whole = golden(name);
        assumeThat(name).isNotEqualTo("raw-alpha.webp");
        byte[] pixels = ImageDecoder.decode(IMAGES.resolve(name))
                .raster(null)
                .withChannels(3)
                .pixels();
        int refused = 0;
        for (double share : new double[] {0.9, 0.75, 0.5, 0.25, 0.1}) {
            Path file = write(name, Arrays.copyOf(whole, (int) (whole.length * share)));
            try {
                assertThat(ImageDecoder.decode(file)
                                .raster(null)
                                .withChannels(3)
                                .pixels())
                        .isEqualTo(pixels);
            } catch (UnreadableImageException e) {
                assertThat(e.reason()).isNotBlank().doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(2);
    }

    /**
     * Whatever is changed in a file: it is still an image, or is rejected with one reason, quickly and in the stated
     * memory.
     */
    @ParameterizedTest
    @MethodSource("names")
    void aDamagedFileGivesAnImageOrOneReason(String name) throws IOException {
        byte[] whole = golden(name);
        List<byte[]> damaged = damaged(whole, new SplittableRandom(SEED ^ name.hashCode()));
        assertThat(damaged).hasSizeGreaterThan(STRIDE == 1 ? 300 : 100);
        IntStream.range(0, damaged.size()).parallel().forEach(i -> {
            try {
                requireImageOrReason(write(Thread.currentThread().getId() + name, damaged.get(i)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Changes a header number by number, cuts the file off at many places, and makes random changes. */
    private static List<byte[]> damaged(byte[] whole, SplittableRandom random) {
        List<byte[]> damaged = new ArrayList<>();
        for (int at = 0; at < Math.min(whole.length, 80); at += STRIDE) {
            for (int value : new int[] {0xff, whole[at] + 1}) {
                byte[] one = whole.clone();
                one[at] = (byte) value;
                damaged.add(one);
            }
        }
        for (int at = 0; at < Math.min(whole.length, 80); at += Math.max(2, STRIDE)) {
            for (int value : new int[] {Integer.MAX_VALUE, 50_000, Integer.reverseBytes(50_000)}) {
                byte[] one = Arrays.copyOf(whole, Math.max(whole.length, at + Integer.BYTES));
                ByteBuffer.wrap(one).putInt(at, value);
                damaged.add(one);
            }
        }
        for (int i = 0; i < 30; i++) {
            damaged.add(Arrays.copyOf(whole, whole.length * i / 30));
        }
        for (int i = 0; i < DRAWN; i++) {
            byte[] one = whole.clone();
            for (int change = random.nextInt(1, 9); change > 0; change--) {
                int at = random.nextInt(one.length);
                if (random.nextInt(3) == 0) {
                    int from = random.nextInt(one.length);
                    System.arraycopy(whole, from, one, at, random.nextInt(one.length - Math.max(at, from)));
                } else {
                    one[at] = (byte) random.nextInt();
                }
            }
            damaged.add(one);
        }
        return damaged;
    }

    private static void requireImageOrReason(Path file) throws IOException {
        long length = Files.size(file);
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        try {
            DecodedImage image = ImageDecoder.decode(file);
            RasterImage unused = image.raster(ResizeRule.parse("8x8"));
        } catch (UnreadableImageException e) {
            requireClear(file, e);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("%s of %s".formatted(e, hex(file)), e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (took.compareTo(LONGEST) > 0 || allocated > mostAllocated(length, 0)) {
            assertThat(took).as(() -> hex(file)).isLessThan(LONGEST);
            assertThat(allocated)
                    .as(() -> "bytes allocated for " + hex(file))
                    .isLessThan(mostAllocated(length, declared(file)));
        }
    }

    /** No limit can be imposed on a decoder: this one is measured, 32 MiB besides the file and its pixels. */
    private static long mostAllocated(long fileBytes, long pixels) {
        return (1 << 25) + 4 * fileBytes + 16 * pixels;
    }

    private static String hex(Path file) {
        try {
            return HexFormat.of().formatHex(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns how many pixels a header claims; 0 if it is refused. */
    private static long declared(Path file) {
        try {
            ImageDecoder.Header header = ImageDecoder.header(file);
            return (long) header.width() * header.height();
        } catch (UnreadableImageException e) {
            return 0;
        }
    }

    private static void requireClear(Path file, UnreadableImageException e) {
        assertThat(e.of(file))
                .hasMessageStartingWith("Image " + Reasons.visible(file.toString())
                        + ": expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found ")
                .hasMessageNotContaining(": null")
                .message()
                .doesNotContainPattern("[\\p{Cc}\\u2028\\u2029]")
                .doesNotContainPattern("\\w(Exception|Error)\\b")
                .hasSizeLessThan(1_000);
    }

    private static byte[] golden(String name) throws IOException {
        return Files.readAllBytes(IMAGES.resolve(name));
    }

    /** Returns little-endian numbers of a file, which write through to it. */
    private static ByteBuffer little(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void refuses(Path file, String... facts) {
        refused(UnreadableImageException.class, () -> ImageDecoder.decode(file), facts);
    }

    /** The positions are those of width and height in the headers of these files. */
    @ParameterizedTest
    @CsvSource({
        "gray.png, 16, 4, big",
        "palette.bmp, 18, 4, little",
        "color.gif, -1, 2, little",
        "gray.jpg, -1, 2, big",
        "cmyk.jpg, -1, 2, big",
        "progressive.jpg, -1, 2, big",
        "color16.png, 16, 4, big",
        "palette-alpha.png, 16, 4, big",
        "steps.png, 16, 4, big",
        "one-bit.bmp, 18, 4, little",
        "moving.gif, -1, 2, little",
        "packbits.tif, -1, 2, little",
        "fax.tif, -1, 2, little",
        "jpeg.tif, -1, 2, little",
        "raw.tif, -1, 4, little",
        "gray.tif, -1, 4, little",
        "lossy-alpha.webp, 24, 3, little",
    })
    void aBombIsRefusedByItsHeader(String name, int at, int bytes, String order) throws IOException {
        byte[] bomb = golden(name);
        ByteBuffer content = order.equals("big") ? ByteBuffer.wrap(bomb) : little(bomb);
        int width = at;
        int height = at + bytes;
        if (name.endsWith(".gif")) {
            width = indexOf(bomb, 0x2c, 0, 0, 0, 0) + 5;
            height = width + 2;
        } else if (name.endsWith(".jpg")) {
            height = indexOf(bomb, 0xff, name.startsWith("progressive") ? 0xc2 : 0xc0) + 5;
            width = height + 2;
        } else if (name.endsWith(".tif")) {
            width = indexOf(bomb, 0x00, 0x01, bytes == 2 ? 3 : 4, 0x00) + 8;
            height = indexOf(bomb, 0x01, 0x01, bytes == 2 ? 3 : 4, 0x00) + 8;
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

        refuses(file, name.endsWith(".bmp") ? "a BMP that cannot be decoded (" : "of 50000x50000 pixels");
        requireImageOrReason(file);
    }

    /** These formats have 14 bits for each side: width minus one and height minus one, or the sides themselves. */
    @Test
    void aWebPOfTheLargestSizeIsRefusedByItsHeader() throws IOException {
        byte[] lossless = golden("lossless.webp");
        ByteBuffer.wrap(lossless).putInt(21, 0xffffff0f);
        byte[] lossy = golden("lossy.webp");
        ByteBuffer.wrap(lossy).putInt(26, 0xff3fff3f);

        refuses(write("lossless.webp", lossless), "a WebP of 16384x16384 pixels");
        refuses(write("lossy.webp", lossy), "a WebP of 16383x16383 pixels");
    }

    /** The header of the file says about 11x7; the picture in it says 16383x16383, or occurs a hundred times. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWebPWithALargerPictureOrWithManyIsRefused(boolean many) throws IOException {
        byte[] whole = golden("lossy-alpha.webp");
        int picture = indexOf(whole, 'V', 'P', '8', ' ');
        int length = little(whole).getInt(picture + 4);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.write(whole);
        for (int i = 0; many && i < 100; i++) {
            bomb.write(whole, picture, 8 + length + length % 2);
        }
        byte[] file = bomb.toByteArray();
        ByteBuffer content = little(file).putInt(4, file.length - 8);
        if (!many) {
            content.putInt(picture + 14, 0x3fff3fff);
        }

        refuses(write("bomb.webp", file), "the embedded picture is larger", "or occurs twice");
    }

    @Test
    void aWebPWithALargerPictureInItsFirstFrameIsRefused() throws IOException {
        byte[] file = golden("moving.webp");
        little(file).putInt(indexOf(file, 'V', 'P', '8', 'L') + 9, 0x0fffffff); // 14 bits for each side, minus one

        refuses(write("bomb.webp", file), "the embedded picture is larger");
    }

    /** A reader takes the size from the first chunk, and returns a blank image. */
    @Test
    void aWebPWithoutAPictureIsRefused() throws IOException {
        byte[] header = Arrays.copyOf(golden("lossy-alpha.webp"), 30); // RIFF, its length, WEBP, and the chunk VP8X
        little(header).putInt(4, header.length - 8);

        refuses(write("header.webp", header), "the embedded picture is missing");
    }

    /** A BMP may contain a whole PNG, whose size is independent. */
    @Test
    void aBmpWithABombInItIsRefused() throws IOException {
        byte[] png = golden("gray.png");
        ByteBuffer.wrap(png).putInt(16, 50_000).putInt(20, 50_000);
        byte[] bmp = golden("color.bmp");
        int start = little(bmp).getInt(10);
        for (int compression : new int[] {4, 5}) {
            for (int length : new int[] {png.length, Integer.MAX_VALUE, -1}) {
                ByteBuffer bomb = ByteBuffer.allocate(start + png.length).order(ByteOrder.LITTLE_ENDIAN);
                bomb.put(bmp, 0, start).put(png).putShort(28, (short) 0);
                bomb.putInt(30, compression).putInt(34, length);
                Path file = write("bomb.bmp", bomb.array());

                refuses(file, "a BMP");
                requireImageOrReason(file);
            }
        }
    }

    /** The directories of a TIFF are a linked list, which may be circular. */
    @Test
    void aTiffWhoseDirectoriesLeadRoundInACircleIsReadOnce() throws IOException {
        for (String name : List.of("raw.tif", "gray.tif", "jpeg.tif", "fax.tif")) {
            byte[] whole = golden(name);
            ByteBuffer content = whole[0] == 'I' ? little(whole) : ByteBuffer.wrap(whole);
            int directory = content.getInt(4);
            int entries = Short.toUnsignedInt(content.getShort(directory));
            content.putInt(directory + 2 + 12 * entries, directory);

            requireImageOrReason(write(name, whole));
        }
    }

    /**
     * Deflate shortens to a 1032nd (RFC 1951: 258 bytes by two bits), LZW of 12 bits to less, and a fax has at least a bit
     * for each row (ITU-T T.6).
     */
    @ParameterizedTest
    @CsvSource({
        "cmyk.tif, 277, 3, 277, 65535", // samples of a pixel
        "tiff_lzw.tif, 277, 3, 277, 64515",
        "cmyk.tif, 278, 4, 322, 60000000", // width of a tile, instead of the rows in a strip
        "fax.tif, 257, 3, 257, 60000", // rows
    })
    void aTiffThatClaimsMoreThanItsBytesCanHoldIsRefused(String name, int tag, int type, int newTag, int value)
            throws IOException {
        byte[] whole = golden(name);
        changed(whole, tag, type, newTag, value);
        Path file = write(name, whole);

        refuses(file, "a TIFF that cannot be decoded (its " + whole.length + " bytes cannot hold ", " pixels of ");
        requireImageOrReason(file);
    }

    /** TIFF 6.0, section 16: InkSet 2 is not CMYK. */
    @Test
    void aTiffOfOtherInksThanThoseOfCmykIsRefusedInOurWords() throws IOException {
        byte[] whole = golden("cmyk.tif");
        changed(whole, 284, 3, 332, 2);

        refuses(write("inks.tif", whole), "a TIFF of samples that are neither gray, RGB nor CMYK");
    }

    /** Writes another tag and value over an entry of one value in a directory. */
    private static void changed(byte[] tiff, int tag, int type, int newTag, int value) {
        int entry = indexOf(tiff, tag & 0xff, tag >> 8, type, 0, 1, 0, 0, 0);
        little(tiff).putShort(entry, (short) newTag).putInt(entry + 8, value);
    }

    /** 200 bytes of each compressed chunk expand to 64 MiB of zeros. */
    @Test
    void aPngWithLargeTextsAndProfilesTakesNoMoreMemory() throws IOException {
        byte[] whole = golden("color.png");
        ByteArrayOutputStream zeros = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(zeros)) {
            out.write(new byte[64 << 20]);
        }
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.write(whole, 0, 33); // the mark and the header
        for (String kind : List.of("iCCP", "zTXt", "iTXt")) {
            String start = kind.equals("iTXt") ? "text\0\1\0\0\0" : "text\0\0";
            ByteBuffer chunk = ByteBuffer.allocate(12 + start.length() + zeros.size());
            chunk.putInt(start.length() + zeros.size()).put((kind + start).getBytes(StandardCharsets.ISO_8859_1));
            chunk.put(zeros.toByteArray());
            CRC32 sum = new CRC32();
            sum.update(chunk.array(), 4, chunk.position() - 4);
            bomb.write(chunk.putInt((int) sum.getValue()).array());
        }
        bomb.write(whole, 33, whole.length - 33);

        requireImageOrReason(write("bomb.png", bomb.toByteArray()));
    }

    /** Each of these scans changes nothing, but goes through the whole image, of 64 million pixels. */
    private Path scanned(int scans) throws IOException {
        byte[] whole = golden("progressive.jpg");
        int frame = indexOf(whole, 0xff, 0xc2);
        ByteBuffer.wrap(whole).putShort(frame + 5, (short) 8000).putShort(frame + 7, (short) 8000);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.write(whole, 0, whole.length - 2);
        for (int i = 0; i < scans; i++) {
            bomb.write(new byte[] {(byte) 0xff, (byte) 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0, 0});
        }
        bomb.write(whole, whole.length - 2, 2);
        return write("bomb.jpg", bomb.toByteArray());
    }

    /** Fifty scans are allowed, but not of so large an image: they take ten seconds and more. */
    @Test
    void aLargeJpegOfManyScansIsRefusedBeforeItIsDecoded() throws IOException {
        requireImageOrReason(scanned(5_000));
        assertThatThrownBy(() -> ImageDecoder.decode(scanned(50)))
                .isInstanceOf(UnreadableImageException.class)
                .hasMessageMatching("a JPEG .*its [56]\\d scans have \\d+ pixels, more than 1073741824\\)");
    }

    /** What damaged files do not test: an image of three million pixels. Every decoder but that of WebP can be stopped. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tif"})
    void aLargeImageTakesNoMoreThanTheStatedMemoryAndIsStoppedIfItTakesTooLong(String format) throws IOException {
        BufferedImage noise = new BufferedImage(2000, 1500, BufferedImage.TYPE_3BYTE_BGR);
        new Random(SEED).nextBytes(((DataBufferByte) noise.getRaster().getDataBuffer()).getData());
        Path file = write("large." + format, Pictures.encoded(noise, format));

        requireImageOrReason(file);
        refused(
                UnreadableImageException.class,
                () -> ImageDecoder.decode(file, Duration.ofNanos(1)),
                "it takes more than 0 s of processor time");
    }

    /** Its macroblocks take many times the memory of its pixels while they are decoded. */
    @Test
    void aWebPThatClaimsALargeSizeTakesNoMoreThanTheStatedMemory() throws IOException {
        byte[] lossy = golden("lossy.webp");
        little(lossy).putShort(26, (short) 4000).putShort(28, (short) 3000);

        requireImageOrReason(write("lossy.webp", lossy));
    }

    /**
     * A folder with all kinds of names that a file system accepts: each file is read, or is among those that are
     * counted.
     */
    @Test
    void oddNamesAndLinksAreReadOrCounted() throws IOException {
        byte[] image = golden("gray.png");
        List<String> names = List.of(
                "line\nbreak.png",
                "return\r.png",
                "\u001b[31mred.png",
                "\u202egnp.exe.png",
                "\ud83d\ude00\u200d\ud83d\udd25.png",
                "...png",
                "-rf.png",
                " .png",
                "a\\..\\b.png",
                "%00.png",
                "x".repeat(251) + ".png");
        int omitted = 0;
        for (String part : List.of("a", "b")) {
            Path place = Files.createDirectories(folder.resolve("odd").resolve(part));
            for (String name : names) {
                Files.write(place.resolve(name), image);
            }
            Files.createSymbolicLink(place.resolve("round"), folder.resolve("odd"));
            Files.createSymbolicLink(place.resolve("self.png"), place.resolve("self.png"));
            Files.createSymbolicLink(place.resolve("nowhere.png"), place.resolve("../gone.png"));
            Files.createSymbolicLink(place.resolve("device.png"), Path.of("/dev/zero"));
            Files.createDirectory(place.resolve("folder.png"));
            omitted += 5;
        }
        FolderLayout layout = FolderLayout.of(folder.resolve("odd"), FolderReading.STANDARD);

        assertThat(layout.skipped().values().stream()
                        .mapToInt(FoundFiles.Skipped::count)
                        .sum())
                .isEqualTo(omitted + 2); // "...png"
        assertThat(layout.files()).hasSize(2 * (names.size() - 1));
        for (ImageFile file : layout.files()) {
            requireImageOrReason(file.path());
            requireImageOrReason(Files.write(file.path(), new byte[0]));
        }
    }

    @Test
    void aDeviceAndAFolderAreNotRead() {
        refuses(Path.of("/dev/zero"), "a file that cannot be read (it is a pipe or a device)");
        refuses(folder, "a file that cannot be read (");
    }

    /** A photo of a telephone begins as in ISO/IEC 14496-12, 4.3. */
    @ParameterizedTest
    @CsvSource({
        "0 0 0 24 ftypheic 0 0 0 0, 'a photo in HEIC or AVIF, to be converted to JPEG'",
        "0 0 0 24 ftypmif1 0 0 0 0, 'a photo in HEIC or AVIF, to be converted to JPEG'",
        "0 0 0 24 ftypavif 0 0 0 0, 'a photo in HEIC or AVIF, to be converted to JPEG'",
        "'', an empty file",
        "PNG, no image",
        "hello, no image",
        "II, no image",
        "RIFF1234WAVE, no image",
        "0 0 0, no image"
    })
    void whatIsNoImageIsSaidToBeNone(String content, String said) throws IOException {
        String bytes = content.replace("24", "\030").replace("0", "\0").replace(" ", "");
        Path file = write("text.png", bytes.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ImageDecoder.decode(file)).hasMessage(said);
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
