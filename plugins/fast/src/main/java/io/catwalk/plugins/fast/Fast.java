package io.catwalk.plugins.fast;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;
import static io.catwalk.api.Layers.stem;

import ai.djl.nn.Block;
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
 * Trains in seconds: the first convolution leaves a quarter of the pixels, there are few filters, and normalization
 * allows a one-cycle schedule with a high peak learning rate (Smith and Topin, "Super-Convergence", 2018). Batches are
 * large, and labels are smoothed. The first convolution reduces images of any size to sides of at most 16 pixels.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>convolution 3x3, stride 2, normalization, ReLU</td><td>16 x 14 x 14</td><td>192</td></tr>
 *   <tr><td>convolution 3x3, stride 2, normalization, ReLU</td><td>32 x 7 x 7</td><td>4,704</td></tr>
 *   <tr><td>flatten</td><td>1568</td><td></td></tr>
 *   <tr><td>dense, normalization, ReLU</td><td>128</td><td>201,088</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,290</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Fast implements Classifier {

    private static final int SIDE = 16;

    @Override
    public String name() {
        return "fast";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional").withPaper(2018, "Smith and Topin, \"Super-Convergence\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("filters", 16, 24).with("dense", 128, 64);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int filters = chosen.integer("filters");
        return sequence(
                normalized(stem(task, filters, SIDE)),
                normalized(conv(2 * filters, 3, 2)),
                flatten(),
                normalized(dense(chosen.integer("dense"))),
                dense(task.classes()));
    }

    private static Block normalized(Block layer) {
        return sequence(layer, batchNorm(), relu());
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.01, 0.1))
                .withEpochs(8)
                .withBatchSize(256)
                .withAugmentations(Augmentation.horizontalFlip())
                .withLabelSmoothing(0.1)
                .fittedTo(task);
    }
}
