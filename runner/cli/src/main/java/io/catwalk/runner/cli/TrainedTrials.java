package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Trials that a command changes, in their run; it is null if they are in none any more, or nothing is changed. */
record TrainedTrials(@Nullable RunFolder run) {

    /** The folder of a trial is {@code trials/LABEL/SEED-FOLD} in the run folder. */
    private static final int TRIAL_DEPTH = 3;

    /** Finds the only trained trial of a folder, which must have been exported. */
    static TrialFolder exported(Path folder) throws IOException {
        List<TrialFolder> found = RunFolder.networks(folder);
        TrialFolder trial = found.size() == 1 ? found.get(0) : RunFolder.onlyTrained(folder);
        if (!Files.exists(trial.onnx())) {
            throw new RequestException(
                    "expected " + trial.onnx() + ", found none: write it with catwalk export " + trial.path());
        }
        return trial;
    }

    /** Finds the run that a folder belongs to. */
    static TrainedTrials of(Path folder) {
        Path run = folder.toAbsolutePath().normalize();
        for (int depth = 0; run != null && depth <= TRIAL_DEPTH; depth++) {
            if (RunFolder.isOne(run)) {
                return new TrainedTrials(RunFolder.open(run));
            }
            run = run.getParent();
        }
        return new TrainedTrials(null);
    }

    @Nullable
    RunLock lock(Console console) {
        return run == null ? null : run.lockPatiently(console::note);
    }

    /** Refuses trials that {@link #record} could not record, before they are changed. */
    void requireRecordable(List<TrialFolder> trials) throws IOException {
        if (run != null) {
            List<TrialOutcome> outcomes = new ArrayList<>();
            for (TrialFolder trial : trials) {
                outcomes.add(trial.readOutcome());
            }
            run.requireRecordable(outcomes);
        }
    }

    void record(List<TrialOutcome> outcomes) throws IOException {
        if (run != null) {
            run.record(outcomes);
        }
    }

    void writeResults() throws IOException {
        if (run != null) {
            run.writeResults(run.recorded().compared());
        }
    }
}
