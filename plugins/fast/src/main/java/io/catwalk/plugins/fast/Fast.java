package io.catwalk.plugins.fast;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.maxPool;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;

import ai.djl.nn.Block;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Task;
import org.pf4j.Extension;

/**
 * Learns in seconds
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>x</td><td>1</td><td></td></tr>
 * </table>
 */
@Extension
public final class Fast implements Classifier {

    @Override
    public String name() {
        return "fast";
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none()
                .with("width", 32, 24, 16, 48)
                .with("kind", 0, 1, 2, 3)
                .with("epochs", 8, 4, 5, 6, 7, 10, 12, 14, 16, 20)
                .with("batch", 128, 64, 256, 512)
                .with("rate", 0.01, 0.003, 0.005, 0.02, 0.04)
                .with("smoothing", 0.0, 0.05, 0.1)
                .with("flip", 1, 0, 2)
                .with("avg", 0.0, 0.99, 0.998)
                .with("decay", 0.02, 0.05, 0.1);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int w = chosen.integer("width");
        return switch (chosen.integer("kind")) {
            case 0 ->
                sequence(
                        conv(w, 3, 2),
                        batchNorm(),
                        relu(),
                        conv(2 * w, 3, 2),
                        batchNorm(),
                        relu(),
                        conv(2 * w, 3, 1),
                        batchNorm(),
                        relu(),
                        globalAveragePool(),
                        dense(task.classes()));
            case 1 ->
                sequence(
                        conv(w, 3, 2),
                        batchNorm(),
                        relu(),
                        conv(2 * w, 3, 2),
                        batchNorm(),
                        relu(),
                        conv(4 * w, 3, 2),
                        batchNorm(),
                        relu(),
                        flatten(),
                        dense(task.classes()));
            case 2 ->
                sequence(
                        conv(w, 5, 2),
                        batchNorm(),
                        relu(),
                        conv(2 * w, 3, 1),
                        maxPool(),
                        batchNorm(),
                        relu(),
                        conv(2 * w, 3, 1),
                        batchNorm(),
                        relu(),
                        globalAveragePool(),
                        dense(task.classes()));
            default ->
                sequence(
                        conv(w, 3, 2),
                        batchNorm(),
                        relu(),
                        conv(2 * w, 3, 2),
                        batchNorm(),
                        relu(),
                        flatten(),
                        dense(128),
                        batchNorm(),
                        relu(),
                        dense(task.classes()));
        };
    }

    @Override
    public Recipe recipe(Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(new Optimizer.AdamW(chosen.number("rate"), chosen.number("decay")))
                .withSchedule(new Schedule.OneCycle(0.2))
                .withEpochs(chosen.integer("epochs"))
                .withBatchSize(chosen.integer("batch"))
                .withAveraging(chosen.number("avg"))
                .withLabelSmoothing(chosen.number("smoothing"))
                .withAugmentations(
                        chosen.integer("flip") == 0
                                ? new Augmentation[0]
                                : chosen.integer("flip") == 1
                                        ? new Augmentation[] {new Augmentation.HorizontalFlip()}
                                        : new Augmentation[] {
                                            new Augmentation.HorizontalFlip(), new Augmentation.Shift(0.04)
                                        });
    }
}
