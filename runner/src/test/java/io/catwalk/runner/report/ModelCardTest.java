package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.ExportOptions;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.ParityResult;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a card says of the training; {@link ZooTest} holds whole cards against their files. */
@Tag("tiny")
class ModelCardTest {

    @Test
    void aRecipeThatDoesEverythingIsToldInFull() {
        Recipe recipe = Recipe.standard()
                .withOptimizer(Optimizer.sgd(0.00005, 0.9, 0.5))
                .withSchedule(Schedule.cosine())
                .withBatchSize(32)
                .withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2))
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

    /** Of 100 classes with an image each, the first 40 are taken for the class after them. */
    @Test
    void ofManyClassesACardNamesSomeAndShowsTheWorstAndTheBest() {
        int classes = 100;
        List<String> names =
                IntStream.range(0, classes).mapToObj(c -> "kind" + c).toList();
        int[] labels = IntStream.range(0, classes).toArray();
        float[] logits = new float[classes * classes];
        for (int i = 0; i < classes; i++) {
            logits[i * classes + (i < 40 ? i + 1 : i)] = 1;
        }
        ImageSource images = HeapImages.of(1, 1, 1, new byte[classes], labels);
        ModelCard card = new ModelCard(
                "net",
                MadeUp.done(MadeUp.trial("net"), 0.6),
                new ImageDataset("kinds", "0".repeat(64), names, images, images),
                Evaluation.of(new Predictions(classes, labels, logits), names),
                new ParityResult(true, classes, 0, 1e-6, 1e-7, 1e-6, 1e-4, 14, "1 thread", null, null, null, null),
                ExportOptions.standard(),
                OnnxMetadata.empty(),
                1);

        assertThat(card.markdown().lines())
                .contains(
                        "- Classes in the order of the logits: kind0, kind1, kind2, kind3, kind4 and 95 more.",
                        "| kind0 | 0.00 % | 0.00 % | 0.00 % | 1 |",
                        "| kind99 | 100.00 % | 100.00 % | 100.00 % | 1 |",
                        "The 20 classes with the lowest recall, and the 5 with the highest; 75 are left out.")
                .filteredOn(line -> line.startsWith("| kind"))
                .hasSize(25);
    }

    @Test
    void aCardLiesBesideItsFile() {
        assertThat(ModelCard.beside(Path.of("a.onnx", "lstm@wide.onnx"))).isEqualTo(Path.of("a.onnx", "lstm@wide.md"));
    }
}
