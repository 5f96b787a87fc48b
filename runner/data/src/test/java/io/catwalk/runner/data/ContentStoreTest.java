package io.catwalk.runner.data;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.OtherJvm;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class ContentStoreTest {

    @TempDir
    private Path folder;

    /** The limit is that of all kinds: these say where the others are, for the whole process. */
    @BeforeEach
    void useOneFolder() {
        System.setProperty(ImageCache.PROPERTY, folder.resolve("images").toString());
        System.setProperty(UserCache.PROPERTY, folder.toString());
    }

    @AfterEach
    void forgetTheFolder() {
        System.clearProperty(ImageCache.PROPERTY);
        System.clearProperty(UserCache.PROPERTY);
    }

    private static Path add(ContentStore.Kind kind, String key, long limit, Duration age) throws Exception {
        ContentStore store = new ContentStore(kind, ContentStore.of(kind).folder(), limit);
        Path entry = store.get(
                key,
                path -> Optional.of(path).filter(Files::exists),
                draft -> {
                    if (key.endsWith(".unpacked")) {
                        Files.write(Files.createDirectory(draft).resolve("file"), new byte[100]);
                    } else {
                        Files.write(draft, new byte[100]);
                    }
                },
                () -> {});
        Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minus(age)));
        return entry;
    }

    private static String key(int number) {
        return String.valueOf(number).repeat(64);
    }

    @Test
    void whatWasUsedLongestAgoGoesBeyondTheLimitOfAllKinds() throws Exception {
        Path images = add(ContentStore.Kind.IMAGES, key(1), 300, Duration.ofHours(3));
        Path fetched = add(ContentStore.Kind.FETCHED, key(2) + ".unpacked", 300, Duration.ofHours(4));
        Path inspection = add(ContentStore.Kind.INSPECTIONS, key(3), 300, Duration.ofHours(5));
        assertThat(List.of(images, fetched, inspection)).allMatch(Files::exists);
        Path read = add(ContentStore.Kind.INSPECTIONS, key(3), 300, Duration.ofMinutes(1));
        assertThat(read).isEqualTo(inspection);

        Path another = add(ContentStore.Kind.IMAGES, key(4), 300, Duration.ZERO);

        assertThat(fetched).doesNotExist();
        assertThat(List.of(images, inspection, another)).allMatch(Files::exists);
        assertThat(ContentStore.of(ContentStore.Kind.FETCHED).unfinished()).isEmpty();
    }

    @Test
    void whatWasUsedWithinAnHourStaysAndWithoutALimitEverythingDoes() throws Exception {
        Path recent = add(ContentStore.Kind.IMAGES, key(1), Long.MAX_VALUE, Duration.ofMinutes(59));
        Path old = add(ContentStore.Kind.IMAGES, key(2), Long.MAX_VALUE, Duration.ofDays(99));
        add(ContentStore.Kind.IMAGES, key(3), Long.MAX_VALUE, Duration.ZERO);
        assertThat(List.of(recent, old)).allMatch(Files::exists);

        Path last = add(ContentStore.Kind.IMAGES, key(4), 0, Duration.ZERO);

        assertThat(old).doesNotExist();
        assertThat(List.of(recent, last)).allMatch(Files::exists);
    }

    @ParameterizedTest
    @CsvSource({"'',9223372036854775807", "5000,5000", "20GiB,21474836480", "2t,2199023255552", "1 ,1", "3kB,3072"})
    void aLimitIsASize(String text, long bytes) {
        assertThat(ContentStore.limit(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5G", "much", "9999999999", "1P"})
    void whatIsNoSizeIsRefused(String text) {
        refused(() -> ContentStore.limit(text), "CATWALK_CACHE_LIMIT", "'" + text + "'", "20GiB");
    }

    /** The other process is killed between its first and its last deletion. */
    @Test
    void whoeverIsKilledWhileItClearsLeavesNoPartOfAnEntry() throws Exception {
        ContentStore store = ContentStore.of(ContentStore.Kind.FETCHED);
        Path entry = Files.createDirectories(store.path(key(1) + ".unpacked"));
        int files = 5_000;
        for (int i = 0; i < files; i++) {
            Files.createFile(entry.resolve(String.valueOf(i)));
        }
        Process process =
                OtherJvm.start(List.of(), Clearing.class, store.folder().toString());
        while (process.isAlive() && Files.exists(entry.resolve(String.valueOf(files - 1)))) {
            Thread.onSpinWait();
        }
        process.destroyForcibly().waitFor();

        assertThat(entry).doesNotExist();
        store.clear();
        assertThat(store.folder()).isDirectoryNotContaining("glob:**.part");
    }

    /** Clears a folder. */
    static final class Clearing {

        public static void main(String[] arguments) throws IOException {
            new ContentStore(ContentStore.Kind.FETCHED, Path.of(arguments[0])).clear();
        }
    }
}
