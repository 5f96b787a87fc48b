package io.catwalk.plugins.convnext;

import static io.catwalk.api.Layers.channelsLast;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.depthwise;
import static io.catwalk.api.Layers.gelu;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.layerNorm;
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
 * Residual blocks with a large depthwise kernel, which then widen and narrow the features of each pixel, as a
 * transformer does (Liu et al., "A ConvNet for the 2020s", 2022), in two stages. Images of any size first become a grid
 * of at most 14x14 patches.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>patches 2x2, normalization</td><td>48 x 14 x 14</td><td>336</td></tr>
 *   <tr><td>2 residual blocks: depthwise 7x7, normalization, dense, GELU, dense</td><td>48 x 14 x 14</td><td>42,336</td></tr>
 *   <tr><td>normalization, convolution 3x3 with stride 2</td><td>96 x 7 x 7</td><td>41,664</td></tr>
 *   <tr><td>2 residual blocks</td><td>96 x 7 x 7</td><td>158,400</td></tr>
 *   <tr><td>mean over the image, normalization</td><td>96</td><td>192</td></tr>
 *   <tr><td>dense</td><td>10</td><td>970</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class ConvNeXt implements Classifier {

    private static final int GRID = 14;
    private static final int KERNEL = 7;
    private static final int EXPANSION = 4;

    @Override
    public String name() {
        return "convnext";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional").withPaper(2022, "Liu et al., \"A ConvNet for the 2020s\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 48, 32).with("depth", 2, 3);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        SequentialBlock network = sequence(patches(task, width, GRID), channelsLast(layerNorm()));
        for (int block = 0; block < chosen.integer("depth"); block++) {
            network.add(mixing(width));
        }
        network.add(channelsLast(layerNorm())).add(conv(2 * width, 3, 2));
        for (int block = 0; block < chosen.integer("depth"); block++) {
            network.add(mixing(2 * width));
        }
        return network.addAll(globalAveragePool(), layerNorm(), dense(task.classes()));
    }

    private static Block mixing(int width) {
        return residual(
                depthwise(width, KERNEL, 1), channelsLast(layerNorm(), dense(EXPANSION * width), gelu(), dense(width)));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.004, 0.05))
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
