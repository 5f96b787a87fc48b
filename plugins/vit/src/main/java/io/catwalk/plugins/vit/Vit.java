package io.catwalk.plugins.vit;

import static io.catwalk.api.Layers.attention;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.gelu;
import static io.catwalk.api.Layers.layerNorm;
import static io.catwalk.api.Layers.meanOverTime;
import static io.catwalk.api.Layers.patches;
import static io.catwalk.api.Layers.positions;
import static io.catwalk.api.Layers.residual;
import static io.catwalk.api.Layers.sequence;
import static io.catwalk.api.Layers.tokens;

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
 * Reads patches of the image as tokens, lets each attend to all of them, and classifies their mean (Dosovitskiy et al.,
 * "An Image is Worth 16x16 Words", 2021). Images of any size become a grid of at most 7x7 patches.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>patches 4x4 as a sequence</td><td>49 x 96</td><td>1,632</td></tr>
 *   <tr><td>positions</td><td>49 x 96</td><td>4,704</td></tr>
 *   <tr><td>attention with 3 heads, then dense, GELU, dense, each normalized and a residual</td><td>49 x 96</td><td>74,784</td></tr>
 *   <tr><td>3 times the same again</td><td>49 x 96</td><td>224,352</td></tr>
 *   <tr><td>normalization, mean over the sequence</td><td>96</td><td>192</td></tr>
 *   <tr><td>dense</td><td>10</td><td>970</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Vit implements Classifier {

    private static final int GRID = 7;
    private static final int FEATURES_OF_A_HEAD = 32;
    private static final int EXPANSION = 2;

    @Override
    public String name() {
        return "vit";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("transformer")
                .withPaper(2021, "Dosovitskiy et al., \"An Image is Worth 16x16 Words\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 96, 64).with("depth", 4, 2);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        SequentialBlock network = sequence(patches(task, width, GRID), tokens(), positions());
        for (int layer = 0; layer < chosen.integer("depth"); layer++) {
            network.add(residual(layerNorm(), attention(width, width / FEATURES_OF_A_HEAD)))
                    .add(residual(layerNorm(), dense(EXPANSION * width), gelu(), dense(width)));
        }
        return network.addAll(layerNorm(), meanOverTime(), dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.002, 0.05))
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
