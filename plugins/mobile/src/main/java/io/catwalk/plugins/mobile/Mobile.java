package io.catwalk.plugins.mobile;

import static io.catwalk.api.Layers.batchNorm;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.depthwise;
import static io.catwalk.api.Layers.globalAveragePool;
import static io.catwalk.api.Layers.hardSwish;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.residual;
import static io.catwalk.api.Layers.sequence;
import static io.catwalk.api.Layers.squeezeExcite;
import static io.catwalk.api.Layers.stem;

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
 * Widens, convolves each channel separately, scales the channels by factors from their means, and narrows again: the
 * inverted residuals of MobileNetV3 (Howard et al., "Searching for MobileNetV3", 2019; Sandler et al., "MobileNetV2",
 * 2018) for small images. The first convolution reduces images of any size to sides of at most 16 pixels, since the
 * layers that follow are wide.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>convolution 3x3 with stride 2, normalization, hard swish</td><td>24 x 14 x 14</td><td>288</td></tr>
 *   <tr><td>2 inverted residuals</td><td>48 x 14 x 14</td><td>53,352</td></tr>
 *   <tr><td>the same again with stride 2, twice as wide</td><td>96 x 7 x 7</td><td>203,472</td></tr>
 *   <tr><td>convolution 1x1, normalization, hard swish</td><td>192 x 7 x 7</td><td>19,008</td></tr>
 *   <tr><td>mean over the image</td><td>192</td><td></td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,930</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Mobile implements Classifier {

    private static final int SIDE = 16;
    private static final int EXPANSION = 4;
    private static final int KERNEL = 3;

    @Override
    public String name() {
        return "mobile";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional").withPaper(2019, "Howard et al., \"Searching for MobileNetV3\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 24, 16).with("depth", 2, 1, 3);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        int depth = chosen.integer("depth");
        return sequence(
                stem(task, width, SIDE),
                batchNorm(),
                hardSwish(),
                stage(width, 2 * width, 1, depth),
                stage(2 * width, 4 * width, 2, depth),
                conv(8 * width, 1),
                batchNorm(),
                hardSwish(),
                globalAveragePool(),
                dense(task.classes()));
    }

    /** Returns blocks of which the first changes the shape, and therefore does not add its input. */
    private static Block stage(int channels, int filters, int stride, int depth) {
        SequentialBlock stage = sequence(inverted(channels, filters, stride));
        for (int block = 1; block < depth; block++) {
            stage.add(residual(inverted(filters, filters, 1)));
        }
        return stage;
    }

    private static Block inverted(int channels, int filters, int stride) {
        int wide = EXPANSION * channels;
        return sequence(
                conv(wide, 1),
                batchNorm(),
                relu(),
                depthwise(wide, KERNEL, stride),
                batchNorm(),
                relu(),
                squeezeExcite(wide, channels),
                conv(filters, 1),
                batchNorm());
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.004, 0.05))
                .withEpochs(40)
                .withBatchSize(128)
                .withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.08), Augmentation.erase(0.5, 0.25))
                .withLabelSmoothing(0.05)
                .withAveraging(0.998)
                .withClipNorm(1)
                .fittedTo(task);
    }
}
