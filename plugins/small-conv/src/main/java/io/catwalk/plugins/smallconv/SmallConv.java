package io.catwalk.plugins.smallconv;

import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;

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
 * Strided convolutions with few filters: a network for small devices, a quarter of the size of {@code stride-conv}.
 * Without augmentation, it overfitted more than the other networks of the original study.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>convolution 3x3, stride 2, ReLU</td><td>16 x 14 x 14</td><td>160</td></tr>
 *   <tr><td>convolution 3x3, stride 2, ReLU</td><td>32 x 7 x 7</td><td>4,640</td></tr>
 *   <tr><td>dense, ReLU</td><td>64</td><td>100,416</td></tr>
 *   <tr><td>dense</td><td>10</td><td>650</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class SmallConv implements Classifier {

    @Override
    public String name() {
        return "small-conv";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("filters", 16, 8).with("dense", 64, 32);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int filters = chosen.integer("filters");
        return sequence(
                conv(filters, 3, 2),
                relu(),
                conv(2 * filters, 3, 2),
                relu(),
                flatten(),
                dense(chosen.integer("dense")),
                relu(),
                dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.003, 0.02))
                .withEpochs(15)
                .withBatchSize(128)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
