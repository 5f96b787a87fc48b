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

final class TrainedTrials {

    /** The folder of a trial is {@code trials/LABEL/SEED-FOLD} in the run folder. */
    private static final int TRIAL_DEPTH = 3;

    private TrainedTrials() {}

    /** Finds the only trained trial of a folder, which must have been exported. */
    static TrialFolder exported(Path folder) throws IOException {
        TrialFolder trial = RunFolder.onlyTrained(folder);
        if (!Files.exists(trial.onnx())) {
            throw new RequestException(
                    "expected " + trial.onnx() + ", found none: write it with catwalk export " + trial.path());
        }
        return trial;
    }

    /** Locks the run that a folder belongs to; null for a trial that is not in a run any more. */
    static @Nullable RunLock lock(Path folder, Console console) {
        RunFolder run = run(folder);
        return run == null ? null : run.lockPatiently(console::note);
    }

    /** Refuses trials that {@link #record} could not record, before they are changed. */
    static void requireRecordable(Path folder, List<TrialFolder> trials) throws IOException {
        RunFolder run = run(folder);
        if (run != null) {
            run.requireRecordable(outcomes(trials));
        }
    }

    /** Records outcomes in the run that a folder belongs to, if there is one. */
    static void record(Path folder, List<TrialOutcome> outcomes) throws IOException {
        RunFolder run = run(folder);
        if (run != null) {
            run.record(outcomes);
        }
    }

    /** Writes the results of the run that a folder belongs to, if there is one, from what is recorded. */
    static void writeResults(Path folder) throws IOException {
        RunFolder run = run(folder);
        if (run != null) {
            run.writeResults(run.recorded().compared());
        }
    }

    private static List<TrialOutcome> outcomes(List<TrialFolder> trials) throws IOException {
        List<TrialOutcome> outcomes = new ArrayList<>();
        for (TrialFolder trial : trials) {
            outcomes.add(trial.readOutcome());
        }
        return outcomes;
    }

    private static @Nullable RunFolder run(Path folder) {
        Path run = folder.toAbsolutePath().normalize();
        for (int depth = 0; run != null && depth <= TRIAL_DEPTH; depth++) {
            if (RunFolder.isOne(run)) {
                return RunFolder.open(run);
            }
            run = run.getParent();
        }
        return null;
    }
}
