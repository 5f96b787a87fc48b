package io.catwalk.plugins.dropnorml2;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.dropout;
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
 * Regularizes a strided network in three ways: dropout (Srivastava et al., 2014), batch normalization (Ioffe and
 * Szegedy, 2015) and weight decay, the L2 regularization that the recipe applies separately from the gradient
 * (Loshchilov and Hutter, 2019).
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>convolution 3x3, normalization, ReLU</td><td>16 x 28 x 28</td><td>192</td></tr>
 *   <tr><td>convolution 3x3, stride 2, normalization, ReLU</td><td>32 x 14 x 14</td><td>4,704</td></tr>
 *   <tr><td>convolution 3x3, normalization, ReLU</td><td>64 x 14 x 14</td><td>18,624</td></tr>
 *   <tr><td>convolution 3x3, stride 2, normalization, ReLU, dropout</td><td>64 x 7 x 7</td><td>37,056</td></tr>
 *   <tr><td>dense, normalization, ReLU, dropout</td><td>128</td><td>401,792</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,290</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class DropNormL2 implements Classifier {

    @Override
    public String name() {
        return "drop-norm-l2";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("filters", 16, 8).with("dense", 128, 64).with("dropout", 0.2, 0.1, 0.4);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int filters = chosen.integer("filters");
        double rate = chosen.number("dropout");
        return sequence(
                normalized(conv(filters, 3)),
                normalized(conv(2 * filters, 3, 2)),
                normalized(conv(4 * filters, 3)),
                normalized(conv(4 * filters, 3, 2)),
                dropout(rate),
                flatten(),
                normalized(dense(chosen.integer("dense"))),
                dropout(rate),
                dense(task.classes()));
    }

    private static Block normalized(Block layer) {
        return sequence(layer, batchNorm(), relu());
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.003, 0.05))
                .withEpochs(25)
                .withBatchSize(64)
                .withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2))
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
