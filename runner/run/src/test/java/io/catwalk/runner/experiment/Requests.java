package io.catwalk.runner.experiment;

import io.catwalk.api.Recipe;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Requests for tests that are about something else. */
final class Requests {

    static final DatasetSpec FASHION = new DatasetSpec("fashion-mnist", null, null, null, null, 0, 0, null, null);

    private Requests() {}

    /** One split and the seed 1. */
    static ExperimentSpec of(ClassifierConfig... contestants) {
        return of(FASHION, 1, contestants);
    }

    /** One split and the seeds from 1 on. */
    static ExperimentSpec of(DatasetSpec dataset, int seeds, ClassifierConfig... contestants) {
        return of(dataset, new SplitSpec(0, 1, 0.1, 0, null), List.of(contestants), seeds, null);
    }

    /** Searches with two folds among candidates that differ in their units: candidate 1 has one. */
    static ExperimentSpec search(DatasetSpec dataset, String name, Recipe recipe, int count, TuningSpec.Rung... rungs) {
        List<ClassifierConfig> candidates = IntStream.rangeClosed(1, count)
                .mapToObj(number -> new ClassifierConfig(
                        name,
                        TuningSpec.variant(number),
                        Map.of("units", number),
                        recipe,
                        null,
                        null,
                        null,
                        null,
                        null))
                .toList();
        TuningSpec tuning = new TuningSpec(
                Tuning.Strategy.HALVING,
                List.of(rungs),
                candidates.stream().map(ClassifierConfig::hyperparameters).toList());
        return of(dataset, new SplitSpec(2, 1, 0.1, 0, null), candidates, 1, tuning);
    }

    private static ExperimentSpec of(
            DatasetSpec dataset,
            SplitSpec split,
            List<ClassifierConfig> contestants,
            int seeds,
            @Nullable TuningSpec tuning) {
        return new ExperimentSpec(
                ExperimentSpec.SCHEMA,
                dataset,
                split,
                contestants,
                LongStream.rangeClosed(1, seeds).boxed().toList(),
                1,
                1,
                ComputeDevice.CPU,
                null,
                1,
                tuning,
                null,
                "compare");
    }

    /** A contestant with its defaults. */
    static ClassifierConfig contestant(String name) {
        return contestant(name, Recipe.standard());
    }

    static ClassifierConfig contestant(String name, Recipe recipe) {
        return new ClassifierConfig(name, "default", Map.of(), recipe, null, null, null, null, null);
    }
}
