package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The effect of a recipe for other images on a few small ones: 108 training images of 8x8 pixels. */
final class RecipeOptionsTest {

    @TempDir
    private static Path folder;

    private static String images = "";

    @BeforeAll
    static void write() throws IOException {
        images = TinyImages.write(folder.resolve("tiny")).toString();
        TestPlugin.ours("small-conv")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("small-conv.jar"));
    }

    private static Catwalk.Answer train(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", "small-conv", "--dataset", images));
        arguments.addAll(List.of("--plugins-dir", folder.resolve("plugins").toString(), "--out", out.toString()));
        arguments.addAll(List.of("--threads", "1", "--in-process", "--no-latency"));
        if (!List.of(more).contains("--epochs")) {
            arguments.addAll(List.of("--epochs", "1"));
        }
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private static Recipe recipe(Path run) {
        return RunFolder.open(run).readExperiment().classifiers().get(0).recipe();
    }

    @Test
    void imagesOfWhichNothingIsKnownAreNotMirroredAndBatchesFitThem() {
        Path run = folder.resolve("unknown");

        Catwalk.Answer answer = train(run);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .contains("no image is mirrored, because that may change its class: add --augment all")
                .contains(
                        "small-conv: batches of 36 images instead of 128, so that 108 training images make 3 steps in each"
                                + " epoch")
                .contains("Fewer than 200 optimizer steps: small-conv 3.");
        assertThat(recipe(run).augmentations()).containsExactly(Augmentation.shift(0.04));
        assertThat(recipe(run).batchSize()).isEqualTo(36);
    }

    @Test
    void whatSomebodySaysIsDone() {
        Path all = folder.resolve("all");
        Path none = folder.resolve("none");

        Catwalk.Answer answer = train(all, "--augment", "horizontal-flip,shift,rotate=10", "--batch-size", "50");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).doesNotContain("mirrored").doesNotContain("batches of");
        assertThat(recipe(all).augmentations())
                .containsExactly(Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.rotate(10));
        assertThat(all.resolve("trials/small-conv/1-0/trial.json"))
                .content()
                .containsIgnoringWhitespaces("{\"type\":\"rotate\",\"degrees\":10.0}");
        assertThat(recipe(all).batchSize()).isEqualTo(50);
        assertThat(train(none, "--augment", "none").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(recipe(none).augmentations()).isEmpty();
    }

    @Test
    void whatDoesNotExistIsRefused() {
        Catwalk.Answer answer = train(folder.resolve("wrong"), "--augment", "shift,rotat");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .contains("--augment must be all, none, or some of horizontal-flip,shift,")
                .contains("but has 'rotat'; did you mean 'rotate'?");
        assertThat(folder.resolve("wrong")).doesNotExist();
    }

    @Test
    void classesAreBalancedAndTheEpochIsChosenAsAsked() throws IOException {
        Path run = folder.resolve("balanced");

        Catwalk.Answer answer =
                train(run, "--augment", "none", "--balance", "class-weights", "--select-by", "loss", "--epochs", "2");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(recipe(run).balance()).isEqualTo(Balance.CLASS_WEIGHTS);
        assertThat(recipe(run).selectBy()).isEqualTo(Criterion.LOSS);
        assertThat(answer.out().replaceAll("\\s+", " ")).contains("was selected by loss on the validation images");
        List<String> history = Files.readAllLines(run.resolve("trials/small-conv/1-0/history.csv"));
        assertThat(history.get(0))
                .startsWith("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,score,");
        for (String line : history.subList(1, history.size())) {
            List<String> cells = List.of(line.split(",", -1));
            assertThat(Double.parseDouble(cells.get(5))).isEqualTo(-Double.parseDouble(cells.get(3)));
        }
        assertThat(train(folder.resolve("odd"), "--balance", "weights").err())
                .contains("--balance must be one of none, class-weights, sampling, but is 'weights'");
        assertThat(train(folder.resolve("odd"), "--select-by", "f1").err())
                .contains("--select-by must be one of accuracy, balanced-accuracy, macro-f1, loss, but is 'f1'");
    }

    @Test
    void aFirstLookIsFourEpochsInBatchesOf32() {
        Recipe recipe = Recipe.standard().withEpochs(30).withBatchSize(128);

        assertThat(new RecipeOptions().adjusted(recipe, true))
                .isEqualTo(recipe.withEpochs(4).withBatchSize(32));
        assertThat(new RecipeOptions().adjusted(recipe, false)).isEqualTo(recipe);
    }

    @Test
    void aBatchThatSomebodyChoseMustFit() {
        Catwalk.Answer answer = train(folder.resolve("large"), "--batch-size", "109");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("batch size must be at most the number of training images, 108, but is 109");
    }
}
