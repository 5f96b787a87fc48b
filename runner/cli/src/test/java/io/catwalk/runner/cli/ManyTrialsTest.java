package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentListener;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.MadeUpExecutor;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialExecutor;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs an experiment with many simulated trials, to measure only what the program does around them.
 * {@code -Dcatwalk.many=100} makes 10,000 of them: 100 contestants, 10 seeds, 10 folds.
 */
class ManyTrialsTest {

    private static final int CONTESTANTS = Integer.getInteger("catwalk.many", 3);
    private static final int SEEDS = CONTESTANTS < 100 ? 2 : 10;
    private static final int FOLDS = CONTESTANTS < 100 ? 5 : 10;
    private static final int TRAIN = 1_000;

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void aRunOfManyTrialsStaysCheap() throws Exception {
        Path images = TinyImages.write(folder.resolve("images"), TRAIN);
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("made-up").write(plugins.resolve("made-up.jar"));
        RunFolder run = new RunFolder(Files.createDirectory(folder.resolve("run")));
        DatasetSpec dataset = new DatasetSpec(images.toString(), null, null, null, null, 0, 0, null, null);
        Recipe recipe = Recipe.standard().withBatchSize(16);
        List<ClassifierConfig> contestants = IntStream.range(0, CONTESTANTS)
                .mapToObj(i -> new ClassifierConfig("made-up", "v" + i, Map.of(), recipe, null, null, null, null, null))
                .toList();
        List<Long> seeds = LongStream.rangeClosed(1, SEEDS).boxed().toList();
        SplitSpec split = new SplitSpec(FOLDS, 1, 0.1, 0, null);
        int schema = ExperimentSpec.SCHEMA;
        ExperimentSpec spec = new ExperimentSpec(
                schema, dataset, split, contestants, seeds, 1, 1, ComputeDevice.CPU, null, 0.5, null, null, "crossval");
        run.writeExperiment(spec);
        Map<String, Object> figures = new LinkedHashMap<>();
        int trials = CONTESTANTS * SEEDS * FOLDS;
        PluginCatalog catalog = PluginCatalog.open(plugins);
        DataHome home = DataHome.of(folder);
        Experiment experiment = new Experiment(spec, dataset.load(home), catalog, home, plugins, Clock.systemUTC());
        Paces made = new Paces();
        Paces again;
        long written = written();
        try (TrialExecutor executor = new LocalExecutor(new MadeUpExecutor.Invention(Map.of()), 1)) {
            experiment.run(run, executor, null, RunPolicy.STANDARD, made.listener());
            figures.put("written_bytes", written() - written);
            again = new Paces();
            experiment.run(run, executor, null, RunPolicy.STANDARD, again.listener());
        }
        figures.put("seconds_to_decide_what_is_left", again.decided / 1e9);

        figures.put("trials", trials);
        figures.put("milliseconds_a_trial", made.pace(0, trials));
        figures.put("milliseconds_of_the_first_100", made.pace(0, Math.min(trials, 100)));
        figures.put("milliseconds_of_the_last_100", made.pace(Math.max(0, trials - 100), trials));
        assertThat(made.ended).hasSize(1 + trials);
        assertThat(again.ended).hasSize(1);
        assertThat(again.kept).isEqualTo(trials);

        long start = System.nanoTime();
        ProcessBuilder reporting = Catwalk.process(folder, "report", "run");
        reporting.environment().put("JAVA_TOOL_OPTIONS", "-Xmx2g");
        Catwalk.finish(reporting).done();
        figures.put("seconds_of_report", (System.nanoTime() - start) / 1e9);
        long page = Files.size(run.path().resolve("report.html"));
        figures.put("bytes_of_page", page);
        figures.put("bytes_of_results", Files.size(run.path().resolve("results.json")));
        figures.put("bytes_of_journal", Files.size(run.path().resolve("journal.jsonl")));
        String out = System.getProperty("catwalk.many.out");
        if (out != null) {
            Files.writeString(Path.of(out), Json.JSON.writeValueAsString(figures) + "\n");
        }

        assertThat(page).as("bytes of the page").isLessThan(15_000_000);
        assertThat(number(figures, "seconds_to_decide_what_is_left")).isLessThan(10);
        if (CONTESTANTS >= 100) { // a few dozen take milliseconds in all, which any other process could double
            assertThat(number(figures, "milliseconds_of_the_last_100"))
                    .isLessThan(1.5 * number(figures, "milliseconds_of_the_first_100"));
        }
        assertThat(number(figures, "seconds_of_report")).isLessThan(60);
        assertThat((long) figures.get("written_bytes")).isLessThan(3_000_000_000L);
    }

    private static double number(Map<String, Object> figures, String name) {
        return ((Number) Objects.requireNonNull(figures.get(name))).doubleValue();
    }

    /** Returns how many bytes this process has written so far; 0 if the system does not report it. */
    private static long written() throws IOException {
        Path io = Path.of("/proc/self/io");
        String counted = Files.isReadable(io) ? Files.readString(io) : "wchar: 0";
        return Long.parseLong(counted.replaceAll("(?s).*wchar: (\\d+).*", "$1"));
    }

    private static final class Paces {

        private final long start = System.nanoTime();
        private final List<Long> ended = new ArrayList<>(List.of(start));
        private long decided;
        private int kept;

        double pace(int from, int to) {
            return (ended.get(to) - ended.get(from)) / 1e6 / (to - from);
        }

        ExperimentListener listener() {
            return (ExperimentListener) Proxy.newProxyInstance(
                    Paces.class.getClassLoader(), new Class<?>[] {ExperimentListener.class}, (self, told, values) -> {
                        if (told.getName().equals("finished")) {
                            ended.add(System.nanoTime());
                        } else if (told.getName().equals("kept")) {
                            kept = ((Collection<?>) values[0]).size();
                            decided = System.nanoTime() - start;
                        }
                        return null;
                    });
        }
    }
}
