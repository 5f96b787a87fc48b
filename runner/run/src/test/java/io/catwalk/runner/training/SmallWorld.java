package io.catwalk.runner.training;

import ai.djl.nn.Block;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Layers;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.plugin.PluginJar;
import io.catwalk.runner.training.Training.TrainingData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes images and networks that are trained in an instant. */
final class SmallWorld {

    /** Keeps nothing: no training of a test lasts a day. */
    static final Checkpoints NO_CHECKPOINTS =
            new Checkpoints(Path.of("no-such-file"), "", Duration.ofDays(1), System::nanoTime);

    static final Task TASK = Task.of(1, 4, 4, 2);

    private SmallWorld() {}

    /** Draws noise of 0 to 99, with 100 more in the upper half of class 0 and in the lower half of class 1. */
    static ImageSource separable(int count) {
        SplittableRandom random = new SplittableRandom(1);
        byte[] pixels = new byte[count * 16];
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            labels[i / 16] = i / 16 % 2;
            boolean bright = i / 8 % 2 == labels[i / 16];
            pixels[i] = (byte) (random.nextInt(100) + (bright ? 100 : 0));
        }
        return HeapImages.of(1, 4, 4, pixels, labels);
    }

    static ImageSource hopeless(int count) {
        ImageSource images = separable(count);
        SplittableRandom random = new SplittableRandom(2);
        int[] labels = IntStream.generate(() -> random.nextInt(2)).limit(count).toArray();
        return HeapImages.of(1, 4, 4, HeapImages.pixels(images), labels);
    }

    static TrainingData data(ImageSource images, int train) {
        Split split = new Split(
                IntStream.range(0, train).toArray(),
                IntStream.range(train, images.size()).toArray());
        return TrainingData.of(images, split);
    }

    static Recipe plain(double learningRate, int epochs, int batchSize) {
        return Recipe.standard()
                .withOptimizer(Optimizer.sgd(learningRate, 0, 0))
                .withSchedule(Schedule.constant())
                .withEpochs(epochs)
                .withBatchSize(batchSize);
    }

    static Block dense(Task task) {
        return Layers.sequence(Layers.flatten(), Layers.dense(8), Layers.relu(), Layers.dense(task.classes()));
    }

    /** Has everything that makes a training depend on a state: batch norm, dropout. */
    static Block convolutional(Task task) {
        return convolutional(task, 4);
    }

    static Block convolutional(Task task, int filters) {
        return Layers.sequence(
                Layers.conv(filters, 3),
                Layers.batchNorm(),
                Layers.relu(),
                Layers.maxPool(),
                Layers.flatten(),
                Layers.dropout(0.2),
                Layers.dense(task.classes()));
    }

    static LoadedClassifier classifier(Function<Task, Block> network) {
        return loaded(new Classifier() {
            @Override
            public String name() {
                return "small";
            }

            @Override
            public Block network(Task task, Hyperparameters chosen) {
                return network.apply(task);
            }
        });
    }

    static LoadedClassifier loaded(Classifier classifier) {
        return new LoadedClassifier(
                classifier,
                "small",
                new PluginJar(
                        Path.of("small.jar"),
                        false,
                        "small",
                        "1",
                        "The test",
                        "A plugin of the test",
                        "",
                        Set.of(),
                        "0"));
    }

    /** Normalizes pixels to their gray levels, from 0 to 255. */
    static Normalization levels(int channels) {
        float[] deviations = new float[channels];
        Arrays.fill(deviations, 1 / 255f);
        return new Normalization(new float[channels], deviations);
    }

    static TrainedModel train(Function<Task, Block> network, TrainingData data, Recipe recipe, long seed) {
        return train(network, data, recipe, seed, 0, new ArrayList<>());
    }

    static TrainedModel train(
            Function<Task, Block> network, TrainingData data, Recipe recipe, long seed, int fold, List<Epoch> heard) {
        long[] clock = {0};
        return training(classifier(network), data, recipe, seed, fold, null, () -> clock[0] += 1_500_000_000)
                .run(heard::add, NO_CHECKPOINTS);
    }

    static Training training(
            LoadedClassifier classifier,
            TrainingData data,
            Recipe recipe,
            long seed,
            int fold,
            @Nullable WarmStart start,
            LongSupplier clock) {
        Hyperparameters none = Hyperparameters.none();
        return new Training(classifier, none, TASK, data, recipe, seed, fold, ComputeDevice.CPU, start, clock);
    }

    static float[] trained(Function<Task, Block> network, TrainingData data, Recipe recipe, long seed) {
        try (TrainedModel model = train(network, data, recipe, seed)) {
            return weights(model);
        }
    }

    static float[] weights(TrainedModel model) {
        List<float[]> arrays = TrainedModel.distinctParameters(model.block()).stream()
                .map(parameter -> parameter.getArray().toFloatArray())
                .toList();
        float[] all = new float[arrays.stream().mapToInt(array -> array.length).sum()];
        int at = 0;
        for (float[] array : arrays) {
            System.arraycopy(array, 0, all, at, array.length);
            at += array.length;
        }
        return all;
    }
}
