package io.catwalk.plugins.bilstm;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.bothWays;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.dropout;
import static io.catwalk.api.Layers.lstm;
import static io.catwalk.api.Layers.meanOverTime;
import static io.catwalk.api.Layers.rows;
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
 * Reads an image as a sequence of rows, with one long short-term memory downwards and another upwards (Graves and
 * Schmidhuber, "Framewise phoneme classification with bidirectional LSTM", 2005). Two such layers are stacked, and the
 * mean output is classified.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>rows as a sequence</td><td>28 x 28</td><td></td></tr>
 *   <tr><td>long short-term memory, downwards and upwards</td><td>28 x 192</td><td>96,768</td></tr>
 *   <tr><td>dropout</td><td>28 x 192</td><td></td></tr>
 *   <tr><td>the same again</td><td>28 x 192</td><td>222,720</td></tr>
 *   <tr><td>mean over time, normalization, dropout</td><td>192</td><td>384</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,930</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class BiLstm implements Classifier {

    @Override
    public String name() {
        return "bilstm";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("recurrent")
                .withPaper(
                        2005, "Graves and Schmidhuber, \"Framewise phoneme classification with bidirectional LSTM\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("units", 96, 64).with("dropout", 0.2, 0.1);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int units = chosen.integer("units");
        double rate = chosen.number("dropout");
        return sequence(
                rows(),
                bothWays(lstm(units, 1), lstm(units, 1)),
                dropout(rate),
                bothWays(lstm(units, 1), lstm(units, 1)),
                meanOverTime(),
                batchNorm(),
                dropout(rate),
                dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.003, 0.02))
                .withEpochs(22)
                .withBatchSize(64)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
