package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a card says of the training; {@link ZooTest} holds whole cards against their files. */
@Tag("tiny")
class ModelCardTest {

    @Test
    void aRecipeThatDoesEverythingIsToldInFull() {
        Recipe recipe = Recipe.standard()
                .withOptimizer(new Optimizer.Sgd(0.00005, 0.9, 0.5))
                .withSchedule(new Schedule.Cosine())
                .withBatchSize(32)
                .withAugmentations(
                        new Augmentation.HorizontalFlip(),
                        new Augmentation.Shift(0.04),
                        new Augmentation.Erase(0.25, 0.2))
                .withLabelSmoothing(0.1)
                .withAveraging(0.998)
                .withClipNorm(1)
                .withPatience(3);

        assertThat(RecipeWords.of(recipe))
                .containsExactly(
                        "SGD with Nesterov momentum 0.9, peak learning rate 0.00005, decoupled weight decay 0.5, "
                                + "falling along half a cosine to 0",
                        "Batches of 32 images, cross entropy with label smoothing 0.1",
                        "Half of the images are mirrored left to right",
                        "Images are moved by up to 4 % of their sides",
                        "A rectangle of up to 20 % is erased from 25 % of the images",
                        "The weights are a moving average over the steps, with decay 0.998",
                        "Gradients are cut to norm 1",
                        "Training stops after 3 epochs without a better one");
    }

    @Test
    void whatARecipeLeavesOutIsNotNamed() {
        assertThat(RecipeWords.of(Recipe.standard()))
                .containsExactly(
                        "AdamW, peak learning rate 0.002, decoupled weight decay 0.01, "
                                + "one cycle: rising for 20 % of the steps, then falling to 0",
                        "Batches of 128 images, cross entropy");
    }

    @Test
    void aCardLiesBesideItsFile() {
        assertThat(ModelCard.beside(Path.of("a.onnx", "lstm@wide.onnx"))).isEqualTo(Path.of("a.onnx", "lstm@wide.md"));
    }
}
