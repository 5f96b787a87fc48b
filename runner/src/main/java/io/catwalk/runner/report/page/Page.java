package io.catwalk.runner.report.page;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Measure;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.EntrantCharts;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.drawing.ArchitectureDrawing;
import io.catwalk.runner.report.graphics.Paint;
import io.catwalk.runner.report.graphics.Picture;
import io.catwalk.runner.report.graphics.Theme;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.SpeedUp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data of the template of a report.
 *
 * @param model content of the report
 * @param classes recall of each class
 * @param images predictions of each classifier for each image
 * @param folder of the page; null for none
 * @param demo address of the page on which the networks can be tried; null if there is none
 */
record Page(
        ReportModel model,
        ClassTable classes,
        ImageBrowser images,
        @Nullable Path folder,
        @Nullable String demo) {

    /** Other files of a run folder that the page links to. */
    static final List<String> FILES = List.of("results.json", "results.csv", "results.md", "slides.pptx");

    private static final Pattern NUMERIC =
            Pattern.compile("[\\d.,<> %~\u2212\u2013+-]*( ?(µs|[KMGT]?i?B|s|[hm] \\d\\d[ms]))?");

    private static final int MOST_ROWS = 1_000;

    /** Largest number of rows and columns that one can read. */
    private static final int LARGEST_MATRIX = 16;

    /** Each figure is drawn in two widths; the page shows the one that fits. */
    private static final double WIDE = 560;

    private static final double NARROW = 340;

    static Page of(ReportModel model, @Nullable Path folder, @Nullable String demo) {
        return new Page(model, ClassTable.of(model), ImageBrowser.of(model), folder, demo);
    }

    List<Chart> charts(RunCharts topic) {
        return topic.of(model);
    }

    /** Returns the charts of a classifier; empty for classifiers that there is no room for. */
    List<Chart> charts(Entrant entrant) {
        return model.charted().contains(entrant)
                ? new EntrantCharts(model, entrant, Integer.toString(entrant.number())).all()
                : List.of();
    }

    static String wide(Chart chart) {
        return drawn(chart, WIDE);
    }

    static String narrow(Chart chart) {
        return drawn(chart, NARROW);
    }

    private static String drawn(Chart chart, double width) {
        Chart.Caption caption = chart.caption();
        return chart.drawn(width).svg(Theme.PAGE, caption.title(), caption.sentence());
    }

    /** Returns whether a column of a table holds numbers, which are aligned to the right. */
    static boolean numeric(List<List<String>> table, int column) {
        return table.stream()
                .skip(1)
                .allMatch(row -> NUMERIC.matcher(row.get(column)).matches());
    }

    /** Returns whether a table of these trials is shown: a browser lays out 1,000 rows at once, but not 10,000. */
    static boolean fits(List<Model> trials) {
        return trials.size() <= MOST_ROWS;
    }

    /** Returns whether the classes come first, since accuracy says little about small classes. */
    boolean leadsWithClasses() {
        return model.dataset().unbalanced() && !classes.rows().isEmpty();
    }

    /** Returns whether the classes have their own section further below: few classes are shown with each classifier. */
    boolean manyClasses() {
        return !leadsWithClasses() && classes.rows().size() > ShownClasses.ALL;
    }

    /** Returns the name of a measure with its unit, for a column or an axis. */
    static String axis(Measure measure) {
        return Findings.capital(measure.title()) + (measure.unit().equals("%") ? " %" : ", " + measure.unit());
    }

    static String score(Measure measure, @Nullable Double score) {
        return score == null || !Double.isFinite(score) ? Numbers.NONE : measure.text(score);
    }

    /** Returns the standings of the classifiers whose verdicts are shown as a matrix. */
    List<Standing> compared() {
        Comparison comparison = model.comparison();
        return comparison == null
                ? List.of()
                : comparison.standings().stream().limit(LARGEST_MATRIX).toList();
    }

    /** Returns the numbers of the classes; if there are many, those with the lowest recall first. */
    static List<Integer> ordered(Evaluation evaluation) {
        List<ClassScores> classes = evaluation.classes();
        Stream<Integer> labels = IntStream.range(0, classes.size()).boxed();
        Comparator<Integer> absent =
                Comparator.comparing(label -> classes.get(label).support() == 0);
        return classes.size() <= ShownClasses.ALL
                ? labels.toList()
                : labels.sorted(absent.thenComparing(label -> classes.get(label).recall()))
                        .toList();
    }

    /** Writes the lowest and the highest median of the measuring processes; empty if there is no range. */
    static String range(@Nullable Latency latency) {
        return latency == null || latency.p50Range() == null
                ? ""
                : Numbers.count(latency.p50Range().low()) + " to "
                        + Numbers.count(latency.p50Range().high());
    }

    /** Writes how many times faster ONNX Runtime is. */
    static String times(@Nullable SpeedUp speedUp) {
        return speedUp == null ? Numbers.NONE : Numbers.fixed(speedUp.times(), 2);
    }

    /** Draws the symbol of a classifier as large as a letter. */
    static String swatch(Entrant entrant) {
        return new Picture(12, 12, List.of(entrant.symbol().at(6, 6, 4.6, Paint.fill(entrant.color()))))
                .ornament(Theme.PAGE);
    }

    /** Returns the address of a file, relative to the page; null for a file outside the folder of the page. */
    @Nullable
    String address(@Nullable Path file) {
        Path there = file == null ? null : file.toAbsolutePath().normalize();
        return folder == null || there == null || !there.startsWith(folder)
                ? null
                : folder.relativize(there).toString().replace('\\', '/');
    }

    static String symbol(Outcome outcome) {
        return switch (outcome) {
            case BETTER -> "\u25b2";
            case WORSE -> "\u25bc";
            case EQUIVALENT -> "=";
            case UNDECIDED -> "?";
        };
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Draws the network of a classifier from its ONNX file; null if there is no readable file. */
    static @Nullable String drawing(Entrant entrant) {
        Path onnx = entrant.onnx();
        try {
            return onnx == null
                    ? null
                    : ArchitectureDrawing.of(entrant.name(), onnx).svg(Theme.PAGE);
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns the provenance of the first network that has one, which stands for all; null if none has one. */
    @Nullable
    Provenance provenance() {
        return model.done().stream()
                .map(trial -> trial.trained().provenance())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
