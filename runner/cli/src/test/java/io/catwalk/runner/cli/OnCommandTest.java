package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.TrialExecutorFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Trials run wherever a factory on the class path runs them; the others that read a run notice nothing. */
final class OnCommandTest {

    @TempDir
    private Path folder;

    @Test
    void aRunOfAnotherExecutorIsReadAndContinuedAsAnyOther() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("one").write(plugins.resolve("one.jar"));
        TestPlugin.sound("two").write(plugins.resolve("two.jar"));
        Path images = TinyImages.write(folder.resolve("tiny"));
        Path run = folder.resolve("run");
        String compare = "compare --dataset %s --out %s --plugins-dir %s --batch-size 16 --seeds 2 --no-latency"
                + " --on made-up:one=0.75,two/2-0=failed";

        Catwalk.ask(compare, images, run, plugins).exits(ExitCode.SOME_FAILED);

        JsonNode results = Catwalk.json(run.resolve("results.json"));
        assertThat(results.at("/trials").findValuesAsString("status"))
                .containsExactly("done", "done", "done", "failed");
        assertThat(results.at("/trials/0/metrics/test/accuracy").asDouble()).isEqualTo(0.75);
        Catwalk.ask("audit %s", run).done();
        String resume = "resume %s --on made-up:one=failed --no-latency --plugins-dir %s";
        assertThat(Catwalk.ask(resume, run, plugins).done().err())
                .contains("3 trials are done already")
                .doesNotContain("damaged");
    }

    @ParameterizedTest
    @CsvSource({
        "made-up:, MadeUpExecutor",
        "made-up:a=1, MadeUpExecutor",
        "spark://host:7077, SparkExecutor.Factory",
        "local[2], SparkExecutor.Factory",
        "'local-cluster[1,1,1024]', SparkExecutor.Factory",
        "local, LocalExecutor.Factory",
        "in-process, LocalExecutor.InProcessFactory",
        "orders:there, OrderFolderExecutor.Factory",
        "made-up, SparkExecutor.Factory",
        "'', SparkExecutor.Factory"
    })
    void theLongestSchemeThatFitsGetsTheText(String on, String factory) {
        assertThat(TrialExecutorFactory.of(on).getClass().getCanonicalName()).endsWith("." + factory);
    }
}
