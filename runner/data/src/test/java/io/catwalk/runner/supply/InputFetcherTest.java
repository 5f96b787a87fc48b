package io.catwalk.runner.supply;

import static io.catwalk.runner.Refusals.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.supply.InputFetcher.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is brought is whole, is what was asked for, and comes once. */
@Tag("tiny")
@Tag("attack")
final class InputFetcherTest {

    @TempDir
    private Path folder;

    private InputFetcher fetcher() {
        return new InputFetcher(folder.resolve("depot"), FileSource.standard());
    }

    private ContentStore store() {
        return new ContentStore(ContentStore.Kind.FETCHED, folder.resolve("depot"));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("file"), text);
    }

    private Path zip(String... entries) throws IOException {
        Path zip = folder.resolve("file.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                out.write(entry.getBytes(UTF_8));
                out.closeEntry();
            }
        }
        return zip;
    }

    private static Place place(Path file, @Nullable String entry) throws IOException {
        return new Place(file.toUri(), Sha256.of(file), entry);
    }

    private Path bring(Place... places) {
        return fetcher().bring("the plugin p", List.of(places));
    }

    private void refuses(Place place, String... facts) {
        refused(() -> bring(place), facts);
    }

    @Test
    void whatStandsHereIsTakenAsItIs() throws IOException {
        Path file = file("text");
        assertThat(bring(Place.here(file))).isEqualTo(file);
        assertThat(folder.resolve("depot")).doesNotExist();
    }

    /** The folder may be the first that is made in the cache of this user, where native code lies. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "knows no modes of files")
    void aFileIsKeptByItsDigestWhereNobodyElseEntersAndComesAgainIfItIsDamaged() throws IOException {
        Path file = file("text");
        Place place = place(file, null);
        Path kept = bring(place);
        assertThat(kept).hasContent("text").isNotEqualTo(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("depot"))))
                .isEqualTo("rwx------");
        Files.writeString(kept, "else");
        assertThat(bring(place)).hasContent("text");
        Files.delete(file);
        assertThat(bring(place)).isEqualTo(kept);
    }

    @Test
    void whatIsKeptIsCountedAndDeletedAndComesAgain() throws Exception {
        assertThat(store().entries()).isEmpty();
        Place place = place(file("text"), null);
        bring(place);
        bring(place(zip("one", "three"), "one"));

        assertThat(store().entries())
                .extracting(ContentStore.Entry::bytes)
                .containsExactlyInAnyOrder(4L, (long) "one".length() + "three".length());
        assertThat(store().clear()).isEqualTo("text".length() + "one".length() + "three".length());
        assertThat(store().entries()).isEmpty();
        assertThat(bring(place)).hasContent("text");
    }

    @Test
    void whatHasAnotherDigestIsRefusedAndTheNextPlaceIsTried() throws IOException {
        Path file = file("text");
        String digest = Sha256.of(file);
        Path other = Files.writeString(folder.resolve("other"), "other");
        Place wrong = new Place(other.toUri(), digest, null);
        String found = Sha256.of(other).substring(0, 12) + ", not " + digest.substring(0, 12);
        refuses(wrong, "expected the plugin p, but the file at " + other.toUri(), "sha256 " + found);
        assertThat(folder.resolve("depot").resolve(digest)).doesNotExist();

        refused(this::bring, "expected a place that has the plugin p", "names none");
        Place gone = Place.here(folder.resolve("gone"));
        Place right = new Place(file.toUri(), digest, null);
        assertThat(bring(gone, wrong, right)).hasContent("text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3://bucket/gru.jar", "file://server/gru.jar", "file:///gru%00.jar", "file:gru.jar", "gru.jar"})
    void anAddressThatCannotBeReadIsSaidAndTheNextIsTried(String address) throws Exception {
        Path file = file("text");
        Place right = place(file, null);
        for (String digest : Arrays.asList(right.sha256(), null)) {
            Place odd = new Place(URI.create(address), digest, null);
            refuses(odd, "expected the plugin p, but ", address);
            assertThat(bring(odd, right)).hasContent("text");
            store().clear();
        }
    }

    @Test
    void anArchiveIsUnpackedOnceAndItsEntryIsMeant() throws IOException {
        Place photos = place(zip("photos/a/1.png", "photos/b/2.png", "labels.csv"), "photos");
        Path unpacked = bring(photos);
        assertThat(unpacked.resolve("a/1.png")).hasContent("photos/a/1.png");
        assertThat(unpacked).hasFileName("photos");
        Files.delete(folder.resolve("file.zip"));
        Place labels = new Place(photos.uri(), photos.sha256(), "labels.csv");
        assertThat(bring(labels)).hasContent("labels.csv");
        refuses(new Place(photos.uri(), photos.sha256(), "gone"), "has no gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "photos/../../out", "/out"})
    void anArchiveThatClimbsOutIsRefused(String entry) throws IOException {
        Place place = place(zip("photos/a", entry), "photos");
        refuses(place, "leads out of it: " + entry);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private static HttpServer server(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        return server;
    }

    private static URI address(HttpServer server) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/file");
    }

    @Test
    void whoeverNeedsTheSameAtOnceHasItFetchedOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        byte[] content = "text".repeat(100_000).getBytes(UTF_8);
        HttpServer server = server(exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Path same = Files.write(folder.resolve("same"), content);
            Place place = new Place(address(server), Sha256.of(same), null);
            Callable<Path> bringing = () -> bring(place);
            for (Future<Path> one : threads.invokeAll(Collections.nCopies(8, bringing))) {
                assertThat(one.get()).hasSameBinaryContentAs(same);
            }
            assertThat(asked).hasValue(1);
        } finally {
            threads.shutdown();
            server.stop(0);
        }
    }

    @Test
    void anArchiveThatWouldFillTheDiskIsRefusedAndNothingOfItIsKept() throws IOException {
        Path zip = folder.resolve("file.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String entry : List.of("pets/a.png", "pets/b.png")) {
                out.putNextEntry(new ZipEntry(entry));
                out.write(new byte[20 << 20]);
            }
        }

        refuses(place(zip, "pets"), "unpacks to more than 1048576 bytes");
        requireNothingKept();
    }

    private void requireNothingKept() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("depot"))) {
            assertThat(all.filter(Files::isRegularFile))
                    .allMatch(file -> file.toString().endsWith(".lock"));
        }
    }

    @Test
    void aFileThatIsLargerThanStatedIsNotFetchedToItsEnd() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        HttpServer server = server(exchange -> {
            exchange.sendResponseHeaders(200, 1L << 40);
            byte[] piece = new byte[1 << 20];
            while (sent.incrementAndGet() < 1000) {
                exchange.getResponseBody().write(piece);
            }
        });
        try {
            Place place = new Place(address(server), "0".repeat(64), null, 5000L);

            refuses(place, "it has more than 5000 bytes");
        } finally {
            server.stop(0);
        }
        assertThat(sent.get()).isLessThan(1000);
        requireNothingKept();
    }

    @Test
    void anArchiveThatIsNoneAndAPathThatIsNoneAreToldInOneLine() throws IOException {
        refuses(place(file("text"), "pets"), "is no zip archive, or it is damaged");
        requireNothingKept();
        refuses(place(zip("a"), "a\0b"), "expected a path in the archive", "'a\ufffdb'");
    }
}
