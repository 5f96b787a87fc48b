package io.catwalk.runner.experiment;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialSpec;
import io.catwalk.runner.trial.TrialSpec.Purpose;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Specifies an experiment completely, as {@code experiment.yaml} shows it: on the same machine, with the
 * same plugins, it gives the same numbers again.
 *
 * @param schema version of this format
 * @param dataset which images
 * @param split which of them are for validation
 * @param classifiers who takes part
 * @param seeds of the trials; each classifier is trained once with each
 * @param jobs how many trials run at once
 * @param threads of the engine in each trial
 * @param trialTimeoutSeconds after which a trial is stopped; null lets it run
 * @param region which differences in accuracy do not matter, in percentage points
 * @param tuning how to search among the classifiers' variants; null runs all of them
 * @param command that the user gave, for the record
 */
public record ExperimentSpec(
        int schema,
        DatasetSpec dataset,
        SplitSpec split,
        List<Contestant> classifiers,
        List<Long> seeds,
        int jobs,
        int threads,
        @Nullable Long trialTimeoutSeconds,
        double region,
        @Nullable TuningSpec tuning,
        String command) {

    /** The version of the format that this program writes. */
    public static final int SCHEMA = 1;

    /** Copies the lists and checks the numbers against their ranges. */
    public ExperimentSpec {
        classifiers = List.copyOf(classifiers);
        seeds = List.copyOf(seeds);
        if (jobs < 1) {
            throw new RequestException("--jobs must be at least 1, but is " + jobs);
        }
        if (threads < 1) {
            throw new RequestException("--threads must be at least 1, but is " + threads);
        }
        new EquivalenceRegion(region); // refuses what is none
        if (trialTimeoutSeconds != null && trialTimeoutSeconds < 1) {
            throw new RequestException("--trial-timeout must be at least 1s, but is " + trialTimeoutSeconds + "s");
        }
    }

    /**
     * Lists the trials, seed by seed and fold by fold, so that an interrupted run has compared all
     * classifiers as far as it got. With folds, the first network of each classifier stands for what it
     * costs: it alone is exported and measured. Without, every network may be wanted.
     *
     * <p>Of a search, what comes later depends on what came first: the list grows until all of it has
     * finished.
     *
     * @param finished outcomes so far
     * @return every classifier with every seed on every fold; of a search, what is known to be needed
     */
    public List<TrialSpec> trials(Outcomes finished) {
        if (tuning != null) {
            return tuning.trials(this, finished);
        }
        List<TrialSpec> trials = new ArrayList<>();
        for (long seed : seeds) {
            for (int fold = Math.min(1, split.folds()); fold <= split.lastFold(); fold++) {
                for (Contestant one : classifiers) {
                    trials.add(new TrialSpec(
                            one.name(),
                            one.variant(),
                            one.hyperparameters(),
                            one.recipe(),
                            seed,
                            fold,
                            threads,
                            fold == 0 || (fold == 1 && seed == seeds.get(0)) ? Purpose.SHIP : Purpose.SCORE));
                }
            }
        }
        return trials;
    }

    /**
     * Records what the user typed.
     *
     * @param newCommand for the record
     * @return a changed copy
     */
    public ExperimentSpec recording(String newCommand) {
        return new ExperimentSpec(
                schema,
                dataset,
                split,
                classifiers,
                seeds,
                jobs,
                threads,
                trialTimeoutSeconds,
                region,
                tuning,
                newCommand);
    }

    /**
     * Counts the trials.
     *
     * @return how many there will be when all have finished
     */
    public int planned() {
        return tuning == null ? trials(new Outcomes()).size() : tuning.planned(this);
    }

    /**
     * Counts the passes over the training images.
     *
     * @return how many all trials make together, if none stops early
     */
    public long plannedEpochs() {
        return tuning == null
                ? trials(new Outcomes()).stream()
                        .mapToLong(trial -> trial.recipe().epochs())
                        .sum()
                : tuning.plannedEpochs(this);
    }
}
