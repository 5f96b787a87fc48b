package io.catwalk.runner.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.catwalk.api.Recipe;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.Training.EpochBatches;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import io.catwalk.runner.trial.TrialSpec;
import io.catwalk.runner.trial.TrialSpec.Purpose;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Specifies an experiment completely, as {@code experiment.yaml} shows it: on the same machine, with the
 * same plugins, it reproduces the same numbers. Each classifier is trained once with each seed; {@code jobs} trials run
 * at once, each with {@code threads} of the engine.
 *
 * @param trialTimeoutSeconds time after which a trial is stopped; null for no limit
 * @param region which differences in accuracy do not matter, in percentage points
 * @param tuning how to search among the classifiers' variants; null to run all of them
 * @param export whether the networks that are meant for use are exported; null for yes
 */
public record ExperimentSpec(
        int schema,
        DatasetSpec dataset,
        SplitSpec split,
        List<ClassifierConfig> classifiers,
        List<Long> seeds,
        int jobs,
        int threads,
        ComputeDevice device,
        @Nullable Long trialTimeoutSeconds,
        double region,
        @Nullable TuningSpec tuning,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean export,
        String command) {

    /** The version of the format that this program writes. */
    public static final int SCHEMA = 1;

    /** No machine can use more trials at once. */
    public static final int MOST_AT_ONCE = 1_024;

    /** A larger number of epochs is a typing error. */
    public static final int MOST_EPOCHS = 100_000;

    /** Of an epoch of so many steps, at most a twentieth of the images is left over, which make no step. */
    private static final int STEPS = 20;

    /** In smaller batches, batch normalization and learning rates that were chosen for larger ones become unreliable. */
    private static final int SMALL_BATCH = 32;

    private static final int MOST_TRIALS = 1_000_000;

    /** Copies the lists and checks the numbers against their ranges. */
    public ExperimentSpec {
        classifiers = List.copyOf(classifiers);
        seeds = List.copyOf(seeds);
        device = Objects.requireNonNullElse(device, ComputeDevice.CPU);
        if (seeds.isEmpty()) {
            throw new RequestException("seeds must have at least one, but has none: try [1]");
        }
        Set<Long> different = new HashSet<>();
        for (long seed : seeds) {
            if (!different.add(seed)) {
                throw new RequestException("seeds must be distinct, but has " + seed + " twice: leave one out");
            }
        }
        requireWithin("--jobs", jobs, MOST_AT_ONCE);
        requireWithin("--threads", threads, TrialSpec.MOST_THREADS);
        classifiers.stream()
                .filter(ClassifierConfig::trains)
                .forEach(one ->
                        requireWithin("epochs of " + one.name(), one.recipe().epochs(), MOST_EPOCHS));
        trials(classifiers.size(), seeds.size(), split);
        if (dataset.testsAll() && classifiers.stream().anyMatch(ClassifierConfig::trains)) {
            throw new RequestException("--test-share must be below 1 where something is trained: try 0.2");
        }
        boolean given = !classifiers.stream().allMatch(ClassifierConfig::trains);
        if (given && (seeds.size() > 1 || split.folds() > 0 || tuning != null)) {
            throw new RequestException("expected one seed and no folds beside a given model, since it is one network,"
                    + " but there are " + (seeds.size() > 1 ? "several seeds" : "folds")
                    + ": leave them out, or compare the networks of another run as RUN/CLASSIFIER");
        }
        if (tuning != null) {
            tuning.rungs().forEach(rung -> requireWithin("epochs of a candidate", rung.epochs(), MOST_EPOCHS));
        }
        new EquivalenceRegion(region); // checks its range
        if (trialTimeoutSeconds != null && trialTimeoutSeconds < 1) {
            throw new RequestException("--trial-timeout must be at least 1s, but is " + trialTimeoutSeconds + "s");
        }
    }

    private static void requireWithin(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new RequestException(
                    option + " must be at " + (value < 1 ? "least 1" : "most " + most) + ", but is " + value);
        }
    }

    /**
     * Counts trials without listing them.
     *
     * @throws RequestException if there are more than a run can hold
     */
    public static int trials(int classifiers, int seeds, SplitSpec split) {
        double trials = (double) classifiers * seeds * Math.max(1.0, (double) split.folds() * split.repeats());
        if (trials > MOST_TRIALS) {
            throw new RequestException(String.format(
                    Locale.ROOT,
                    "expected at most %,d trials in a run, but these are %,.0f: take fewer seeds, folds or --repeats",
                    MOST_TRIALS,
                    trials));
        }
        return (int) trials;
    }

    /**
     * Lists the trials, seed by seed and fold by fold, so that an interrupted run has compared all
     * classifiers as far as it got. With folds, only the first network of each classifier is exported and measured, as
     * an example of its cost. Without folds, every network may be used.
     *
     * <p>In a search, later trials depend on earlier ones: the list grows until all of them have
     * finished.
     *
     * @return every classifier with every seed on every fold; of a search, the trials that are known to be needed
     */
    public List<TrialSpec> trials(Outcomes finished) {
        if (tuning != null) {
            return tuning.trials(this, finished);
        }
        List<TrialSpec> trials = new ArrayList<>();
        for (long seed : seeds) {
            for (int fold = Math.min(1, split.folds()); fold <= split.lastFold(); fold++) {
                for (ClassifierConfig one : classifiers) {
                    boolean ships = fold == 0 || (fold == 1 && seed == seeds.get(0));
                    trials.add(trial(one, one.training(), seed, fold, ships ? Purpose.SHIP : Purpose.SCORE));
                }
            }
        }
        return trials;
    }

    TrialSpec trial(ClassifierConfig one, @Nullable Recipe recipe, long seed, int fold, Purpose purpose) {
        boolean scoresOnly = Boolean.FALSE.equals(export) && one.trains();
        return new TrialSpec(
                one.name(),
                one.variant(),
                one.hyperparameters(),
                recipe,
                seed,
                fold,
                threads,
                device,
                one.init(),
                scoresOnly ? Purpose.SCORE : purpose,
                one.given(),
                one.backbone(),
                one.imageSize());
    }

    /** Lists the folders of all trials that the run may come to have, relative to its own. */
    Set<String> trialFolders() {
        List<TrialSpec> all = tuning == null ? trials(new Outcomes()) : tuning.possible(this);
        return all.stream().map(TrialSpec::folder).collect(Collectors.toSet());
    }

    public ExperimentSpec on(DatasetSpec newDataset) {
        return with(newDataset, classifiers, jobs, threads, tuning);
    }

    /** Asks for these classifiers, or for a search among them. */
    ExperimentSpec with(List<ClassifierConfig> those, @Nullable TuningSpec search, int atOnce, int threadsOfEach) {
        return with(dataset, those, atOnce, threadsOfEach, search);
    }

    ExperimentSpec with(List<ClassifierConfig> newClassifiers) {
        return with(dataset, newClassifiers, jobs, threads, tuning);
    }

    private ExperimentSpec with(
            DatasetSpec newDataset,
            List<ClassifierConfig> newClassifiers,
            int newJobs,
            int newThreads,
            @Nullable TuningSpec newTuning) {
        return new ExperimentSpec(
                schema,
                newDataset,
                split,
                newClassifiers,
                seeds,
                newJobs,
                newThreads,
                device,
                trialTimeoutSeconds,
                region,
                newTuning,
                export,
                command);
    }

    /** Pins each classifier to the jar that it currently comes from. */
    public ExperimentSpec pinned(PluginCatalog catalog) {
        return withEach(one -> one.pinned(catalog.require(one.name()).plugin().sha256()));
    }

    private ExperimentSpec withEach(UnaryOperator<ClassifierConfig> ofTrained) {
        return with(classifiers.stream()
                .map(one -> one.trains() ? ofTrained.apply(one) : one)
                .toList());
    }

    /**
     * Fits a batch size to few images: reduces it until an epoch makes {@value #STEPS} steps, but not below {@value
     * #SMALL_BATCH}, and then divides the images evenly.
     *
     * @return at most both; the same where it fits already
     */
    static int fittingBatch(int batch, int images) {
        int most = Math.max(SMALL_BATCH, images / STEPS);
        if (batch <= most) {
            return Math.min(batch, images);
        }
        int batches = Math.max(1, images / most);
        return Math.min(batch, batches < EpochBatches.MANY ? (images + batches - 1) / batches : images / batches);
    }

    /** Tells whether anything is trained; otherwise no training images are needed. */
    public boolean trains() {
        return classifiers.stream().anyMatch(ClassifierConfig::trains);
    }

    /** Returns the images of results: a search scores candidates on folds, and shows its best, trained in full. */
    TrialImages shown(ImageDataset images) {
        return split.split(images, tuning == null ? Math.min(1, split.folds()) : 0);
    }

    /** Counts the training images of the trial that has fewest. */
    public int fewestToTrainOn(ImageDataset images) {
        int fewest = split.fewestToTrainOn(images);
        // The best of a search is trained without folds, and so without the validation images of the data set.
        return tuning == null
                ? fewest
                : Math.min(fewest, split.split(images, 0).split().train().length);
    }

    /** Fits the batch sizes to the images, where there are few. */
    public ExperimentSpec withBatchesFor(int images) {
        return withEach(one ->
                one.with(one.recipe().withBatchSize(fittingBatch(one.recipe().batchSize(), images))));
    }

    public int planned() {
        return tuning == null ? trials(new Outcomes()).size() : tuning.planned(this);
    }

    public long plannedEpochs() {
        return tuning == null
                ? trials(new Outcomes()).stream().mapToLong(TrialSpec::epochs).sum()
                : tuning.plannedEpochs(this);
    }
}
