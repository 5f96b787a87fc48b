package io.catwalk.plugins.convmixer;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.depthwise;
import static io.catwalk.api.Layers.gelu;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.patches;
import static io.catwalk.api.Layers.residual;
import static io.catwalk.api.Layers.sequence;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import org.jspecify.annotations.NullMarked;
import org.pf4j.Extension;

/**
 * Mixes patches by depthwise convolutions and features by pointwise ones, alternately, without changing the size of the
 * grid (Trockman and Kolter, "Patches Are All You Need?", 2022). Images of any size become a grid of at most 14x14
 * patches.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>patches 2x2, GELU, normalization</td><td>96 x 14 x 14</td><td>672</td></tr>
 *   <tr><td>depthwise 5x5 as a residual, then convolution 1x1, each with GELU and normalization</td><td>96 x 14 x 14</td><td>12,192</td></tr>
 *   <tr><td>3 times the same again</td><td>96 x 14 x 14</td><td>36,576</td></tr>
 *   <tr><td>mean over the image</td><td>96</td><td></td></tr>
 *   <tr><td>dense</td><td>10</td><td>970</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class ConvMixer implements Classifier {

    private static final int GRID = 14;
    private static final int KERNEL = 5;

    @Override
    public String name() {
        return "convmixer";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("convolutional")
                .withPaper(2022, "Trockman and Kolter, \"Patches Are All You Need?\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 96, 64).with("depth", 4, 6);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        SequentialBlock network = sequence(activated(patches(task, width, GRID)));
        for (int layer = 0; layer < chosen.integer("depth"); layer++) {
            network.add(residual(activated(depthwise(width, KERNEL, 1)))).add(activated(conv(width, 1)));
        }
        return network.addAll(globalAveragePool(), dense(task.classes()));
    }

    private static Block activated(Block convolution) {
        return sequence(convolution, gelu(), batchNorm());
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.005, 0.05))
                .withEpochs(30)
                .withBatchSize(128)
                .withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.08), Augmentation.erase(0.5, 0.25))
                .withLabelSmoothing(0.05)
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
