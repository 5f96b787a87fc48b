package io.catwalk.plugins.rnn;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.dropout;
import static io.catwalk.api.Layers.meanOverTime;
import static io.catwalk.api.Layers.rnn;
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
 * Reads an image as a sequence of rows, from the top, with two stacked recurrent nets of the simplest kind (Elman,
 * "Finding Structure in Time", 1990), and classifies their mean state.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>rows as a sequence</td><td>28 x 28</td><td></td></tr>
 *   <tr><td>Recurrent net with tanh</td><td>28 x 128</td><td>20,224</td></tr>
 *   <tr><td>dropout</td><td>28 x 128</td><td></td></tr>
 *   <tr><td>the same again</td><td>28 x 128</td><td>33,024</td></tr>
 *   <tr><td>mean over time, normalization, dropout</td><td>128</td><td>256</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,290</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Rnn implements Classifier {

    @Override
    public String name() {
        return "rnn";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("recurrent").withPaper(1990, "Elman, \"Finding Structure in Time\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("units", 128, 64).with("dropout", 0.1, 0.0, 0.3);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int units = chosen.integer("units");
        double rate = chosen.number("dropout");
        return sequence(
                rows(),
                rnn(units, 1),
                dropout(rate),
                rnn(units, 1),
                meanOverTime(),
                batchNorm(),
                dropout(rate),
                dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.002, 0.02))
                .withEpochs(12)
                .withBatchSize(64)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
