package io.catwalk.plugins.strideconv;

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
 * Convolves with stride 2 instead of pooling, so that the network learns how to shrink the image (Springenberg et al.,
 * "Striving for Simplicity: The All Convolutional Net", 2015).
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>convolution 3x3, stride 2, ReLU</td><td>32 x 14 x 14</td><td>320</td></tr>
 *   <tr><td>convolution 3x3, stride 2, ReLU</td><td>64 x 7 x 7</td><td>18,496</td></tr>
 *   <tr><td>dense, ReLU, dropout</td><td>128</td><td>401,536</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,290</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class StrideConv implements Classifier {

    @Override
    public String name() {
        return "stride-conv";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("convolutional")
                .withPaper(2015, "Springenberg et al., \"Striving for Simplicity: The All Convolutional Net\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none()
                .with("filters", 32, 16)
                .with("dense", 128, 256)
                .with("dropout", 0.2, 0.0, 0.4);
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
                dropout(chosen.number("dropout")),
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
