package io.catwalk.plugins.resnet;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.mirrorMean;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.residual;
import static io.catwalk.api.Layers.sequence;
import static io.catwalk.api.Layers.stem;
import static io.catwalk.api.Layers.sum;

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
 * Residual network: the output of each pair of convolutions, with normalization and activation before them, is added to
 * its input (He et al., "Identity Mappings in Deep Residual Networks", 2016), wide and shallow (Zagoruyko and
 * Komodakis, "Wide Residual Networks", 2016). The first convolution reduces larger images to sides of at most 32
 * pixels. With {@code mirror}, the network answers with the mean over an image and its mirror image.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>convolution 3x3</td><td>24 x 28 x 28</td><td>240</td></tr>
 *   <tr><td>2 residual blocks, the first with stride 2</td><td>48 x 14 x 14</td><td>74,304</td></tr>
 *   <tr><td>the same again, twice as wide</td><td>96 x 7 x 7</td><td>296,064</td></tr>
 *   <tr><td>normalization, ReLU</td><td>96 x 7 x 7</td><td>192</td></tr>
 *   <tr><td>mean over the image</td><td>96</td><td></td></tr>
 *   <tr><td>dense</td><td>10</td><td>970</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class ResNet implements Classifier {

    private static final int SIDE = 32;

    @Override
    public String name() {
        return "resnet";
    }

    @Override
    public Tags tags() {
        return Tags.none()
                .withFamily("convolutional")
                .withPaper(2016, "He et al., \"Identity Mappings in Deep Residual Networks\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none()
                .with("width", 24, 16, 32)
                .with("depth", 2, 1, 3)
                .with("mirror", false, true);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        Block network = sequence(
                stem(task, width, SIDE),
                stage(2 * width, chosen.integer("depth")),
                stage(4 * width, chosen.integer("depth")),
                batchNorm(),
                relu(),
                globalAveragePool(),
                dense(task.classes()));
        return chosen.flag("mirror") ? mirrorMean(network) : network;
    }

    /** Returns blocks of which the first halves the image; a convolution brings its input to the same shape. */
    private static Block stage(int filters, int depth) {
        SequentialBlock stage = sequence(
                batchNorm(),
                relu(),
                sum(conv(filters, 1, 2), sequence(conv(filters, 3, 2), batchNorm(), relu(), conv(filters, 3))));
        for (int block = 1; block < depth; block++) {
            stage.add(residual(batchNorm(), relu(), conv(filters, 3), batchNorm(), relu(), conv(filters, 3)));
        }
        return stage;
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.004, 0.05))
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
