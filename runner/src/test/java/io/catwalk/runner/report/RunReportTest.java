package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.experiment.Contestant;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Outcomes;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {

    @TempDir
    private Path folder;

    /** Reports on two trials, the second of which ran on the given version of PyTorch. */
    private RunReport report(String pytorch) throws IOException {
        ExperimentSpec spec = new ExperimentSpec(
                ExperimentSpec.SCHEMA,
                new DatasetSpec(folder.resolve("images").toString(), null, 0, 0),
                SplitSpec.holdOut(0.1, 0),
                Stream.of("gru", "lstm")
                        .map(name -> new Contestant(name, "default", Map.of(), Recipe.standard()))
                        .toList(),
                List.of(1L),
                1,
                1,
                ComputeDevice.CPU,
                null,
                1,
                null,
                "compare");
        Outcomes outcomes = new Outcomes();
        spec.trials(outcomes).forEach(trial -> outcomes.put(MadeUp.done(trial, 0.9)));
        String lstm =
                Json.LINE.writeValueAsString(outcomes.of(spec.trials(outcomes).get(1)));
        outcomes.put(Json.LINE.readValue(
                lstm.replace("\"pytorch\":\"2.7.1\"", "\"pytorch\":\"" + pytorch + "\""), TrialOutcome.class));
        RecordedRun run = new RecordedRun(
                new RunFolder(folder),
                spec,
                "2026-11-24T15:15:49Z",
                60,
                new Results.Dataset("shapes", "0".repeat(64), List.of("a", "b"), 1, 8, 8, 90, 10, 50, 25, 25),
                outcomes);
        return RunReport.of(run, run.results(), DataHome.of(folder));
    }

    @Test
    void aMixOfVersionsIsSaid() throws IOException {
        assertThat(report("2.6.0").missing())
                .contains("The trials were made by different software, which may be part of any difference between"
                        + " them: 1 × Catwalk 0.1.0 with DJL 0.36.0 and PyTorch 2.7.1; 1 × Catwalk 0.1.0 with DJL"
                        + " 0.36.0 and PyTorch 2.6.0.");
        assertThat(report("2.7.1").missing()).noneMatch(sentence -> sentence.contains("different"));
    }
}
