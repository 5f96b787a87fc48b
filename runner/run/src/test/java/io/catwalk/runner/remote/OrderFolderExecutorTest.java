package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.supply.FileSource;
import io.catwalk.runner.supply.InputFetcher;
import io.catwalk.runner.supply.InputFetcher.Place;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.MadeUpExecutor;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutor.Submitted;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is handed out, gathered and numbered, without anybody who carries it out. */
@Tag("attack")
final class OrderFolderExecutorTest {

    @TempDir
    private Path folder;

    private Path jar;

    @BeforeEach
    void makePluginAndImages() throws IOException {
        jar = Files.createDirectory(folder.resolve("plugins")).resolve("sound.jar");
        TestPlugin.sound("sound").write(jar);
        TinyImages.write(folder.resolve("tiny"));
    }

    private TrialOrder order(long seed) {
        return Orders.of(folder, "sound", "tiny", 1, seed);
    }

    private TrialFolder trial() throws IOException {
        return new TrialFolder(Files.createDirectories(folder.resolve("trial")));
    }

    private OrderFolderExecutor executor(boolean imagesInPlace) throws IOException {
        Path orders = folder.resolve("orders");
        return new OrderFolderExecutor(
                orders,
                imagesInPlace,
                (order, trial) -> trial.readOutcome()); // the check of what comes back has its own test
    }

    private Submitted submit(boolean imagesInPlace, TrialOrder order) throws IOException {
        return executor(imagesInPlace).submit(order, trial(), news -> {});
    }

    private TrialOrder written(int number) throws IOException {
        return Objects.requireNonNull(
                OrderFolderExecutor.orders(folder.resolve("orders")).get(number));
    }

    @Test
    void ordersShareWhatTheyNeedAndKeepTheirNumbersAndPlaces() throws IOException {
        OrderFolderExecutor first = executor(false);
        first.submit(order(1), trial(), news -> {});
        first.submit(order(2), trial(), news -> {});
        assertThat(first.handedOut()).isEqualTo(new TrialExecutor.HandedOut("0-1", folder.resolve("orders")));
        assertThat(written(0).supplies()).isEqualTo(written(1).supplies());
        assertThat(written(1).dataset().name()).isEqualTo("tiny");

        TrialOrder second = order(2);
        OrderFolderExecutor later = executor(false);
        Files.delete(folder.resolve("tiny").resolve("train-images-idx3-ubyte")); // the copy is what counts
        Submitted again = later.submit(second, trial(), news -> {});
        assertThat(again.outcome()).isNotDone();
        assertThat(later.handedOut()).isEqualTo(new TrialExecutor.HandedOut("1", folder.resolve("orders")));
        try (Stream<Path> supplies = Files.list(folder.resolve("orders/supplies"))) {
            assertThat(supplies).hasSize(2);
        }
    }

    /** The copy is made to be served: what else lies in the folder, or behind its links, is nobody else's business. */
    @Test
    void onlyTheImagesThatAreReadArePackedAndMakeTheSameDataSet() throws IOException {
        Path pets = folder.resolve("pets");
        for (int i = 0; i < 20; i++) {
            image(pets.resolve(i < 10 ? "cat" : "dog").resolve(i + ".png"), i);
        }
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("id_rsa"), "a key");
        image(outside.resolve("private.png"), 99);
        Files.writeString(pets.resolve(".env"), "a password");
        Files.writeString(pets.resolve("notes.txt"), "a diagnosis");
        image(pets.resolve(".hidden/x.png"), 98);
        image(pets.resolve("loose.png"), 97);
        Files.createSymbolicLink(pets.resolve("cat/keys"), outside);
        Files.createSymbolicLink(pets.resolve("cat/private.png"), outside.resolve("private.png"));
        Files.createSymbolicLink(pets.resolve("cat/again.png"), pets.resolve("cat/1.png"));
        TrialOrder order = Orders.of(folder, "sound", "pets", 1, 1);

        submit(false, order);

        Place place = written(0).supplies().images().get(0);
        Path archive = folder.resolve("orders").resolve(place.uri().getPath());
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            assertThat(zip.stream().map(Object::toString))
                    .hasSize(21)
                    .allMatch(name -> name.matches("pets/(cat|dog)/([0-9]+|again)\\.png"));
        }
        InputFetcher fetcher = new InputFetcher(folder.resolve("depot"), FileSource.standard());
        Path unpacked = fetcher.bring(
                "the images", List.of(place.from(folder.resolve("orders/0.json").toUri())));
        assertThat(new DatasetSpec(unpacked.toString(), null, null, null, null, 0, 0, null, null)
                        .load(DataHome.of(folder))
                        .sha256())
                .isEqualTo(order.inputs().datasetSha256());
    }

    private static void image(Path file, int level) throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(level % 8, level / 8 % 8, 0, 200);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        ImageIO.write(image, "png", file.toFile());
    }

    @Test
    void imagesWhoseCopyIsGoneArePackedAgain() throws IOException {
        submit(false, order(1));
        Path copy = folder.resolve("orders")
                .resolve(written(0).supplies().images().get(0).uri().getPath());
        Files.delete(copy);

        submit(false, order(2));

        assertThat(written(1).supplies()).isEqualTo(written(0).supplies());
        assertThat(copy).isRegularFile();
    }

    @Test
    void theHalfOfACopyThatAKilledCommandLeftIsDeleted() throws IOException {
        submit(false, order(1));
        Path draft = folder.resolve("orders/supplies/.new.zip.0123456789abcdef.part");
        Files.writeString(draft, "half");

        executor(false);

        assertThat(draft).doesNotExist();
    }

    /** Another attempt would train for hours what lies there, complete. */
    @Test
    void anOutcomeThatCannotBeSavedHereIsNotOrderedAgain() throws Exception {
        OrderFolderExecutor executor = executor(false);
        TrialOrder order = order(1);
        executor.submit(order, trial(), news -> {});
        TrialFolder there = new TrialFolder(Files.createDirectory(folder.resolve("there")));
        TrialOutcome made = new MadeUpExecutor.Invention(Map.of()).train(order, there, epoch -> {});
        TrialResultArchive.write(OrderRunner.delivery(folder.resolve("orders/0.json"), 1), made, there);
        Path hindrance = Files.writeString(trial().path().resolve("model"), "not a folder, as if the disk were full");

        for (int attempt = 1; attempt <= 3; attempt++) {
            Submitted again = executor.submit(order.numbered(attempt), trial(), news -> {});
            assertThat(again.outcome().get().error()).startsWith("the returned files cannot be saved: ");
        }
        assertThat(written(0).attempt()).isEqualTo(1);
        Files.delete(hindrance);

        assertThat(submit(false, order).outcome()).isCompletedWithValueMatching(TrialOutcome.Done.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource({
        "timeout_seconds, -5", "timeout_seconds, 0", "timeout_seconds, 9000000000000000000", "attempt, 0",
        "threads, 0", "threads, 2000000000", "fold, -1", "fold, 3"
    })
    void anOrderWithAnAbsurdNumberIsRefusedInALine(String key, String absurd) throws IOException {
        String text = Json.JSON.writeValueAsString(order(1));
        String changed = text.replaceFirst("\"" + key + "\" : (null|[0-9]+)", "\"" + key + "\" : " + absurd);
        Path file = Files.writeString(folder.resolve("0.json"), changed);

        assertThatThrownBy(() -> Json.read(file, TrialOrder.class, "the order of a trial"))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(key + " must be from ")
                .hasMessageContaining(", but is " + absurd)
                .hasMessageNotContaining("\n");
    }

    @Test
    void imagesInPlaceAreNamedAndNotCopied() throws IOException {
        submit(true, order(1));

        assertThat(written(0).supplies().images().get(0).uri())
                .isEqualTo(folder.resolve("tiny").toUri());
        try (Stream<Path> supplies = Files.list(folder.resolve("orders/supplies"))) {
            assertThat(supplies).hasSize(1);
        }
    }

    /** Workers may be reading it. */
    @Test
    void aPluginThatWasPackedIsNotWrittenAgainUnlessItIsDamaged() throws IOException {
        submit(true, order(1));
        Path packed = folder.resolve("orders/supplies").resolve(Sha256.of(jar));
        FileTime before = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(packed, before);

        submit(true, order(2));
        assertThat(Files.getLastModifiedTime(packed)).isEqualTo(before);

        Files.writeString(packed, "a part of it");
        submit(true, order(3));
        assertThat(packed).hasSameBinaryContentAs(jar);
    }

    @Test
    void whatCannotBePackedLosesTheTrialAndNotTheRun() throws Exception {
        TrialOrder order = order(1);
        Files.delete(jar);

        Submitted submitted = submit(false, order);

        TrialOutcome outcome = submitted.outcome().get();
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        assertThat(outcome.error())
                .contains("the plugin sound 1.2.3 of sha256 ")
                .doesNotContain("\n");
    }

    @Test
    void aTrialThatIsLostThriceStaysLost() throws Exception {
        OrderFolderExecutor executor = executor(false);
        TrialOrder order = order(1);
        executor.submit(order, trial(), news -> {});
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(written(0).attempt()).isEqualTo(attempt);
            TrialResultArchive.write(
                    OrderRunner.delivery(folder.resolve("orders/0.json"), attempt),
                    new TrialOutcome.Lost(order.spec(), "the disk of node " + attempt + " is full"),
                    trial());
            Submitted gathered = executor.submit(order, trial(), news -> {});
            assertThat(gathered.outcome().get().error()).isEqualTo("the disk of node " + attempt + " is full");
            executor.submit(order.numbered(2), trial(), news -> {});
        }
        assertThat(written(0).attempt()).isEqualTo(3);
    }

    @Test
    void thePlacesOfAnArchiveAreTheSameWhereverAndWheneverItIsMade() throws IOException {
        Path one = folder.resolve("one.zip");
        Path two = folder.resolve("two.zip");
        new ZipArchive().addAll("tiny", folder.resolve("tiny")).write(one);
        Path copy = TinyImages.write(folder.resolve("copy"));
        new ZipArchive().addAll("tiny", copy).leaveOut("nothing").write(two);
        assertThat(two).hasSameBinaryContentAs(one);
        new ZipArchive().addAll("tiny", copy).leaveOut("tiny/train").write(two);
        try (ZipFile zip = new ZipFile(two.toFile())) {
            assertThat(zip.stream().map(Object::toString).toList())
                    .isEqualTo(List.of("tiny/t10k-images-idx3-ubyte", "tiny/t10k-labels-idx1-ubyte"));
        }
    }
}
