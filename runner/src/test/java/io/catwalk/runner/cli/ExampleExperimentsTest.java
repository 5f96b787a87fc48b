package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the files that the documentation shows, on a few real images. */
final class ExampleExperimentsTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makePlugins() throws IOException {
        Files.createDirectory(folder.resolve("plugins"));
        for (String name : List.of("conv-maxpool", "small-conv", "stride-conv", "drop-norm-l2", "rnn", "lstm", "gru")) {
            TestPlugin.ours(name).write(folder.resolve("plugins/" + name + ".jar"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "compare, variants, --in-process",
        "crossval, crossval, --in-process",
        "compare, all-options, --seed=1" // it has a timeout, which takes processes
    })
    void anExampleRuns(String command, String example, String more) throws IOException {
        Path run = folder.resolve(example);

        Catwalk.Answer answer = Catwalk.run(
                command,
                "--config",
                Path.of("..", "docs", "experiments", example + ".yaml").toString(),
                "--plugins-dir",
                folder.resolve("plugins").toString(),
                "--dataset",
                Path.of("..", "test-data", "fashion-mnist").toString(),
                "--limit-train=200",
                "--limit-test=50",
                "--epochs=1",
                "--batch-size=25",
                "--threads=1",
                more,
                "--out",
                run.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(Json.JSON
                        .readTree(Files.readString(run.resolve("results.json")))
                        .path("trials")
                        .valueStream())
                .isNotEmpty()
                .allSatisfy(trial -> assertThat(trial.path("status").asString()).isEqualTo("done"));
        assertThat(run.resolve("report.html")).isNotEmptyFile();
        assertThat(run.resolve("slides.pptx")).isNotEmptyFile();
    }
}
