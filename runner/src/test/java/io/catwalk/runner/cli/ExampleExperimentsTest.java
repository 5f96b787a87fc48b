package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the experiment files of the documentation, on a few real images. */
@Tag("nightly")
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
    @CsvSource({"compare, variants", "crossval, crossval"})
    void anExampleRuns(String command, String example) throws IOException {
        run(command, example, "--in-process", "--no-latency");
    }

    /** The example has a timeout, which requires processes. */
    @Test
    void theExampleOfAllOptionsRuns() throws IOException {
        run("compare", "all-options");
    }

    private static void run(String command, String example, String... more) throws IOException {
        Path run = folder.resolve(example);

        List<String> arguments = new ArrayList<>(List.of(command, "--config"));
        arguments.add(Path.of("..", "docs", "experiments", example + ".yaml").toString());
        arguments.addAll(List.of("--plugins-dir", folder.resolve("plugins").toString()));
        arguments.addAll(
                List.of("--dataset", Path.of("..", "test-data", "fashion-mnist").toString()));
        arguments.addAll(List.of("--limit-train=200", "--limit-test=50", "--epochs=1", "--batch-size=25"));
        arguments.addAll(List.of("--threads=1", "--out", run.toString()));
        arguments.addAll(List.of(more));
        Catwalk.Answer answer = Catwalk.run(arguments.toArray(String[]::new));

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
