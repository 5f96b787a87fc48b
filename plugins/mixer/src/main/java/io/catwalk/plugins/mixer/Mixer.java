package io.catwalk.plugins.mixer;

import static io.catwalk.api.Layers.acrossTime;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.gelu;
import static io.catwalk.api.Layers.layerNorm;
import static io.catwalk.api.Layers.meanOverTime;
import static io.catwalk.api.Layers.patchCount;
import static io.catwalk.api.Layers.patches;
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
 * Mixes patches by dense layers that all features share, and features by dense layers that all patches share,
 * alternately (Tolstikhin et al., "MLP-Mixer: An all-MLP Architecture for Vision", 2021). Images of any size become a
 * grid of at most 7x7 patches.
 *
 * <table>
 *   <caption>Layers for 28x28 gray images, 10 classes and the default hyperparameters</caption>
 *   <tr><th>layer</th><th>output</th><th>parameters</th></tr>
 *   <tr><td>patches 4x4 as a sequence</td><td>49 x 128</td><td>2,176</td></tr>
 *   <tr><td>dense, GELU, dense over patches, then over features, each normalized and a residual</td><td>49 x 128</td><td>76,183</td></tr>
 *   <tr><td>3 times the same again</td><td>49 x 128</td><td>228,549</td></tr>
 *   <tr><td>normalization, mean over the sequence</td><td>128</td><td>256</td></tr>
 *   <tr><td>dense</td><td>10</td><td>1,290</td></tr>
 * </table>
 */
@Extension
@NullMarked
public final class Mixer implements Classifier {

    private static final int GRID = 7;
    private static final int EXPANSION = 2;

    @Override
    public String name() {
        return "mixer";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("dense").withPaper(2021, "Tolstikhin et al., \"MLP-Mixer\"");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("width", 128, 64).with("depth", 4, 2);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        int width = chosen.integer("width");
        int patches = patchCount(task, GRID);
        SequentialBlock network = sequence(patches(task, width, GRID), tokens());
        for (int layer = 0; layer < chosen.integer("depth"); layer++) {
            network.add(residual(layerNorm(), acrossTime(mixing(patches)))).add(residual(layerNorm(), mixing(width)));
        }
        return network.addAll(layerNorm(), meanOverTime(), dense(task.classes()));
    }

    private static Block mixing(int features) {
        return sequence(dense(EXPANSION * features), gelu(), dense(features));
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
