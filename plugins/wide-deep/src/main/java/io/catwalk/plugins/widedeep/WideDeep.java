package io.catwalk.plugins.widedeep;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.concat;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.dropout;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.histograms;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.residual;
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
 * A wide part beside a deep one (Cheng et al., "Wide &amp; Deep Learning for Recommender Systems", 2016): histograms of
 * gradients and colors, and a small residual network. For few photos without a pretrained network: the histograms have
 * nothing to learn, and the network adds what they miss.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>histograms, normalization, dense, ReLU, dropout (256); beside them a convolution, two stages of a convolution
 *       with stride 2 and a residual block, and the mean over the image (64)</td><td>320</td><td>157,792</td></tr>
 *   <tr><td>dense</td><td>10</td><td>3,210</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class WideDeep implements Classifier {

    private static final int GRID = 4;
    private static final int SIDE = 32;
    private static final double RATE = 0.5;

    @Override
    public String name() {
        return "wide-deep";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("convolutional")
                .withPaper(2016, "Cheng et al., \"Wide & Deep Learning for Recommender Systems\"")
                .withSides(8, Integer.MAX_VALUE);
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 16, 24, 32).with("units", 256, 512);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        Block wide = sequence(histograms(GRID), batchNorm(), dense(chosen.integer("units")), relu(), dropout(RATE));
        Block deep = sequence(
                sequence(stem(task, width, SIDE), batchNorm(), relu()),
                stage(2 * width),
                stage(4 * width),
                globalAveragePool());
        return sequence(concat(wide, deep), dense(task.classes()));
    }

    private static Block stage(int filters) {
        return sequence(
                convolution(filters, 2), residual(convolution(filters, 1), conv(filters, 3), batchNorm()), relu());
    }

    private static Block convolution(int filters, int stride) {
        return sequence(conv(filters, 3, stride), batchNorm(), relu());
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.002, 0.05))
                .withEpochs(20)
                .withBatchSize(128)
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.04))
                .withAveraging(0.998)
                .fittedTo(task);
    }
}
