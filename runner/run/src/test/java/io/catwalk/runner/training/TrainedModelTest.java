package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.runner.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
class TrainedModelTest {

    private static final int COUNT = 5;
    private static final float[] IMAGES = noise(COUNT * 16);

    private final TrainedModel model = SmallWorld.train(
            SmallWorld::convolutional, SmallWorld.data(SmallWorld.separable(96), 64), SmallWorld.plain(0.1, 3, 16), 1);

    @TempDir
    private Path folder;

    private static float[] noise(int length) {
        SplittableRandom random = new SplittableRandom(3);
        float[] noise = new float[length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextDouble(-1, 1);
        }
        return noise;
    }

    @AfterEach
    void free() {
        model.close();
    }

    private static float[] logits(TrainedModel model) {
        try (Predictor predictor = model.predictor()) {
            return predictor.logits(IMAGES, COUNT);
        }
    }

    private TrainedModel load(Function<Task, Block> network) throws IOException {
        return TrainedModel.load(folder, SmallWorld.classifier(network), Hyperparameters.none(), SmallWorld.TASK);
    }

    private TrainedModel load() throws IOException {
        return load(SmallWorld::convolutional);
    }

    @Test
    void whatIsSavedAndLoadedGivesTheSameLogits() throws IOException {
        float[] expected = logits(model);
        model.save(folder);
        try (TrainedModel loaded = load()) {
            assertThat(logits(loaded)).containsExactly(expected);
            assertThat(loaded.parameters()).isEqualTo(model.parameters());
            assertThat(loaded.history()).isEmpty();
            assertThat(loaded.bestEpoch()).isZero();
            assertThat(loaded.task()).isEqualTo(SmallWorld.TASK);
        }
        // Saving did not change the model.
        assertThat(logits(model)).containsExactly(expected);
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("network-0000.params");
        }
    }

    @Test
    void plainDjlLoadsTheFileToo() throws Exception {
        float[] expected = logits(model);
        model.save(folder);
        try (Model plain = Model.newInstance("network", "PyTorch")) {
            Block block = SmallWorld.convolutional(SmallWorld.TASK);
            plain.setBlock(block);
            plain.load(folder, "network");
            // Plain DJL convolves in the other layout, which rounds differently.
            assertThat(plain(block, plain.getNDManager(), IMAGES, new Shape(COUNT, 1, 4, 4)))
                    .containsExactly(expected, within(1e-6f));
        }
    }

    @Test
    void imagesInColorAreAnsweredAsByPlainDjl() {
        Task task = Task.of(3, 5, 4, 2);
        float[] images = noise(COUNT * 60);
        NDManager manager = NDManager.newBaseManager("PyTorch");
        Block block = SmallWorld.convolutional(task);
        block.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 5, 4));
        try (TrainedModel color = new TrainedModel(manager, block, task, List.of(), 0, null);
                Predictor predictor = color.predictor()) {
            assertThat(predictor.logits(images, COUNT))
                    .containsExactly(plain(block, manager, images, new Shape(COUNT, 3, 5, 4)), within(1e-6f));
        }
    }

    private static float[] plain(Block block, NDManager manager, float[] images, Shape shape) {
        NDList inputs = new NDList(manager.create(images, shape));
        return block.forward(new ParameterStore(manager, false), inputs, false)
                .singletonOrThrow()
                .toFloatArray();
    }

    @Test
    void anAnswerDoesNotDependOnTheOthersInItsBatchNorOnTheTime() {
        float[] together = logits(model);
        assertThat(logits(model)).containsExactly(together);
        try (Predictor predictor = model.predictor()) {
            for (int i = 0; i < COUNT; i++) {
                float[] alone = predictor.logits(Arrays.copyOfRange(IMAGES, i * 16, (i + 1) * 16), 1);
                assertThat(alone)
                        .usingComparatorWithPrecision(1e-5f)
                        .containsExactly(together[2 * i], together[2 * i + 1]);
            }
        }
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        try (Predictor predictor = model.predictor()) {
            illegal(() -> predictor.logits(new float[31], 2), "2 images of 16 values", "found 31 values");
            illegal(() -> predictor.logits(new float[0], 0), "0");
        }
    }

    @Test
    void theWeightsOfAnotherNetworkOrOfAnotherWidthAreRefused() throws IOException {
        model.save(folder);
        refused(IOException.class, () -> load(SmallWorld::dense), "belong to another network");
        refused(IOException.class, () -> load(task -> SmallWorld.convolutional(task, 8)), "belong to another network");
    }

    /** DJL reads lengths, names and types from the file, and throws whatever they lead to. */
    @Test
    void aMissingFileATruncatedOneAndOneWithAFlippedByteAreRefusedInASentenceIfTheyAreNotRead() throws IOException {
        assertThatThrownBy(this::load).isInstanceOf(IOException.class);
        model.save(folder);
        Path file = folder.resolve("network-0000.params");
        byte[] bytes = Files.readAllBytes(file);
        int refused = 0;
        for (int i = 0; i < 120; i += i < 40 ? 1 : 3) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= (byte) 0x55;
            Files.write(file, flipped);
            try {
                load().close();
            } catch (IOException e) {
                String said = Reasons.of(e);
                assertThat(said)
                        .contains(folder.toString())
                        .doesNotContain("Exception")
                        .hasLineCount(1);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(15);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(this::load).isInstanceOf(IOException.class);
        bytes[0]++;
        Files.write(file, bytes);
        refused(IOException.class, this::load, "its beginning is damaged");
    }
}
