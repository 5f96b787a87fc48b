package io.catwalk.runner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Layers;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.OtherJvm;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.Training.TrainingData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the memory of a training in a process of its own, where nothing else needs any. */
class FlatMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");

    @Test
    void noEpochLeavesNativeArraysOrMemory(@TempDir Path folder) throws IOException, InterruptedException {
        // The heap has its full size from the start, and the optimizing compiler, whose own memory comes and goes
        // by tens of MB, is off: only native memory of the training can grow. A batch of pixels takes 157 KB, so
        // one that is lost in each of the 192 steps between is nearly twice what the test allows.
        String options = "-Xms96m -Xmx96m -XX:+AlwaysPreTouch -Dai.djl.pytorch.num_threads=1"
                + " -Dai.djl.pytorch.num_interop_threads=1 -Dai.djl.offline=true";
        Path file = folder.resolve("epochs.txt");
        Process process = OtherJvm.start(List.of(options.split(" ", -1)), FlatMemoryTest.class, file.toString());
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.exitValue()).as(said).isZero();
        } finally {
            process.destroyForcibly();
        }
        List<String[]> epochs = Files.readAllLines(file).stream()
                .map(line -> line.split(" ", -1))
                .toList();
        assertThat(epochs).hasSize(10).allMatch(epoch -> epoch[0].equals(epochs.get(0)[0]) && !epoch[0].equals("0"));

        assumeThat(STATUS).exists();
        List<Double> resident =
                epochs.stream().map(epoch -> Double.valueOf(epoch[1])).toList();
        assertThat(resident.get(9) / resident.get(1)).as("KiB: %s", resident).isBetween(0.95, 1.05);
    }

    /** Trains 1400 random images for ten epochs; runs in the other process. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        SplittableRandom random = new SplittableRandom(5);
        byte[] pixels = new byte[1400 * 28 * 28];
        int[] labels = new int[1400];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
            labels[i / 784] = i / 784 % 10;
        }
        Recipe recipe = Recipe.standard()
                .withEpochs(10)
                .withBatchSize(50)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.erase(0.5, 0.2))
                .withLabelSmoothing(0.1)
                .withAveraging(0.99)
                .withClipNorm(1);
        TrainingData data = SmallWorld.data(HeapImages.of(1, 28, 28, pixels, labels), 1200);
        StringBuilder lines = new StringBuilder();
        NDManager system = Engine.getEngine("PyTorch").newBaseManager().getParentManager();
        LoadedClassifier classifier = SmallWorld.classifier(FlatMemoryTest::network);
        Hyperparameters none = Hyperparameters.none();
        Task task = Task.of(1, 28, 28, 10);
        new Training(classifier, none, task, data, recipe, 1, 0, ComputeDevice.CPU, null, System::nanoTime)
                .run(
                        epoch -> lines.append(system.getManagedArrays().size() + " " + resident() + "\n"),
                        SmallWorld.NO_CHECKPOINTS)
                .close();
        Files.writeString(file, lines, StandardCharsets.UTF_8);
    }

    private static Block network(Task task) {
        return Layers.sequence(
                Layers.conv(4, 3, 2),
                Layers.batchNorm(),
                Layers.relu(),
                Layers.maxPool(),
                Layers.flatten(),
                Layers.dense(task.classes()),
                new Scale());
    }

    private static long resident() {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Multiplies by twice its parameter: DJL gives the product the manager of the parameter, and not that of the input.
     */
    private static final class Scale extends AbstractBlock {

        private final Parameter scale = addParameter(Parameter.builder()
                .setName("scale")
                .setType(Parameter.Type.OTHER)
                .optInitializer(Initializer.ONES)
                .optShape(new Shape(1))
                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            NDArray factor = store.getValue(scale, input.getDevice(), training).mul(2);
            return new NDList(input.mul(factor));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
