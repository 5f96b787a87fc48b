package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.OtherJvm;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.CacheWriter;
import io.catwalk.runner.data.CachedImages.ImageRecords;
import io.catwalk.runner.data.ImageCache.ImageListing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
class ImageCacheTest {

    private static final String SHA = "ab".repeat(32);
    private static final int[] LABELS = {0, 1, 0, 1, 0};
    private static final int[] ALL = {0, 1, 2, 3, 4};

    @TempDir
    private Path folder;

    private ImageCache cache;
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void cache() {
        cache = new ImageCache(folder, new ImageCache.Listener() {
            @Override
            public void started(String name, int images, long bytes, Path where) {
                told.add("started " + name + " " + images + " " + bytes);
            }

            @Override
            public void waiting(String note) {
                told.add(note);
            }
        });
    }

    /** Five images of two rows and one column, whose pixels are ten times and eleven times their index. */
    private static class Five implements ImageListing {

        final AtomicInteger read = new AtomicInteger();
        final AtomicInteger decoded = new AtomicInteger();
        String stamp = "cd".repeat(32);
        IntFunction<RasterImage> images = i -> new RasterImage(1, 2, 1, new byte[] {(byte) (10 * i), (byte) (11 * i)});

        @Override
        public String name() {
            return "five";
        }

        @Override
        public int size() {
            return 5;
        }

        @Override
        public String stamp() {
            return stamp;
        }

        @Override
        public String sha256() {
            read.incrementAndGet();
            return SHA;
        }

        @Override
        public void decode(CacheWriter sink) {
            sink.decode(
                    i -> {
                        decoded.incrementAndGet();
                        return images.apply(i);
                    },
                    unreadable -> {
                        throw unreadable.get(unreadable.firstKey());
                    });
        }
    }

    private byte[] pixels(ImageListing listing) {
        return HeapImages.pixels(cache.open(listing).source(ALL, LABELS));
    }

    private ContentStore store() {
        return new ContentStore(ContentStore.Kind.IMAGES, folder);
    }

    private Path file() {
        return folder.resolve(SHA + ".images");
    }

    @Test
    void imagesAreDecodedOnceAndThenOnlyMapped() {
        Five five = new Five();
        assertThat(pixels(five)).containsExactly(0, 0, 10, 11, 20, 22, 30, 33, 40, 44);
        assertThat(pixels(five)).containsExactly(0, 0, 10, 11, 20, 22, 30, 33, 40, 44);

        assertThat(five.read).hasValue(1);
        assertThat(five.decoded).hasValue(5);
        // A header of 4096 bytes, five records of 2, and for each a sum and a sum of squares of 8.
        assertThat(told).containsExactly("started five 5 " + (4096 + 5 * 2 + 5 * 16));
        assertThat(file()).hasSize(4096 + 5 * 2 + 5 * 16);
    }

    @Test
    void theSameContentElsewhereIsReadAndNotDecoded() {
        pixels(new Five());
        Five moved = new Five();
        moved.stamp = "ef".repeat(32);

        pixels(moved);

        assertThat(moved.read).hasValue(1);
        assertThat(moved.decoded).hasValue(0);
    }

    @Test
    void aFileThatIsCutOffIsMadeAnew() throws IOException {
        pixels(new Five());
        for (long length : new long[] {0, 100, 4096, 4096 + 89}) {
            try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
                file.setLength(length);
            }
            Five five = new Five();
            assertThat(pixels(five)).containsExactly(0, 0, 10, 11, 20, 22, 30, 33, 40, 44);
            assertThat(five.decoded).as("cut off at %s", length).hasValue(5);
        }
    }

    @Test
    void aFileOfAnotherVersionOrOfOtherImagesIsMadeAnew() throws IOException {
        pixels(new Five());
        // The magic word and its length take 16 bytes, the version 4, the name and its length 6.
        for (int place : new int[] {3, 19, 30}) {
            try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
                file.seek(place);
                file.write(99);
            }
            Five five = new Five();
            pixels(five);
            assertThat(five.decoded).as("changed at %s", place).hasValue(5);
        }
    }

    @Test
    void oneThreadDecodesAndTheOtherWaits() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Five slow = new Five();
        IntFunction<RasterImage> images = slow.images;
        slow.images = i -> {
            begun.countDown();
            await(goOn);
            return images.apply(i);
        };
        CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(() -> pixels(slow));
        await(begun);
        assertThat(file()).as("a part of it").doesNotExist();
        Five second = new Five();
        CompletableFuture<byte[]> waiting = CompletableFuture.supplyAsync(() -> pixels(second));
        Predicate<String> waits = note -> note.startsWith("waiting for the images");
        try {
            for (int i = 0; i < 6_000 && told.stream().noneMatch(waits); i++) {
                Thread.sleep(5); // half a minute in all; the first one is held up for a minute
            }
            assertThat(told).anyMatch(waits);
        } finally {
            goOn.countDown();
        }

        assertThat(waiting.get(1, TimeUnit.MINUTES)).isEqualTo(first.get(1, TimeUnit.MINUTES));
        assertThat(second.decoded).hasValue(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneColoredImageMakesAllColored() {
        Five five = new Five();
        IntFunction<RasterImage> gray = five.images;
        five.images = i -> i == 3 ? new RasterImage(3, 2, 1, new byte[] {1, 2, 3, 4, 5, 6}) : gray.apply(i);

        ImageSource images = cache.open(five).source(ALL, LABELS);

        assertThat(images.channels()).isEqualTo(3);
        assertThat(images.image(3).pixels()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(images.image(1).pixels()).containsExactly(10, 11, 10, 11, 10, 11);
        assertThat(images.sums(3)).containsExactly(3, 5, 7, 25, 11, 61);
    }

    @Test
    void whatCannotBeReadIsLeftOutWhereTheListingSaysSo() {
        Map<Integer, String> reasons = new TreeMap<>();
        Five five = new Five() {
            @Override
            public void decode(CacheWriter sink) {
                sink.decode(
                        i -> {
                            if (i == 1 || i == 4) {
                                throw new RequestException("no image " + i);
                            }
                            return images.apply(i);
                        },
                        unreadable -> unreadable.forEach((i, reason) -> reasons.put(i, reason.getMessage())));
            }
        };
        for (int time = 0; time < 2; time++) {
            CachedImages images = cache.open(five);
            int[] held = IntStream.of(ALL).filter(images::holds).toArray();
            assertThat(held).containsExactly(0, 2, 3);
            assertThat(HeapImages.pixels(images.source(held, held))).containsExactly(0, 0, 20, 22, 30, 33);
        }
        assertThat(reasons).containsExactly(Map.entry(1, "no image 1"), Map.entry(4, "no image 4"));
    }

    @Test
    void whatIsNotDecodedToTheEndLeavesOnlyItsDigest() throws IOException {
        Five five = new Five();
        IntFunction<RasterImage> images = five.images;
        five.images = i -> {
            if (i > 2) {
                throw new RequestException("image " + i + " is broken");
            }
            return images.apply(i);
        };
        refused(() -> pixels(five), "image 3 is broken");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left)
                    .extracting(path -> path.getFileName().toString())
                    .containsExactlyInAnyOrder(SHA + ".lock", "found");
        }
    }

    @Test
    void filesThatChangeWhileTheyAreReadAreNotKept() {
        Five five = new Five();
        IntFunction<RasterImage> images = five.images;
        five.images = i -> {
            five.stamp = "01".repeat(32);
            return images.apply(i);
        };
        refused(() -> pixels(five), "does not change while it is read, but files of five did");
        assertThat(file()).doesNotExist();
    }

    @Test
    void aDiskThatIsTooSmallIsToldBeforeAnythingIsDecoded() {
        Five huge = new Five() {
            @Override
            public int size() {
                return 1_000_000_000;
            }

            @Override
            public void decode(CacheWriter sink) {
                sink.shape(3, 4096, 4096);
                throw new AssertionError("was decoded");
            }
        };
        // 10^9 images of 3 x 4096 x 4096 bytes with 48 bytes of sums are 48,000,045,776 MiB, 45,776 TiB.
        refused(
                () -> cache.open(huge),
                "of five take 45776 TiB",
                "the disk of " + folder,
                "64.0 MiB are kept free",
                "--cache");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        ImageCache wrong = new ImageCache(file, ImageCache.Listener.none());
        refused(() -> wrong.open(new Five()), "expected a writable folder", "but " + file, "--cache DIR");
    }

    @Test
    void aNewFolderIsForThisUserAlone() throws IOException {
        Path deep = folder.resolve("catwalk").resolve("images");
        new ImageCache(deep, ImageCache.Listener.none()).open(new Five());

        for (Path made : List.of(deep, deep.getParent())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void whatIsKeptIsListedAndCleared() throws IOException {
        assertThat(store().entries()).isEmpty();
        ImageSource images = cache.open(new Five()).source(ALL, LABELS);
        long bytes = 4096 + 5 * 2 + 5 * 16;

        ContentStore.Entry entry = store().entries().get(0);
        assertThat(entry.path()).isEqualTo(file());
        assertThat(entry.bytes()).isEqualTo(bytes);
        assertThat(ImageCache.content(entry)).contains(new ImageCache.Content("five", 5, 1, 2, 1));
        assertThat(store().clear()).isEqualTo(bytes);
        cache.forget();
        assertThat(store().entries()).isEmpty();
        assertThat(images.image(4).pixels()).as("in use").containsExactly(40, 44);

        Five again = new Five();
        pixels(again);
        assertThat(again.read).hasValue(1);
        assertThat(again.decoded).hasValue(5);
    }

    @Test
    void whatAStoppedProcessLeftIsClearedAndWhatIsBeingMadeStays() throws IOException {
        Path draft = Files.write(folder.resolve("0".repeat(64) + ".part"), new byte[1000]);
        try (ProcessLock lock = ProcessLock.tryTake(folder.resolve("0".repeat(64) + ".lock"))) {
            assertThat(lock).isNotNull();
            assertThat(store().clear()).isZero();
            assertThat(draft).exists();
        }
        cache.open(new Five());

        assertThat(store().clear()).isEqualTo(1000 + 4096 + 5 * 2 + 5 * 16);
        assertThat(draft).doesNotExist();
    }

    @Test
    void windowsHoldWholeRecordsOfAFileThatIsLargerThanOneMapping() throws IOException {
        Path large = folder.resolve("large");
        int length = 1000;
        int count = 3_000_000;
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(7 + (long) length * count); // takes no room on the disk
            for (int record : new int[] {0, 1_073_741, 1_073_742, 2_147_483, count - 1}) {
                file.seek(7 + (long) record * length);
                file.writeInt(record);
                file.seek(7 + (long) record * length + length - 4);
                file.writeInt(-record);
            }
            ImageRecords records = ImageRecords.map(file.getChannel(), 7, length, count);
            for (int record : new int[] {0, 1_073_741, 1_073_742, 2_147_483, count - 1}) {
                byte[] bytes = new byte[length + 1];
                records.read(record, bytes, 1);
                ByteBuffer numbers = ByteBuffer.wrap(bytes);
                assertThat(numbers.getInt(1)).isEqualTo(record);
                assertThat(numbers.getInt(length - 3)).isEqualTo(-record);
            }
            assertThatThrownBy(() -> records.read(count, new byte[length], 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void anyNumberOfThreadsReadsTheSame() {
        ImageSource images = cache.open(new Five()).source(ALL, LABELS);
        assertThat(IntStream.range(0, 10_000)
                        .parallel()
                        .allMatch(i -> images.image(i % 5).pixels()[1] == 11 * (i % 5)))
                .isTrue();
    }

    private ImageDataset photos() throws IOException {
        Path photos = folder.resolve("photos");
        for (String part : List.of("train/cat", "train/dog", "test/cat", "test/dog")) {
            gray(photos.resolve(part).resolve("one.png"), part.length());
        }
        return load();
    }

    private ImageDataset load() {
        return new DataHome(folder, cache).load(folder.resolve("photos").toString(), null, FolderReading.STANDARD);
    }

    private static void gray(Path file, int value) throws IOException {
        Pictures.write(file, Pictures.gray(2, 2, value, value + 2, value + 1, value + 3));
    }

    @Test
    void aFolderIsDecodedAgainOnlyWhenAFileHasChanged() throws IOException {
        ImageDataset before = photos();
        assertThat(load().sha256()).isEqualTo(before.sha256());
        assertThat(told).hasSize(1);
        Path file = folder.resolve("photos/train/dog/one.png");
        FileTime time = Files.getLastModifiedTime(file);
        long length = Files.size(file);

        gray(file, 200);
        Files.setLastModifiedTime(file, FileTime.from(time.toInstant().plusNanos(1_000_000)));

        assertThat(file).as("of the same length").hasSize(length);
        ImageDataset after = load();
        assertThat(after.sha256()).isNotEqualTo(before.sha256());
        assertThat(after.train().image(1).pixels()).containsExactly((byte) 200, (byte) 202, (byte) 201, (byte) 203);
        assertThat(before.train().image(1).pixels()).as("whoever trains on it").containsExactly(9, 11, 10, 12);
        assertThat(told).hasSize(2);
    }

    @Test
    void aFolderThatIsOnlyTouchedIsReadAndNotDecoded() throws IOException {
        ImageDataset before = photos();
        Path file = folder.resolve("photos/train/dog/one.png");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));

        assertThat(load().sha256()).isEqualTo(before.sha256());
        assertThat(told).hasSize(1);
    }

    @Test
    void ofTwoProcessesOneDecodesAndTheOtherWaits() throws Exception {
        photos();
        for (int i = 0; i < 500; i++) {
            gray(folder.resolve("photos/train/cat/" + i + ".png"), i % 250);
        }
        List<Process> processes = List.of(
                OtherJvm.start(List.of(), Loader.class, folder.toString()),
                OtherJvm.start(List.of(), Loader.class, folder.toString()));
        List<String> said = new ArrayList<>();
        for (Process process : processes) {
            said.add(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertThat(process.waitFor()).as(said.toString()).isZero();
        }
        assertThat(said).containsExactlyInAnyOrder("504 decoded, sum 252084\n", "0 decoded, sum 252084\n");
    }

    /** Loads a folder and says how many images it decoded for that. */
    static final class Loader {

        public static void main(String[] arguments) {
            AtomicInteger decoded = new AtomicInteger();
            ImageCache cache = new ImageCache(Path.of(arguments[0]), new ImageCache.Listener() {
                @Override
                public void decoded(int images) {
                    decoded.incrementAndGet();
                }
            });
            DataHome home = new DataHome(Path.of(arguments[0]), cache);
            ImageSource train = home.load(arguments[0] + "/photos", null, FolderReading.STANDARD)
                    .train();
            long sum = IntStream.range(0, train.size())
                    .mapToLong(i -> train.sums(i)[0])
                    .sum();
            System.out.println(decoded + " decoded, sum " + sum);
        }
    }
}
