package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class RecipeWordsTest {

    @Test
    void aRecipeThatDoesEverythingIsToldInFull() {
        Augmentation[] changes = {Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2)
        };
        Recipe recipe = Recipe.standard()
                .withOptimizer(Optimizer.sgd(0.00005, 0.9, 0.5))
                .withSchedule(Schedule.cosine());
        recipe = recipe.withBatchSize(32).withAugmentations(changes).withLabelSmoothing(0.1);
        recipe = recipe.withAveraging(0.998).withClipNorm(1).withPatience(3);
        assertThat(RecipeWords.settings(recipe))
                .hasSize(14)
                .containsEntry("Batch size", "32")
                .containsEntry("Peak learning rate", "0.00005")
                .containsEntry("Weight decay", "0.5")
                .containsEntry("Label smoothing", "0.1");
        assertThat(String.join("; ", RecipeWords.of(recipe)))
                .contains(
                        "SGD", "momentum 0.9", "cosine", "flip", "4 %", "25 %", "20 %", "0.998", "norm 1", "3 epochs");
    }

    @Test
    void whatARecipeLeavesOutIsNotNamed() {
        assertThat(RecipeWords.settings(Recipe.standard()).values())
                .containsExactly("10", "128", "AdamW", "0.002", "0.01", "one-cycle, warm-up 20 %", "cross-entropy");
        assertThat(RecipeWords.of(Recipe.standard().withPatience(1)).toString()).contains("1 epoch]");
    }
}
