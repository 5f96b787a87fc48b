package io.catwalk.runner.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.OtherJvm;
import io.catwalk.runner.RequestException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads data sets that are larger than the memory, in a process with little of it. */
final class SmallHeapTest {

    private static final int HUGE = 1 << 30;
    private static final int LARGE = 100 << 20;

    @TempDir
    private Path folder;

    /** Loads a folder, and prints what is wrong with it. If a size is named, it leaves out what cannot be read. */
    static final class Loader {

        public static void main(String[] arguments) {
            try {
                ImageCache cache = new ImageCache(Path.of(arguments[0], "cache"), ImageCache.Listener.none());
                DataHome home = new DataHome(Path.of(arguments[0]), cache);
                ImageDataset dataset = arguments.length == 1
                        ? home.load(arguments[0], null, FolderReading.STANDARD)
                        : home.load(
                                arguments[0], ResizeRule.parse(arguments[1]), new FolderReading(null, null, 1.0, null));
                ImageSource train = dataset.train();
                System.out.println(train.size() + " images, the last with the sum " + train.sums(train.size() - 1)[0]);
            } catch (RequestException e) {
                System.out.println(e.getMessage());
            } catch (OutOfMemoryError e) {
                System.out.println("out of memory");
            }
        }
    }

    @Test
    void labelsLargerThanTheMemoryAreNamed() throws IOException, InterruptedException {
        Path labels = folder.resolve("train-labels-idx1-ubyte");
        others();
        sparse(folder.resolve("train-images-idx3-ubyte"), HUGE, header(0x0803, HUGE, 1, 1));
        sparse(labels, HUGE, header(0x0801, HUGE));
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), concat(header(0x0803, 1, 1, 1), 1));

        assertThat(loaded()).startsWith("IDX file " + labels + ": expected data that fits into the heap of ");
    }

    /** Writes a header and zeros, which take no room on the disk. */
    private static void sparse(Path path, long zeros, byte[] header) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(header.length + zeros);
            file.write(header);
        }
    }

    @Test
    @Tag("long")
    void imagesThatAreLargerThanTheMemoryAreRead() throws IOException, InterruptedException {
        others();
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), concat(header(0x0803, 1, 1024, 1024), 1 << 20));
        int count = LARGE >> 20;
        byte[] labels = concat(header(0x0801, count), count);
        labels[labels.length - 1] = 1;
        Files.write(folder.resolve("train-labels-idx1-ubyte"), labels);
        Path images = folder.resolve("train-images-idx3-ubyte.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(images))) {
            out.write(header(0x0803, count, 1024, 1024));
            byte[] image = new byte[1 << 20];
            for (int i = 0; i < count; i++) {
                image[i] = (byte) i;
                out.write(image);
            }
        }

        // Image 99 ends in zeros after the numbers from 0 to 99.
        assertThat(loaded()).startsWith("100 images, the last with the sum 4950");
    }

    @Test
    void whatFollowsTheImagesOfTheHeaderIsNotUnpacked() throws IOException, InterruptedException {
        Path images = folder.resolve("train-images-idx3-ubyte.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(images))) {
            out.write(header(0x0803, 1, 2, 2));
            out.write(new byte[LARGE / 2]);
        }
        others();
        Files.writeString(folder.resolve("classes.txt"), "one\ntwo\n");

        assertThat(loaded())
                .startsWith("IDX file " + images + ": expected 4 bytes")
                .contains("found more");
    }

    /** Two images fit into this heap. Two are as large as the whole heap, and sound. */
    @Test
    void imagesThatTheHeapIsTooSmallForAreNotLeftOut() throws IOException, InterruptedException {
        Path one = Files.createDirectory(folder.resolve("a"));
        Path other = Files.createDirectory(folder.resolve("b"));
        Pictures.write(one.resolve("small.png"), new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY));
        Pictures.write(one.resolve("large.png"), new BufferedImage(8192, 8192, BufferedImage.TYPE_BYTE_GRAY));
        Files.copy(one.resolve("small.png"), other.resolve("small.png"));
        Files.copy(one.resolve("large.png"), other.resolve("large.png"));

        assertThat(loaded("8x8")).startsWith("out of memory");
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".images"));
        }
    }

    private void others() throws IOException {
        Files.write(folder.resolve("train-labels-idx1-ubyte"), concat(header(0x0801, 1), 1));
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), concat(header(0x0803, 1, 2, 2), 4));
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), concat(header(0x0801, 1), 1));
    }

    private static byte[] concat(byte[] header, int more) {
        return ByteBuffer.allocate(header.length + more).put(header).array();
    }

    private static byte[] header(int... numbers) {
        ByteBuffer header = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        for (int number : numbers) {
            header.putInt(number);
        }
        return header.array();
    }

    private String loaded(String... size) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(folder.toString()));
        arguments.addAll(List.of(size));
        Process process = OtherJvm.start(List.of("-Xmx64m"), Loader.class, arguments.toArray(String[]::new));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).hasLineCount(1);
        return said;
    }
}
