package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Outcomes;
import io.catwalk.runner.experiment.RecordedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportModelTest {

    @TempDir
    private Path folder;

    private ReportModel report(String pytorch) throws IOException {
        ReportModel made =
                new SampleRun(List.of("gru", "lstm"), List.of("a", "b"), 0, 50, 1).report(List.of(), null, null);
        ExperimentSpec spec = made.spec();
        Outcomes outcomes = new Outcomes();
        spec.trials(outcomes).forEach(trial -> outcomes.put(MadeUp.done(trial, 0.9)));
        TrialSpec second = spec.trials(outcomes).get(1);
        String lstm = Json.LINE.writeValueAsString(outcomes.of(second)).replace("\"2.7.1\"", "\"" + pytorch + "\"");
        outcomes.put(Json.LINE.readValue(lstm, TrialOutcome.class));
        var dataset = made.results().dataset();
        RecordedRun run = new RecordedRun(new RunFolder(folder), spec, "2026-11-24T15:15:49Z", 60, dataset, outcomes);
        return ReportModel.of(
                run.folder(), spec, run.results(), () -> spec.dataset().load(DataHome.of(folder)));
    }

    @Test
    void aMixOfVersionsIsSaid() throws IOException {
        assertThat(report("2.6.0").missing().toString())
                .contains("different software", "1 × Catwalk 0.1.0 with", "PyTorch 2.7.1; 1 ×", "PyTorch 2.6.0");
        assertThat(report("2.7.1").missing()).noneMatch(sentence -> sentence.contains("different"));
    }
}
