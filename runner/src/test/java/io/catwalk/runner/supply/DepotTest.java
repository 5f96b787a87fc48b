package io.catwalk.runner.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
final class DepotTest {

    @TempDir
    private Path folder;

    private Depot depot() {
        return new Depot(folder.resolve("depot"), FileSource.standard());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("file"), text);
    }

    private Path zip(String... entries) throws IOException {
        Path zip = folder.resolve("file.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                out.write(entry.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return zip;
    }

    private static Place place(Path file, String entry) throws IOException {
        return new Place(file.toUri(), Sha256.of(file), entry);
    }

    @Test
    void whatStandsHereIsTakenAsItIs() throws IOException {
        Path file = file("text");
        assertThat(depot().bring("it", List.of(Place.here(file)))).isEqualTo(file);
        assertThat(folder.resolve("depot")).doesNotExist();
    }

    @Test
    void aFileIsKeptByItsDigestAndNeededNoLongerWhereItWas() throws IOException {
        Path file = file("text");
        Place place = new Place(file.toUri(), Sha256.of(file), null);
        Path kept = depot().bring("it", List.of(place));
        assertThat(kept).hasContent("text").isNotEqualTo(file);
        Files.delete(file);
        assertThat(depot().bring("it", List.of(place))).isEqualTo(kept);
    }

    /** It may be the first that is made in the cache of this user, where native code lies. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "knows no modes of files")
    void nobodyElseCanEnterTheFolder() throws IOException {
        Path file = file("text");
        depot().bring("it", List.of(new Place(file.toUri(), Sha256.of(file), null)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("depot"))))
                .isEqualTo("rwx------");
    }

    @Test
    void whatIsKeptIsCountedAndDeletedAndComesAgain() throws Exception {
        assertThat(depot().content()).isEqualTo(new Depot.Content(0, 0));
        Path file = file("text");
        Place place = new Place(file.toUri(), Sha256.of(file), null);
        depot().bring("it", List.of(place));
        depot().bring("them", List.of(place(zip("one", "three"), "one")));

        Depot.Content content = new Depot.Content(2, "text".length() + "one".length() + "three".length());
        assertThat(depot().content()).isEqualTo(content);
        assertThat(depot().clear()).isEqualTo(content);
        assertThat(depot().content()).isEqualTo(new Depot.Content(0, 0));
        assertThat(depot().bring("it", List.of(place))).hasContent("text");
    }

    @Test
    void whatWasDamagedInTheDepotIsBroughtAgain() throws IOException {
        Path file = file("text");
        Place place = new Place(file.toUri(), Sha256.of(file), null);
        Path kept = depot().bring("it", List.of(place));
        Files.writeString(kept, "else");
        assertThat(depot().bring("it", List.of(place))).hasContent("text");
    }

    @Test
    void whatHasAnotherDigestIsRefusedAndTheNextPlaceIsTried() throws IOException {
        Path file = file("text");
        String digest = Sha256.of(file);
        Path other = Files.writeString(folder.resolve("other"), "other");
        Place wrong = new Place(other.toUri(), digest, null);
        assertThatThrownBy(() -> depot().bring("the plugin p", List.of(wrong)))
                .isInstanceOf(RequestException.class)
                .hasMessage("expected the plugin p, but the file at " + other.toUri() + " has the sha256 "
                        + Sha256.of(other).substring(0, 12) + ", not " + digest.substring(0, 12));
        assertThat(folder.resolve("depot").resolve(digest)).doesNotExist();

        Place gone = Place.here(folder.resolve("gone"));
        Place right = new Place(file.toUri(), digest, null);
        assertThat(depot().bring("the plugin p", List.of(gone, wrong, right))).hasContent("text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://bucket/gru.jar",
                "file://server/gru.jar",
                "file:///gru.jar?raw=true",
                "file:///gru%00.jar",
                "file:gru.jar",
                "gru.jar"
            })
    void anAddressThatCannotBeReadIsSaidAndTheNextIsTried(String address) throws Exception {
        Path file = file("text");
        Place right = new Place(file.toUri(), Sha256.of(file), null);
        for (Place odd : List.of(
                new Place(URI.create(address), right.sha256(), null), new Place(URI.create(address), null, null))) {
            assertThatThrownBy(() -> depot().bring("the plugin gru", List.of(odd)))
                    .isInstanceOf(RequestException.class)
                    .hasMessageStartingWith("expected the plugin gru, but ")
                    .hasMessageContaining(address);
            assertThat(depot().bring("the plugin gru", List.of(odd, right))).hasContent("text");
            depot().clear();
        }
    }

    @Test
    void anArchiveIsUnpackedOnceAndItsEntryIsMeant() throws IOException {
        Place photos = place(zip("photos/a/1.png", "photos/b/2.png", "labels.csv"), "photos");
        Path unpacked = depot().bring("the images", List.of(photos));
        assertThat(unpacked.resolve("a/1.png")).hasContent("photos/a/1.png");
        assertThat(unpacked.getFileName()).hasToString("photos");
        Files.delete(folder.resolve("file.zip"));
        Place labels = new Place(photos.uri(), photos.sha256(), "labels.csv");
        assertThat(depot().bring("the labels", List.of(labels))).hasContent("labels.csv");
        assertThatThrownBy(() -> depot().bring("x", List.of(new Place(photos.uri(), photos.sha256(), "gone"))))
                .hasMessageContaining("has no gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "photos/../../out", "/out"})
    void anArchiveThatClimbsOutIsRefused(String entry) throws IOException {
        Place place = place(zip("photos/a", entry), "photos");
        if (entry.startsWith("/")) {
            assertThatThrownBy(() -> depot().bring("the images", List.of(place)))
                    .hasMessageContaining("leads out of it");
            return;
        }
        assertThatThrownBy(() -> depot().bring("the images", List.of(place)))
                .hasMessageContaining("a path that leads out of it: " + entry);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void whoeverNeedsTheSameAtOnceHasItFetchedOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] content = "text".repeat(100_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Path same = Files.write(folder.resolve("same"), content);
            Place place = new Place(
                    URI.create("http://localhost:" + server.getAddress().getPort() + "/file"), Sha256.of(same), null);
            List<Callable<Path>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(() -> depot().bring("it", List.of(place)));
            }
            for (Future<Path> one : threads.invokeAll(all)) {
                assertThat(one.get()).hasSameBinaryContentAs(same);
            }
            assertThat(asked).hasValue(1);
        } finally {
            threads.shutdown();
            server.stop(0);
        }
    }

    @Test
    void anOrderThatNamesNoPlaceIsRefused() {
        assertThatThrownBy(() -> depot().bring("the images of photos", List.of()))
                .isInstanceOf(RequestException.class)
                .hasMessage("expected a place that has the images of photos, but the order names none");
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

        assertThatThrownBy(() -> depot().bring("it", List.of(place(zip, "pets"))))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("the archive unpacks to more than 1048576 bytes, the limit for one of its size");
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
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 1L << 40);
            byte[] piece = new byte[1 << 20];
            while (sent.incrementAndGet() < 1000) {
                exchange.getResponseBody().write(piece);
            }
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            Place place = new Place(uri, "0".repeat(64), null, 5000L);

            assertThatThrownBy(() -> depot().bring("it", List.of(place)))
                    .hasMessageContaining("it has more than 5000 bytes, the limit");
        } finally {
            server.stop(0);
        }
        assertThat(sent.get()).isLessThan(1000);
        requireNothingKept();
    }

    @Test
    void anArchiveThatIsNoneAndAPathThatIsNoneAreToldInOneLine() throws IOException {
        assertThatThrownBy(() -> depot().bring("it", List.of(place(file("text"), "pets"))))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("the archive is no zip archive, or it is damaged");
        requireNothingKept();
        assertThatThrownBy(() -> depot().bring("it", List.of(place(zip("a"), "a\0b"))))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("expected a path in the archive, but found 'a\ufffdb'");
    }

    @Test
    void aHostThatNobodyAnswersOnIsToldInWords() {
        assertThatThrownBy(() -> depot().bring(
                                "it", List.of(new Place(URI.create("http://127.0.0.1:1/it"), "0".repeat(64), null))))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("its host cannot be reached")
                .hasMessageNotContaining("Exception");
    }
}
