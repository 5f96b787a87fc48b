package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

final class ExperimentOptionsTest {

    private static final String TRAIN = "train small-conv --dataset %s/tiny --plugins-dir %s/plugins --out %s"
            + " --threads 1 --no-latency --epochs ";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        TinyImages.write(folder.resolve("tiny"));
        TestPlugin.ours("small-conv")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("small-conv.jar"));
    }

    private static Recipe recipe(Path run) {
        return RunFolder.open(run).readExperiment().classifiers().get(0).recipe();
    }

    @Test
    void imagesOfWhichNothingIsKnownAreNotMirroredAndTheRecipeFitsThem() {
        Path run = folder.resolve("unknown");

        Catwalk.Answer answer =
                Catwalk.ask(TRAIN + "1 --on made-up:", folder, folder, run).done();
        assertThat(answer.err()).contains("flipped", "--augment all");
        assertThat(answer.out()).contains("200 optimizer steps: small-conv 4.");

        assertThat(recipe(run).augmentations()).containsExactly(Augmentation.shift(0.04));
        assertThat(recipe(run).batchSize()).isEqualTo(32);
    }

    @Test
    void batchesOfAPluginThatDoesNotFitThemToTheImagesAreMadeSmaller() {
        TestPlugin.sound("plain").write(folder.resolve("plugins/plain.jar"));
        Path run = folder.resolve("plain");

        Catwalk.Answer answer = Catwalk.ask(
                        TRAIN.replace("small-conv", "plain") + "1 --on made-up:", folder, folder, run)
                .done();

        assertThat(answer.err())
                .contains("plain: batches of 36 images instead of 128", "108 training images", "3 steps");
        assertThat(recipe(run).batchSize()).isEqualTo(36);
    }

    @Test
    void whatSomebodySaysIsDone() throws IOException {
        Path all = folder.resolve("all");
        Path none = folder.resolve("none");
        String some = "1 --augment horizontal-flip,shift,rotate=10 --batch-size 50 --on made-up:";
        String other = "2 --augment none --balance class-weights --select-by loss --in-process";
        Catwalk.Answer answer = Catwalk.ask(TRAIN + some, folder, folder, all).done();
        Catwalk.Answer balanced =
                Catwalk.ask(TRAIN + other, folder, folder, none).done();

        assertThat(answer.err()).doesNotContain("flipped").doesNotContain("batches of");
        assertThat(recipe(all).augmentations())
                .containsExactly(Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.rotate(10));
        JsonNode rotated =
                Catwalk.json(all.resolve("trials/small-conv/1-0/trial.json")).findValue("degrees");
        assertThat(rotated.asDouble()).isEqualTo(10);
        assertThat(recipe(all).batchSize()).isEqualTo(50);
        assertThat(recipe(none).augmentations()).isEmpty();
        assertThat(recipe(none).balance()).isEqualTo(Balance.CLASS_WEIGHTS);
        assertThat(recipe(none).selectBy()).isEqualTo(Criterion.LOSS);
        assertThat(balanced.joined()).contains("was selected by loss on the validation images");
        List<String> history = Files.readAllLines(none.resolve("trials/small-conv/1-0/history.csv"));
        assertThat(history)
                .hasSize(3)
                .first(STRING)
                .startsWith("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,score,");
        assertThat(history.subList(1, 3))
                .map(line -> line.split(",", -1))
                .allSatisfy(cells -> assertThat(Double.parseDouble(cells[5])).isEqualTo(-Double.parseDouble(cells[3])));
    }

    @Test
    void withoutExportANetworkIsTrainedAndEvaluatedOnly() {
        Path run = folder.resolve("scores");

        String out = Catwalk.ask(TRAIN + "1 --no-export --in-process", folder, folder, run)
                .done()
                .out();

        assertThat(out).contains("small-conv");
        assertThat(run.resolve("trials/small-conv/1-0"))
                .isDirectoryContaining("glob:**predictions*")
                .isDirectoryNotContaining("glob:**.onnx");
        assertThat(RunFolder.open(run).readExperiment().export()).isFalse();
    }

    @Command
    private static final class Parsed {

        @Mixin
        private ExperimentOptions options;

        static ExperimentTree tree(String... words) {
            Parsed parsed = new Parsed();
            new CommandLine(parsed).parseArgs(words);
            return parsed.options.tree(List.of());
        }
    }

    @Test
    void aFirstLookIsFourEpochsInBatchesOf32OfAPartOfTheImagesUnlessOptionsSayOtherwise() {
        assertThat(Parsed.tree("--quick").get("recipe")).hasToString("{\"epochs\":4,\"batch_size\":32}");
        assertThat(Parsed.tree("--quick").read().dataSets())
                .containsExactly(new DatasetSpec("fashion-mnist", null, null, null, null, 6000, 2000, null, null));

        ExperimentTree changed = Parsed.tree(
                "--limit-test", "7", "--epochs", "9", "--balance", "sampling", "--quick", "--init", "w.params");
        assertThat(changed.get("recipe")).hasToString("{\"epochs\":9,\"batch_size\":32,\"balance\":\"sampling\"}");
        assertThat(changed.get("init")).hasToString("{\"file\":\"w.params\"}");
        assertThat(changed.read().dataSets())
                .containsExactly(new DatasetSpec("fashion-mnist", null, null, null, null, 6000, 7, null, null));
        assertThat(Parsed.tree("--jobs", "3").has("recipe")).isFalse();
    }
}
