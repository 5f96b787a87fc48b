package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Block;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.api.Task;
import io.catwalk.runner.training.Training.TrainingData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A training that is stopped and continued by another one ends like an uninterrupted training. */
@Tag("tiny")
class CheckpointTest {

    private static final TrainingData DATA = SmallWorld.data(SmallWorld.hopeless(96), 64);

    private static final Recipe RICH = Recipe.standard()
            .withOptimizer(Optimizer.adamW(0.02, 0.01))
            .withSchedule(Schedule.oneCycle(0.3))
            .withEpochs(4)
            .withBatchSize(10)
            .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.2), Augmentation.erase(0.5, 0.2))
            .withLabelSmoothing(0.1)
            .withAveraging(0.9)
            .withClipNorm(1);

    private static final Recipe MOMENTUM = SmallWorld.plain(0.3, 4, 16).withOptimizer(Optimizer.sgd(0.3, 0.9, 0.01));
    private static final Recipe STOPPING = RICH.withEpochs(30).withPatience(2);

    @TempDir
    private Path folder;

    static Stream<Arguments> trainings() {
        Function<Task, Block> convolutional = SmallWorld::convolutional;
        Function<Task, Block> dense = SmallWorld::dense;
        return Stream.of(
                Arguments.of("everything", convolutional, RICH),
                Arguments.of("momentum", convolutional, MOMENTUM),
                Arguments.of("plain", dense, SmallWorld.plain(0.1, 4, 16)),
                Arguments.of("early stopping", convolutional, STOPPING));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trainings")
    void whatGoesOnEndsWithTheSameBits(String name, Function<Task, Block> network, Recipe recipe) {
        for (int stop = 1; stop <= 3; stop++) {
            stopAfter(stop, network, recipe);
        }
        List<Epoch> heard = new ArrayList<>();
        try (TrainedModel undisturbed = training(network, recipe).run(epoch -> {}, SmallWorld.NO_CHECKPOINTS);
                TrainedModel model = training(network, recipe).run(heard::add, checkpoints("key"))) {
            assertThat(SmallWorld.weights(model)).containsExactly(SmallWorld.weights(undisturbed));
            // The clock of the test advances by the same time in each epoch.
            assertThat(heard).isEqualTo(undisturbed.history()).isEqualTo(model.history());
            assertThat(model.bestEpoch()).isEqualTo(undisturbed.bestEpoch());
        }
    }

    @Test
    void itGoesOnAfterTheEpochThatWasKeptAndNotFromTheStart() {
        stopAfter(3, SmallWorld::convolutional, RICH);
        long[] ticks = {0};
        training(SmallWorld::convolutional, RICH, () -> ticks[0]++)
                .run(epoch -> {}, checkpoints("key"))
                .close();
        assertThat(ticks[0]).as("for the one epoch that was left").isEqualTo(2);
    }

    @Test
    void aStateOfAnotherKeyOrNetworkIsNotGoneOnFrom() {
        stopAfter(2, SmallWorld::convolutional, RICH);
        assertStartsAnew(SmallWorld::convolutional, "another key");
        assertStartsAnew(SmallWorld::dense, "key");
    }

    @Test
    void aStateThatIsDamagedAnywhereIsNotGoneOnFrom() throws IOException {
        stopAfter(2, SmallWorld::dense, RICH);
        byte[] whole = Files.readAllBytes(file());
        for (int at = 0; at < whole.length; at += whole.length / 8) {
            try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
                raw.seek(at);
                raw.write(whole[at] ^ 1);
            }
            assertStartsAnew(SmallWorld::dense, "key");
            Files.write(file(), Arrays.copyOf(whole, at));
            assertStartsAnew(SmallWorld::dense, "key");
            Files.write(file(), whole);
        }
    }

    @Test
    void aStateThatCannotBeWrittenCostsNothing() throws IOException {
        Files.createDirectory(file()); // where the file should be
        Files.createFile(file().resolve("in the way"));
        List<Epoch> heard = new ArrayList<>();
        training(SmallWorld::dense, RICH).run(heard::add, checkpoints("key")).close();
        assertThat(heard).hasSize(4);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file());
        }
    }

    @Test
    void writingTakesATwentiethOfTheTimeAtMost() throws IOException {
        // Each epoch takes 3 seconds of this clock, and each write 1.
        long[] clock = {0};
        List<Integer> written = new ArrayList<>();
        LongSupplier ticking = () -> clock[0] += 1_000_000_000;
        Consumer<Epoch> listener = epoch -> {
            if (file().toFile().delete()) {
                written.add(epoch.epoch());
            }
        };
        training(SmallWorld::dense, RICH.withEpochs(20), ticking)
                .run(listener, new Checkpoints(file(), "key", Duration.ofSeconds(5), ticking))
                .close();
        assertThat(written).containsExactly(2, 9, 16);
    }

    private void assertStartsAnew(Function<Task, Block> network, String key) {
        List<Epoch> heard = new ArrayList<>();
        long[] ticks = {0};
        training(network, RICH.withEpochs(3), () -> ticks[0]++)
                .run(heard::add, new Checkpoints(file(), key, Duration.ofDays(1), System::nanoTime))
                .close();
        assertThat(ticks[0]).isEqualTo(2 * 3);
        assertThat(heard).extracting(Epoch::epoch).containsExactly(1, 2, 3);
    }

    private void stopAfter(int last, Function<Task, Block> network, Recipe recipe) {
        Consumer<Epoch> stopping = epoch -> {
            if (epoch.epoch() == last) {
                throw new CancellationException();
            }
        };
        assertThatThrownBy(() -> training(network, recipe).run(stopping, checkpoints("key")))
                .isInstanceOf(CancellationException.class);
    }

    private Path file() {
        return folder.resolve("checkpoint.bin");
    }

    private Checkpoints checkpoints(String key) {
        return new Checkpoints(file(), key, Duration.ZERO, () -> 0);
    }

    private static Training training(Function<Task, Block> network, Recipe recipe) {
        long[] clock = {0};
        return training(network, recipe, () -> clock[0] += 1_500_000_000);
    }

    private static Training training(Function<Task, Block> network, Recipe recipe, LongSupplier clock) {
        return SmallWorld.training(SmallWorld.classifier(network), DATA, recipe, 5, 0, null, clock);
    }
}
