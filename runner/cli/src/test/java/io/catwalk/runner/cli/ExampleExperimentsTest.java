package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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

    /** The example of all options has a timeout, which requires processes. */
    @ParameterizedTest
    @CsvSource({
        "compare, variants, --in-process --no-latency",
        "crossval, crossval, --in-process --no-latency",
        "compare, all-options, --verbose"
    })
    void anExampleRuns(String command, String example, String more) throws IOException {
        Path run = folder.resolve(example);
        String options =
                "%s --config ../../docs/experiments/%s.yaml --plugins-dir %s --dataset ../../test-data/fashion-mnist"
                        + " --limit-train=200 --limit-test=50 --epochs=1 --batch-size=25 --threads=1 --out %s " + more;
        Catwalk.ask(options, command, example, folder.resolve("plugins"), run).done();

        assertThat(Catwalk.json(run.resolve("results.json")).path("trials").valueStream())
                .isNotEmpty()
                .allSatisfy(trial -> assertThat(trial.path("status").asString()).isEqualTo("done"));
        assertThat(run.resolve("report.html")).isNotEmptyFile();
        assertThat(run.resolve("slides.pptx")).isNotEmptyFile();
    }
}
