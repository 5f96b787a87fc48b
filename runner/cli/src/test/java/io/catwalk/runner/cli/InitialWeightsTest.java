package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.TuningSpec;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
        run("train small-conv --epochs 1", first).done();
    }

    private static Catwalk.Answer run(String command, Path out, Object... values) {
        String where = " --dataset %s --plugins-dir %s --out %s --threads 1 --in-process --no-latency";
        Object[] all = Stream.concat(Stream.of(values), Stream.of(images, folder.resolve("plugins"), out))
                .toArray();
        return Catwalk.ask(command + where, all);
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

        Catwalk.Answer answer = run("compare --config %s --epochs 1 --batch-size 50", run, config);

        // All parameters are taken, so all are frozen and there is nothing to train; the other classifier still trains.
        answer.exits(ExitCode.SOME_FAILED);
        assertThat(answer.out() + answer.err()).contains("expected a network with trainable parameters");
    }

    @Test
    void allParametersOfTheSameNetworkAreTakenAndTheRunSaysSo() throws IOException {
        Path run = folder.resolve("again");

        Catwalk.Answer answer = run("train small-conv --epochs 1 --seed 7 --init %s --init-rate 1e-9", run, first);

        assertThat(answer.done().err())
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
                .contains("weights " + digest.substring(0, 12) + " (learning rate × 0.000000001)");

        Path readBack = folder.resolve("read-back");
        run("train small-conv --config %s", readBack, run.resolve("experiment.yaml"))
                .done();
        assertThat(init(readBack)).isNotNull().isEqualTo(init(run));
    }

    private static @Nullable InitialWeights init(Path run) {
        return RunFolder.open(run).readExperiment().classifiers().get(0).init();
    }

    @Test
    void weightsThatHaveChangedAreNotTaken() throws IOException {
        Path file = folder.resolve("network-0000.params");
        Files.copy(new TrialFolder(first.resolve("trials/small-conv/1-0")).file(TrialFile.WEIGHTS), file);
        Path run = folder.resolve("changed");
        run("train small-conv --epochs 1 --init %s", run, file).done();
        for (String each :
                List.of("journal.jsonl", "trials/small-conv/1-0/trial.json", "trials/small-conv/1-0/training.json")) {
            Files.delete(run.resolve(each));
        }
        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);

        Catwalk.Answer answer =
                Catwalk.ask("resume %s --plugins-dir %s --in-process --no-latency", run, folder.resolve("plugins"));

        assertThat(answer.exitCode()).as("%s", answer).isNotEqualTo(ExitCode.DONE);
        assertThat((answer.out() + answer.err()).replaceAll("\\s+", " "))
                .contains("expected the initial weights " + file, "restore the old file, or start again");
    }

    /**
     * Of several filters and dense layers, only one choice fits the weights; the others would fail one after the other.
     */
    @Test
    void aSearchTriesOnlyWhatFitsTheWeights() throws IOException {
        Path run = folder.resolve("search");

        Catwalk.Answer answer = run("tune small-conv --epochs 1 --folds 2 --strategy grid --init %s", run, first);

        assertThat(answer.done().err()).contains("small-conv: only the learning rate is searched");
        TuningSpec search =
                Objects.requireNonNull(RunFolder.open(run).readExperiment().tuning());
        assertThat(search.choices())
                .hasSize(3)
                .allSatisfy(choice -> assertThat(choice).containsOnlyKeys("learning_rate"));
    }
}
