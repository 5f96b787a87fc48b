package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.TuningSpec;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains a network, and then others from its weights, as a user would. */
final class InitialWeightsTest {

    @TempDir
    private static Path folder;

    private static String images = "";
    private static Path first = Path.of("");

    @BeforeAll
    static void trainOne() throws IOException {
        images = TinyImages.write(folder.resolve("tiny")).toString();
        TestPlugin.ours("small-conv")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("small-conv.jar"));
        first = folder.resolve("first");
        assertThat(run("train", first, "small-conv", "--epochs", "1").exitCode())
                .isEqualTo(ExitCode.DONE);
    }

    private static Catwalk.Answer run(String command, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--dataset", images));
        arguments.addAll(List.of("--plugins-dir", folder.resolve("plugins").toString(), "--out", out.toString()));
        arguments.addAll(List.of("--threads", "1", "--in-process", "--no-latency"));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private static TrialOutcome.Done done(Path run, String trial) throws IOException {
        return (TrialOutcome.Done) new TrialFolder(run.resolve("trials/" + trial)).readOutcome();
    }

    @Test
    void aNetworkThatIsFrozenAsAWholeFailsAloneAndInWords() throws IOException {
        Path run = folder.resolve("tuned");
        Path config = Files.writeString(folder.resolve("tuned.yaml"), """
                classifiers:
                - name: small-conv
                  variant: tuned
                  init: {file: %s, rate: 0.0}
                  recipe:
                    groups: [{names: "*Linear*", rate: 1}]
                - name: small-conv
                """.formatted(first));

        Catwalk.Answer answer =
                run("compare", run, "--config", config.toString(), "--epochs", "1", "--batch-size", "50");

        // All parameters are taken, so all are frozen and there is nothing to train; the other classifier still trains.
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out() + answer.err()).contains("expected a network with trainable parameters");
    }

    @Test
    void allParametersOfTheSameNetworkAreTakenAndTheRunSaysSo() throws IOException {
        Path run = folder.resolve("again");

        Catwalk.Answer answer = run(
                "train",
                run,
                "small-conv",
                "--epochs",
                "1",
                "--seed",
                "7",
                "--init",
                first.toString(),
                "--init-rate",
                "1e-9");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .containsPattern("small-conv: (\\d+) of \\1 parameters start from the weights [0-9a-f]{12}");
        TrialOutcome.Done then = done(first, "small-conv/1-0");
        TrialOutcome.Done now = done(run, "small-conv/7-0");
        // With such a small rate the weights move too little to change a prediction; from random weights, another seed
        // would give different predictions.
        assertThat(now.metrics().test().logLoss())
                .isCloseTo(then.metrics().test().logLoss(), within(1e-6));
        assertThat(now.metrics().test().accuracy())
                .isEqualTo(then.metrics().test().accuracy());
        String digest = Objects.requireNonNull(now.trial().init()).sha256();
        assertThat(digest).isEqualTo(then.files().get(0).sha256());
        assertThat(Objects.requireNonNull(now.provenance().transfer()).sha256()).isEqualTo(digest);
        assertThat(Files.readString(run.resolve("trials/small-conv/7-0/card.md")))
                .contains("- Starts from the weights with sha256 "
                        + digest.substring(0, 12)
                        + ", which learn at 0.000000001 times the rate.");
    }

    @Test
    void weightsThatHaveChangedAreNotTaken() throws IOException {
        Path file = folder.resolve("network-0000.params");
        Path weights = new TrialFolder(first.resolve("trials/small-conv/1-0")).weights();
        Files.copy(weights, file);
        Path run = folder.resolve("changed");
        Catwalk.Answer before = run("train", run, "small-conv", "--epochs", "1", "--init", file.toString());
        assertThat(before.exitCode()).as("%s", before).isEqualTo(ExitCode.DONE);
        Files.delete(run.resolve("journal.jsonl"));
        Files.delete(run.resolve("trials/small-conv/1-0/trial.json"));
        Files.delete(run.resolve("trials/small-conv/1-0/training.json"));
        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);

        Catwalk.Answer answer = Catwalk.run(
                "resume",
                run.toString(),
                "--plugins-dir",
                folder.resolve("plugins").toString(),
                "--in-process",
                "--no-latency");

        assertThat(answer.exitCode()).as("%s", answer).isNotEqualTo(ExitCode.DONE);
        assertThat((answer.out() + answer.err()).replaceAll("\\s+", " "))
                .contains("expected the initial weights " + file)
                .contains("restore the old ones, or start again");
    }

    @Test
    void whatCannotBeTakenIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path out = folder.resolve("refused");
        Path text = Files.writeString(folder.resolve("weights.txt"), "1 2 3");
        String missing = folder.resolve("missing.onnx").toString();

        assertThat(run("train", out, "small-conv", "--init", missing).err())
                .contains("expected a weight file or a folder with a trained network at " + missing);
        assertThat(run("train", out, "small-conv", "--init", text.toString()).err())
                .contains("expected .params, .safetensors or .onnx, or a folder with a trained network, but found");
        assertThat(run("train", out, "small-conv", "--init", folder.toString()).err())
                .contains("expected a run folder with an experiment.yaml");
        assertThat(run("train", out, "small-conv", "--init-rate", "0.5").err())
                .contains("--init-rate needs --init: add it");
        assertThat(run("train", out, "small-conv", "--init", first.toString(), "--init-rate", "-1")
                        .err())
                .contains("rate must be between 0 and 1000, but is -1.0");
        assertThat(out).doesNotExist();
    }

    /**
     * Of several filters and dense layers, only one choice fits the weights; the others would fail one after the other.
     */
    @Test
    void aSearchTriesOnlyWhatFitsTheWeights() throws IOException {
        Path run = folder.resolve("search");

        Catwalk.Answer answer = run(
                "tune",
                run,
                "small-conv",
                "--epochs",
                "1",
                "--folds",
                "2",
                "--strategy",
                "grid",
                "--init",
                first.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).contains("small-conv: only the learning rate is searched");
        TuningSpec search =
                Objects.requireNonNull(RunFolder.open(run).readExperiment().tuning());
        assertThat(search.choices())
                .hasSize(3)
                .allSatisfy(choice -> assertThat(choice).containsOnlyKeys("learning_rate"));
    }

    @Test
    void aRunThatIsReadBackStartsFromTheSameWeights() {
        Path run = folder.resolve("read-back");
        assertThat(run("train", run, "small-conv", "--epochs", "1", "--init", first.toString())
                        .exitCode())
                .isEqualTo(ExitCode.DONE);

        Path again = folder.resolve("read-back-again");
        Catwalk.Answer answer = run(
                "train",
                again,
                "small-conv",
                "--config",
                run.resolve("experiment.yaml").toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(RunFolder.open(again).readExperiment().classifiers().get(0).init())
                .isEqualTo(RunFolder.open(run)
                        .readExperiment()
                        .classifiers()
                        .get(0)
                        .init())
                .isNotNull();
    }
}
