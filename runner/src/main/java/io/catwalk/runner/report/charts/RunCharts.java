package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.ReportModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The charts of a run by topic. Each class lists its own charts; page, slides and plots show whatever is listed. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
public enum RunCharts {
    /** How accurate the classifiers are, and how sure their differences. */
    CONFIDENCE(AccuracyCharts::all),
    /** What the networks cost. */
    COSTS(AccuracyCharts::costs),
    /** The search for hyperparameters. */
    TUNING(TrainingCharts::tuning),
    /** What the networks learned. */
    GENERALIZATION(TrainingCharts::all),
    /** Which images they classify correctly. */
    IMAGES(ErrorCharts::coverage),
    /** How accurate they are on corrupted images. */
    ROBUSTNESS(ErrorCharts::robustness);

    /** Largest number of classifiers whose lines do not hide each other. */
    static final int LINES = 12;

    private final Function<ReportModel, Stream<Optional<Chart>>> charts;

    RunCharts(Function<ReportModel, Stream<Optional<Chart>>> charts) {
        this.charts = charts;
    }

    /** Returns the charts of this topic that there is data for, the most important first. */
    public List<Chart> of(ReportModel model) {
        return charts.apply(model).flatMap(Optional::stream).toList();
    }
}
