package io.catwalk.runner.trial;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.api.Hyperparameters;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.training.Checkpoints;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.training.TrainedModel;
import io.catwalk.runner.training.Training;
import io.catwalk.runner.training.Training.TrainingData;
import io.catwalk.runner.trial.ParityResult.Missing;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.Failed;
import io.catwalk.runner.trial.TrialOutcome.Lost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The steps of a trial, each of which fails separately. A system property tells the network what to do. */
final class TrialRunTest {

    /** Passes on its input, or fails as told: in evaluation (40 test images), in tracing, or always. */
    private static final String OBEDIENT = """
            return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> {
                String deed = System.getProperty("catwalk.test.deed", "");
                boolean traced = !x.head().getClass().getSimpleName().startsWith("Pt");
                if (deed.equals("fail when judged") && !traced && x.head().getShape().get(0) == 40)
                    throw new IllegalStateException("no answer");
                if (traced) switch (deed) {
                    case "IllegalStateException" -> throw new IllegalStateException("untraceable");
                    case "StackOverflowError" -> throw new StackOverflowError();
                    case "OutOfMemoryError" -> throw new OutOfMemoryError("Java heap space");
                    case "UncheckedIOException" ->
                        throw new java.io.UncheckedIOException(new java.io.IOException("No space left on device"));
                    default -> {}
                }
                if (deed.equals("shift")) return new ai.djl.ndarray.NDList(x.head().mul(-1));
                return x;
            }, "odd"), Layers.flatten(), Layers.dense(16), Layers.relu(), Layers.dropout(0.3),
                    Layers.dense(task.classes()));
            """;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void write() throws IOException {
        Path plugins = Files.createDirectory(shared.resolve("plugins"));
        TestPlugin.building("obedient", OBEDIENT).write(plugins.resolve("obedient.jar"));
        TinyImages.write(shared.resolve("tiny"));
    }

    @Test
    void whatJudgingThrowsKeepsTheWeightsAndTheNextAttemptOnlyJudges() throws IOException {
        TrialOutcome first = told("fail when judged", () -> run(order("tiny", 4)));

        assertThat(first).isInstanceOf(Failed.class);
        assertThat(first.error()).contains("its weights are kept: IllegalStateException: no answer");
        Object weights = Files.getLastModifiedTime(trial().file(TrialFile.WEIGHTS));
        List<Epoch> heard = new ArrayList<>();
        TrialOrder order = prepared(order("tiny", 4), trial());
        Done second = (Done) new TrialRun(order, trial()).run(heard::add, evaluated -> {});

        assertThat(Files.getLastModifiedTime(trial().file(TrialFile.WEIGHTS))).isEqualTo(weights);
        assertThat(heard).extracting(Epoch::epoch).containsExactly(1, 2, 3, 4);
        assertThat(second.metrics().test().images()).isEqualTo(TinyImages.TEST);
        assertThat(parity(second).agrees()).isTrue();
        assertThat(second.timing().epochs()).isEqualTo(4);
        assertThat(trial().readClasses()).hasSize(10);
        assertThat(folder.resolve("split.json")).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IllegalStateException", "StackOverflowError", "OutOfMemoryError", "UncheckedIOException"})
    void whateverANetworkThrowsWhenItIsTracedItIsTrained(String deed) {
        Done done = (Done) told(deed, () -> run(order("tiny", 1)));

        assertThat(parity(done).missing()).isEqualTo(Missing.NO_FORM);
        assertThat(trial().onnx()).doesNotExist();
        assertThat(done.files())
                .extracting(TrialFile.Digest::file)
                .containsExactly(
                        "model/network-0000.params", "predictions.csv", "predictions-validation.csv", "history.csv");
    }

    @Test
    void whatIsNotOfTheTrialStaysWhenItIsRunAgain() throws IOException {
        for (String name : List.of("trial.json", "history.csv", "model.int8.onnx", "notes.txt")) {
            Files.writeString(folder.resolve(name), "some");
        }

        trial().prepare(order("tiny", 1));

        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("model.int8.onnx", "notes.txt");
    }

    @Test
    void troubleWithFilesIsNoVerdictAndIsMadeUpForWithoutTraining() throws IOException {
        TrialOrder order = prepared(order("tiny", 1), trial());
        Path inTheWay = trial().predictions("test").resolve("in the way");
        Files.createDirectories(inTheWay);
        TrialOutcome lost = new TrialRun(order, trial()).run(epoch -> {}, evaluated -> {});
        assertThat(lost).isInstanceOf(Lost.class);
        assertThat(lost.error()).matches("could not be written: Is a directory|cannot write .*predictions.csv: .*");

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        inTheWay = folder.resolve("model.rejected.onnx/in the way");
        Files.createDirectories(inTheWay);
        Object weights = Files.getLastModifiedTime(trial().file(TrialFile.WEIGHTS));
        Done unwritten = (Done) new TrialRun(order, trial()).run(epoch -> {}, evaluated -> {});
        assertThat(parity(unwritten).missing()).isEqualTo(Missing.UNWRITTEN);
        assertThat(parity(unwritten).worst()).startsWith("cannot write ");

        Done done = (Done) run(order);
        assertThat(parity(done).agrees()).isTrue();
        assertThat(Files.getLastModifiedTime(trial().file(TrialFile.WEIGHTS))).isEqualTo(weights);
    }

    @Test
    void aTrainingThatWasStoppedGoesOnAndEndsWithTheSameBits() throws IOException {
        run(order("tiny", 4));
        String expected = Sha256.of(trial().file(TrialFile.WEIGHTS));
        String predictions = Sha256.of(trial().predictions("test"));
        TrialFolder stopped = new TrialFolder(Files.createDirectory(folder.resolve("stopped")));
        Path checkpoint = stopped.path().resolve("checkpoint.bin");
        for (int stop : new int[] {2, 3}) {
            Consumer<Epoch> stopping = epoch -> {
                if (epoch.epoch() == stop) {
                    throw new CancellationException();
                }
            };
            TrialRun run = new TrialRun(prepared(order("tiny", 4), stopped), stopped, Duration.ZERO);
            assertThatThrownBy(() -> run.run(stopping, evaluated -> {})).isInstanceOf(CancellationException.class);
        }
        assertThat(checkpoint).exists();
        new TrialRun(prepared(order("tiny", 4), stopped), stopped).run(epoch -> {}, evaluated -> {});

        assertThat(Sha256.of(stopped.file(TrialFile.WEIGHTS))).isEqualTo(expected);
        assertThat(Sha256.of(stopped.predictions("test"))).isEqualTo(predictions);
        assertThat(checkpoint).doesNotExist();
        assertThat(stopped.readHistory()).extracting(Epoch::epoch).containsExactly(1, 2, 3, 4);
    }

    /** With this learning rate, the fourth of six epochs is the best. */
    private TrialOrder unstable(String images, int epochs) {
        return Orders.changed(order(images, epochs), "spec/recipe/optimizer/learning_rate = 0.2");
    }

    private TrialOrder refitting(String images, int epochs) {
        TrialOrder order = unstable(images, epochs);
        SplitSpec split = new SplitSpec(0, 1, 0.1, 0, true);
        return new TrialOrder(order.spec(), order.dataset(), split, order.inputs(), order.supplies(), null, null, 1);
    }

    /** Trains on all images but the test images, without any for validation, as somebody who knows the length. */
    private String trainedOnAll(int epochs) throws IOException {
        TrialOrder order = unstable("tiny", epochs);
        ImageDataset dataset = order.dataset().load(DataHome.of(shared));
        assertThat(dataset.train().size()).isEqualTo(120);
        Split all = new Split(IntStream.range(0, 120).toArray(), new int[0]);
        Path file = Files.createDirectory(folder.resolve("all")).resolve(TrainedModel.FILE_NAME);
        Checkpoints none = new Checkpoints(folder.resolve("none"), "none", Duration.ofHours(1), System::nanoTime);
        try (LoadedPlugin plugin = LoadedPlugin.open(
                        shared.resolve("plugins/obedient.jar"), order.inputs().pluginSha256());
                TrainedModel model = new Training(
                                plugin.require("obedient"),
                                new Hyperparameters(order.spec().hyperparameters()),
                                order.dataset().task(dataset),
                                TrainingData.of(dataset.train(), all),
                                order.spec().recipe(),
                                order.spec().seed(),
                                0,
                                ComputeDevice.CPU,
                                null,
                                System::nanoTime)
                        .run(epoch -> {}, none)) {
            model.save(Objects.requireNonNull(file.getParent()));
        }
        return Sha256.of(file);
    }

    @Test
    void aRefitHasTheBitsOfATrainingOfTheSelectedLengthOnAllButTheTestImages() throws IOException {
        Done once = (Done) run(unstable("tiny", 6));
        String before = Sha256.of(trial().file(TrialFile.WEIGHTS));
        Done done = (Done) run(refitting("tiny", 6));
        int best = done.timing().bestEpoch();

        assertThat(best).isEqualTo(once.timing().bestEpoch()).isLessThan(6);
        assertThat(Sha256.of(trial().file(TrialFile.WEIGHTS))).isEqualTo(trainedOnAll(best));
        assertThat(Sha256.of(trial().file(TrialFile.CHOSEN_WEIGHTS))).isEqualTo(before);
        assertThat(done.metrics().validation()).isEqualTo(once.metrics().validation());
        assertThat(done.metrics().train()).isEqualTo(once.metrics().train());
        assertThat(done.metrics().test()).isNotEqualTo(once.metrics().test());
        assertThat(parity(done).agrees()).isTrue();
        assertThat(trial().readHistory()).hasSize(6);
        assertThat(trial().readRefitHistory()).hasSize(best);
        // 7 batches of the 108 images, and 8 of 15 of all.
        assertThat(done.timing().refitImages()).isEqualTo(120);
        assertThat(done.timing().steps()).as("of the weights that are tested").isEqualTo(best * 8L);
        assertThat(Objects.requireNonNull(done.efficiency().trainingImagesPerSecond())
                        * Objects.requireNonNull(done.efficiency().trainingSeconds()))
                .isCloseTo(6 * 108 + best * 120, within(1e-6));
        assertThat(Orders.check(refitting("tiny", 6), trial())).isInstanceOf(Done.class);

        String weights = Sha256.of(trial().file(TrialFile.WEIGHTS));
        TinyImages.write(shared.resolve("more-test"));
        Path images = shared.resolve("more-test/t10k-images-idx3-ubyte");
        byte[] bytes = Files.readAllBytes(images);
        Arrays.fill(bytes, 16, bytes.length, (byte) 77);
        Files.write(images, bytes);
        run(refitting("more-test", 6));
        assertThat(Sha256.of(trial().file(TrialFile.WEIGHTS))).isEqualTo(weights);
    }

    /** After so many epochs, of which six are of the first training. */
    @ParameterizedTest
    @ValueSource(ints = {3, 6, 7, 8})
    void aRefitThatWasStoppedGoesOnAndEndsWithTheSameBits(int stop) throws IOException {
        run(refitting("tiny", 6));
        String expected = Sha256.of(trial().file(TrialFile.WEIGHTS));
        String first = Sha256.of(trial().file(TrialFile.CHOSEN_WEIGHTS));
        String validation = Sha256.of(trial().predictions("validation"));
        TrialFolder stopped = new TrialFolder(Files.createDirectory(folder.resolve("stopped")));
        List<Epoch> heard = new ArrayList<>();
        Consumer<Epoch> stopping = epoch -> {
            heard.add(epoch);
            if (heard.size() == stop) {
                throw new CancellationException();
            }
        };
        TrialRun run = new TrialRun(prepared(refitting("tiny", 6), stopped), stopped, Duration.ZERO);
        assertThatThrownBy(() -> run.run(stopping, evaluated -> {})).isInstanceOf(CancellationException.class);
        Path chosen = stopped.file(TrialFile.CHOSEN_WEIGHTS);
        Object written = Files.exists(chosen) ? Files.getLastModifiedTime(chosen) : null;

        new TrialRun(prepared(refitting("tiny", 6), stopped), stopped).run(epoch -> {}, evaluated -> {});

        assertThat(Sha256.of(stopped.file(TrialFile.WEIGHTS))).isEqualTo(expected);
        assertThat(Sha256.of(chosen)).isEqualTo(first);
        assertThat(Sha256.of(stopped.predictions("validation"))).isEqualTo(validation);
        assertThat(written != null).isEqualTo(stop > 6);
        assertThat(written == null || written.equals(Files.getLastModifiedTime(chosen)))
                .isTrue();
        assertThat(stopped.file(TrialFile.CHOICE)).doesNotExist();
        assertThat(stopped.file(TrialFile.CHECKPOINT)).doesNotExist();
        assertThat(stopped.readHistory()).hasSize(6);
    }

    /** Of 120 images 12 are held out, and the other 108 make 7 batches of 15 or 16. */
    @Test
    void speedAndStepsCountTheImagesThatWereTrainedOn() throws IOException {
        Done done = (Done) run(order("tiny", 2));
        Efficiency costs = done.efficiency();

        assertThat(done.timing().steps()).isEqualTo(2 * 7);
        assertThat(Files.readString(trial().outcome())).contains("\"steps\" : 14", "\"batch_size\" : 16");
        assertThat(Objects.requireNonNull(costs.trainingImagesPerSecond())
                        * Objects.requireNonNull(costs.trainingSeconds()))
                .isCloseTo(2 * 108, within(1e-6));
    }

    @Test
    void anAttemptThatIsKilledBeforeItsOrderIsWrittenCostsNoTrainingAndOneOfAnotherOrderStartsAnew()
            throws IOException {
        run(order("tiny", 1));
        Object weights = Files.getLastModifiedTime(trial().file(TrialFile.WEIGHTS));
        trial().prepare(order("tiny", 1)); // and killed
        run(order("tiny", 1));
        assertThat(Files.getLastModifiedTime(trial().file(TrialFile.WEIGHTS))).isEqualTo(weights);

        run(order("tiny", 2));
        assertThat(trial().readHistory()).hasSize(2);
        String before = Sha256.of(trial().file(TrialFile.WEIGHTS));
        Files.writeString(trial().file(TrialFile.ORDER), "{");
        run(order("tiny", 3));
        assertThat(trial().readHistory()).hasSize(3);
        assertThat(Sha256.of(trial().file(TrialFile.WEIGHTS))).isNotEqualTo(before);
    }

    @Test
    void otherTestImagesChangeNoWeight() throws IOException {
        Path other = TinyImages.write(shared.resolve("other-test"));
        Path images = other.resolve("t10k-images-idx3-ubyte");
        byte[] bytes = Files.readAllBytes(images);
        Arrays.fill(bytes, 16, bytes.length, (byte) 77);
        Files.write(images, bytes);

        Done first = (Done) run(order("tiny", 3));
        String weights = Sha256.of(trial().file(TrialFile.WEIGHTS));
        Done second = (Done) run(order("other-test", 3));

        assertThat(Sha256.of(trial().file(TrialFile.WEIGHTS))).isEqualTo(weights);
        assertThat(second.metrics().validation()).isEqualTo(first.metrics().validation());
        assertThat(second.metrics().test()).isNotEqualTo(first.metrics().test());
    }

    @Test
    void whatTheOrderDoesNotNameIsRefusedInALine() {
        String dataset = order("tiny", 1).dataset().name();
        refuses(
                "inputs/plugin_sha256 = \"" + "0".repeat(64) + "\"",
                "the plugin obedient 1.2.3 of sha256 000000000000");
        refuses("inputs/dataset_sha256 = \"" + "1".repeat(64) + "\"", "the images of " + dataset + " of sha256 1111");
        refuses("inputs/software/catwalk = \"0.0.9\"", "Catwalk 0.0.9 with DJL ");
        assertThat(trial().file(TrialFile.WEIGHTS)).doesNotExist();
    }

    private void refuses(String change, String reason) {
        TrialOutcome outcome = run(Orders.changed(order("tiny", 1), change));
        assertThat(outcome).isInstanceOf(Lost.class);
        assertThat(outcome.error()).startsWith("expected " + reason).doesNotContain("\n");
    }

    @Test
    void aFileThatIsNotAsTheTrialLeftItIsNamedAndNothingIsMadeOfIt() throws IOException {
        Done done = (Done) run(order("tiny", 1));
        assertThat(trial().damage(done)).isEmpty();
        for (TrialFile.Digest digest : done.files()) {
            Path file = folder.resolve(digest.file());
            byte[] whole = Files.readAllBytes(file);
            byte[] changed = whole.clone();
            changed[changed.length / 2] ^= 1;
            Files.write(file, changed);
            assertThat(trial().damage(done)).containsExactly(digest.file() + " has been changed");
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
            assertThat(trial().damage(done).get(0))
                    .contains(digest.file(), "has " + whole.length / 2 + " bytes", " " + whole.length);
            if (List.of("model/network-0000.params", "predictions.csv").contains(digest.file())) {
                refused(this::export, digest.file() + " has ", "catwalk resume");
            }
            Files.delete(file);
            assertThat(trial().damage(done)).containsExactly(digest.file() + " is missing");
            Files.write(file, whole);
        }
    }

    @Test
    void anExportInPlaceOfAnotherNetworkOrOneThatFailsKeepsTheFileThatWasProven() throws IOException {
        run(order("tiny", 1));
        String proven = Sha256.of(trial().onnx());
        String outcome = Files.readString(trial().outcome());

        ParityResult parity = told("shift", this::exportQuietly);
        assertThat(parity.agrees()).isFalse();
        assertThat(parity.missing()).isEqualTo(Missing.ANOTHER_NETWORK);
        assertThat(parity.worst()).startsWith("the network no longer gives the answers");
        assertThat(told("IllegalStateException", this::exportQuietly).agrees()).isFalse();
        assertThat(Sha256.of(trial().onnx())).isEqualTo(proven);
        assertThat(trial().outcome()).hasContent(outcome);

        assertThat(export().agrees()).isTrue();
        assertThat(trial().damage((Done) trial().readOutcome())).isEmpty();
    }

    /** The second record, of the new file, stands for the kill. */
    @Test
    void anExportThatIsKilledBesideTheNewFileLeavesARecordThatAgreesWithTheFiles() throws IOException {
        Done done = (Done) run(order("tiny", 1));
        String proven = Sha256.of(trial().onnx());
        Files.write(trial().onnx(), new byte[] {0}, StandardOpenOption.APPEND); // the next file differs from this one
        Done exported = done.withDigests(trial());
        trial().writeOutcome(exported);
        String before = Sha256.of(trial().onnx());
        List<TrialOutcome> records = new ArrayList<>(List.of(exported));
        List<String> files = new ArrayList<>();

        assertThatThrownBy(() -> export(outcome -> {
                    if (records.size() > 1) {
                        throw new IllegalStateException("killed");
                    }
                    records.add(outcome);
                    files.add(Sha256.of(trial().onnx()));
                }))
                .hasMessage("killed");

        assertThat(files).containsExactly(before);
        assertThat(Sha256.of(trial().onnx())).isEqualTo(proven);
        Done record = (Done) records.get(records.size() - 1);
        assertThat(trial().damage(record)).isEmpty();
        trial().requireOwnOnnx(record);
        assertThat(parity(record).missing()).isEqualTo(Missing.UNWRITTEN);
        assertThat(new TrialRepair(trial(), record, order("tiny", 1)).left())
                .containsExactly("its ONNX file could not be written: its export was stopped");
    }

    private static ParityResult parity(Done done) {
        return Objects.requireNonNull(done.parity());
    }

    private ParityResult exportQuietly() {
        try {
            return export();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private ParityResult export() throws IOException {
        return export(outcome -> {});
    }

    private ParityResult export(SavedTrial.Recorder recorder) throws IOException {
        PluginCatalog catalog = PluginCatalog.open(shared.resolve("plugins"));
        try (SavedTrial saved = SavedTrial.open(trial(), catalog, DataHome.of(shared))) {
            return saved.exportInPlace(ExportOptions.standard(), recorder);
        }
    }

    private static <T> T told(String deed, Supplier<T> work) {
        System.setProperty("catwalk.test.deed", deed);
        try {
            return work.get();
        } finally {
            System.clearProperty("catwalk.test.deed");
        }
    }

    private TrialFolder trial() {
        return new TrialFolder(folder);
    }

    private TrialOutcome run(TrialOrder order) {
        return new TrialRun(prepared(order, trial()), trial()).run(epoch -> {}, evaluated -> {});
    }

    private static TrialOrder prepared(TrialOrder order, TrialFolder folder) {
        try {
            folder.prepare(order);
            Files.writeString(folder.file(TrialFile.ORDER), Json.JSON.writeValueAsString(order));
            return order;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private TrialOrder order(String dataset, int epochs) {
        return Orders.of(shared, "obedient", dataset, epochs, 1);
    }
}
