package io.catwalk.plugins.mlp;

import static io.catwalk.api.Layers.batchNorm;
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
 * Two hidden dense layers over all pixels (Rumelhart et al., "Learning representations by back-propagating errors",
 * 1986), with batch normalization and dropout: the baseline, which ignores which pixels are neighbors.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>flatten</td><td>784</td><td></td></tr>
 *   <tr><td>dense, normalization, ReLU, dropout</td><td>256</td><td>201,472</td></tr>
 *   <tr><td>the same again</td><td>256</td><td>66,304</td></tr>
 *   <tr><td>dense</td><td>10</td><td>2,570</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Mlp implements Classifier {

    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("dense")
                .withPaper(1986, "Rumelhart et al., \"Learning Representations by Back-Propagating Errors\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("units", 256, 128, 512).with("dropout", 0.2, 0.0);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int units = chosen.integer("units");
        double rate = chosen.number("dropout");
        return sequence(flatten(), hidden(units, rate), hidden(units, rate), dense(task.classes()));
    }

    private static Block hidden(int units, double rate) {
        return sequence(dense(units), batchNorm(), relu(), dropout(rate));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.003, 0.05))
                .withEpochs(20)
                .withBatchSize(128)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .fittedTo(task);
    }
}
