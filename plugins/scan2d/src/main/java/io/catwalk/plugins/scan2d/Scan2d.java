package io.catwalk.plugins.scan2d;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.bothWays;
import static io.catwalk.api.Layers.channelsLast;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.dropout;
import static io.catwalk.api.Layers.eachColumn;
import static io.catwalk.api.Layers.eachRow;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.gru;
import static io.catwalk.api.Layers.layerNorm;
import static io.catwalk.api.Layers.mirrorMean;
import static io.catwalk.api.Layers.patches;
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
 * Scans a grid of patches with gated recurrent units: along each row in both directions, then along each column of the
 * result, so that every output depends on the whole image (Visin et al., "ReNet: A Recurrent Neural Network Based
 * Alternative to Convolutional Networks", 2015). Images of any size become a grid of at most 10x10 patches. With
 * {@code mirror}, the network answers with the mean over an image and its mirror image.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>patches 3x3</td><td>48 x 10 x 10</td><td>480</td></tr>
 *   <tr><td>gated recurrent units along rows and columns, twice</td><td>96 x 10 x 10</td><td>154,560</td></tr>
 *   <tr><td>mean over the image, normalization, dropout</td><td>96</td><td>192</td></tr>
 *   <tr><td>dense</td><td>10</td><td>970</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Scan2d implements Classifier {

    private static final double RATE = 0.1;

    @Override
    public String name() {
        return "scan2d";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("recurrent")
                .withPaper(
                        2015,
                        "Visin et al., \"ReNet: A Recurrent Neural Network Based Alternative to Convolutional Networks\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("units", 48, 64).with("grid", 10, 7, 14).with("mirror", false, true);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int units = chosen.integer("units");
        Block network = sequence(
                patches(task, units, chosen.integer("grid")),
                channelsLast(
                        eachRow(scan(units)),
                        eachColumn(scan(units)),
                        layerNorm(),
                        eachRow(scan(units)),
                        eachColumn(scan(units))),
                globalAveragePool(),
                batchNorm(),
                dropout(RATE),
                dense(task.classes()));
        return chosen.flag("mirror") ? mirrorMean(network) : network;
    }

    private static Block scan(int units) {
        return bothWays(gru(units, 1), gru(units, 1));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.004, 0.02))
                .withEpochs(20)
                .withBatchSize(128)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
