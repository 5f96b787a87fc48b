package io.catwalk.plugins.mingru;

import static io.catwalk.api.Layers.bothWays;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.gelu;
import static io.catwalk.api.Layers.layerNorm;
import static io.catwalk.api.Layers.meanOverTime;
import static io.catwalk.api.Layers.minGru;
import static io.catwalk.api.Layers.residual;
import static io.catwalk.api.Layers.rows;
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
 * Reads an image as a sequence of rows with minimal gated recurrent units, whose gates depend on the input only, so
 * that all steps are computed together (Feng et al., "Were RNNs All We Needed?", 2024). In each layer, one unit reads
 * downwards and another upwards; dense layers on the features of a row follow. Both parts are residual.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>rows as a sequence</td><td>28 x 28</td><td></td></tr>
 *   <tr><td>dense</td><td>28 x 128</td><td>3,712</td></tr>
 *   <tr><td>minimal gated recurrent units, then dense, GELU, dense, each normalized and a residual</td><td>28 x 128</td><td>99,456</td></tr>
 *   <tr><td>twice the same again</td><td>28 x 128</td><td>198,912</td></tr>
 *   <tr><td>normalization, mean over time</td><td>128</td><td>256</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,290</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class MinGru implements Classifier {

    private static final int EXPANSION = 2;

    @Override
    public String name() {
        return "mingru";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("recurrent").withPaper(2024, "Feng et al., \"Were RNNs All We Needed?\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 128, 64).with("depth", 3, 2);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        SequentialBlock network = sequence(rows(), dense(width));
        for (int layer = 0; layer < chosen.integer("depth"); layer++) {
            network.add(residual(layerNorm(), bothWays(minGru(width / 2), minGru(width / 2))))
                    .add(residual(layerNorm(), dense(EXPANSION * width), gelu(), dense(width)));
        }
        return network.addAll(layerNorm(), meanOverTime(), dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.003, 0.05))
                .withEpochs(25)
                .withBatchSize(64)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
