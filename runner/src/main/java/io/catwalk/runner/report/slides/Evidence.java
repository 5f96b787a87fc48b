package io.catwalk.runner.report.slides;

import static io.catwalk.runner.report.slides.Opening.first;
import static io.catwalk.runner.report.slides.Opening.name;
import static io.catwalk.runner.report.slides.Opening.shown;
import static io.catwalk.runner.report.slides.Words.full;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.EntrantCharts;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.charts.Series;
import io.catwalk.runner.report.charts.XyChart;
import io.catwalk.runner.report.slides.Table.Cell;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The slides of the measurements, ending with the conclusions. */
final class Evidence {

    /** Number of names that fit beside the dots of many classifiers. */
    private static final int NAMED = 6;

    /** Width of a picture in pixels. */
    private static final double PICTURE = 560;

    private final ReportModel model;
    private final Findings findings;
    private final Deck deck;

    Evidence(ReportModel model, Deck deck) {
        this.model = model;
        this.findings = new Findings(model);
        this.deck = deck;
    }

    void tell() {
        if (!model.trained().isEmpty()) {
            accuracy();
            cost();
            mistakes();
            generalization();
            files();
        }
        conclusion();
    }

    private void accuracy() {
        Tuning tuning = model.results().tuning();
        String search = findings.search();
        if (tuning != null && search != null) {
            search(tuning, search);
            return;
        }
        Chart chart = RunCharts.CONFIDENCE.of(model).stream().findFirst().orElse(null);
        Page page = deck.page(
                findings.accuracy(),
                full(findings.accuracy()) + " " + sentence(chart),
                "Source: results.json, keys comparison.standings (accuracy, accuracy_low, accuracy_high) and"
                        + " comparison.verdicts (difference, low, high, p, outcome).");
        page.chart(page.body().left(0.49), limited(chart), title(chart));
        List<List<Cell>> rows = new ArrayList<>();
        List<Entrant> trained = model.trained();
        for (Entrant one : first(trained, Opening.ROWS)) {
            Verdict verdict = model.verdict(one.name(), trained.get(0).name());
            rows.add(Table.row(
                    name(one),
                    Numbers.percent(one.stands().accuracy()),
                    one.interval(),
                    Numbers.probability(verdict == null ? null : verdict.p()),
                    verdict == null ? Numbers.NONE : ReportModel.words(verdict)));
        }
        List<String> columns = List.of("Classifier", "Accuracy %", "95 % interval", "p", "Versus the best");
        Area rest = page.table(
                page.body().right(0.48).above(20),
                model.tested()
                        ? Table.of(columns, rows, "Table of accuracies and of how each compares with the best.")
                        : Table.of(
                                columns.subList(0, 3),
                                rows.stream().map(row -> row.subList(0, 3)).toList(),
                                "Table of the accuracies."));
        say(
                page,
                rest,
                trained.stream()
                        .map(one -> model.verdict(trained.get(0).name(), one.name()))
                        .filter(Objects::nonNull)
                        .map(Verdict::sentence)
                        .toList());
        shown(page, rows.size(), trained);
    }

    private void search(Tuning tuning, String search) {
        Page page = deck.page(
                search,
                full(search) + " " + tuning.explanation(),
                "Source: results.json, keys tuning.candidates[].scores and tuning.best.");
        page.chart(
                page.body().left(0.5),
                RunCharts.TUNING.of(model).stream().findFirst().orElse(null),
                "Score of each candidate by its budget");
        page.table(
                page.body().right(0.46).above(40),
                Table.of(first(tuning.table(), Opening.ROWS + 1), "Table of the candidates, the best first."));
        page.text(
                page.body().right(0.46).bottom(34),
                Style.NOTE,
                "Mean " + tuning.measure().title() + " over the folds, ± standard deviation. The "
                        + Math.min(Opening.ROWS, tuning.candidates().size())
                        + " best of " + tuning.candidates().size() + " candidates.");
    }

    private void cost() {
        Chart chart = RunCharts.COSTS.of(model).stream().findFirst().orElse(null);
        Page page = deck.page(
                findings.cost(),
                full(findings.cost()) + " " + sentence(chart),
                "Source: results.json, keys trials[].metrics.test.accuracy and, of trials[].efficiency,"
                        + " onnxruntime.p50_micros (else pytorch), images_per_second256, onnx_bytes, training_seconds.");
        page.chart(page.body().left(0.49), limited(chart), title(chart));
        List<List<Cell>> rows = new ArrayList<>();
        for (Entrant one : first(model.trained(), Opening.ROWS)) {
            Latency latency = one.latency(model.engine());
            rows.add(Table.row(
                    name(one),
                    findings.latency(one),
                    Numbers.count(latency == null ? null : latency.imagesPerSecond256()),
                    Numbers.bytes(Opening.onnxBytes(one)),
                    Numbers.duration(
                            one.efficiency() == null ? null : one.efficiency().trainingSeconds())));
        }
        Area rest = page.table(
                page.body().right(0.48).above(20),
                Table.of(
                        List.of("Classifier", "Latency", "Images/s, batch 256", "ONNX file", "Training"),
                        rows,
                        "Table of what the classifiers cost."));
        say(page, rest, findings.costs());
        shown(page, rows.size(), model.trained());
    }

    /** Writes sentences below a table, as far as there is room. */
    private static void say(Page page, Area rest, List<String> sentences) {
        if (rest.height() > 60 && !sentences.isEmpty()) {
            page.text(
                    rest.below(16),
                    Style.BULLETS.withSize(14),
                    first(sentences, (int) (rest.height() / 50)).stream()
                            .map(Words::full)
                            .toList());
        }
    }

    private void mistakes() {
        Optional<Entrant> evaluated = findings.evaluated();
        if (evaluated.isEmpty()) {
            return;
        }
        Entrant best = evaluated.get();
        Page page = deck.page(
                findings.mistakes(),
                full(findings.mistakes()),
                "Rows are the true class, columns the predicted one; a number is a share of the row in percent, and cells"
                        + " under half a percent are empty.",
                "Source: trials/*/*/predictions.csv, columns label and logit_0 and following.");
        confusion(page, page.body().left(0.56), best, model);
        ConfusionMatrix matrix = Objects.requireNonNull(best.evaluation()).confusion();
        List<List<Cell>> rows = new ArrayList<>();
        List<ClassScores> hardest = Findings.hardest(best);
        for (ClassScores scores : first(hardest, 10)) {
            int label = model.dataset().classes().indexOf(scores.name());
            String taken = Findings.mistake(matrix, label)
                    .map(cell ->
                            model.dataset().classes().get(cell.predicted()) + " (" + Numbers.count(cell.images()) + ")")
                    .orElse(Numbers.NONE);
            rows.add(Table.row(scores.name(), Numbers.percent(scores.recall()), taken));
        }
        Area right = page.body().right(0.4);
        page.text(
                right.top(20),
                Style.HEADING,
                hardest.size() > rows.size()
                        ? "The " + rows.size() + " hardest of " + hardest.size() + " classes"
                        : "Classes, the hardest first");
        page.table(
                right.below(26),
                Table.of(
                        List.of("Class", "Recognized %", "Most often classified as (images)"),
                        rows,
                        "Table of the classes, the hardest first."));
    }

    /** Shows which classes a classifier classifies as which: a few classes as a table, many as a picture. */
    static void confusion(Page page, Area area, Entrant one, ReportModel model) {
        List<String> classes = model.dataset().classes();
        Chart chart = new EntrantCharts(model, one, "slides").named("confusion").orElseThrow();
        page.text(
                area.top(20), Style.HEADING, one.name() + ": " + chart.caption().title());
        if (classes.size() <= Opening.ROWS) {
            ConfusionMatrix matrix = Objects.requireNonNull(one.evaluation()).confusion();
            page.table(area.below(24).above(20), Matrix.table(matrix, classes, page));
            page.text(area.bottom(14), Style.NOTE, chart.caption().note() + " Numbers are percent of the row.");
        } else {
            page.picture(
                    area.below(24).above(20),
                    chart.drawn(PICTURE).png(2),
                    chart.caption().title() + ". " + chart.caption().sentence());
            page.text(area.bottom(14), Style.NOTE, chart.caption().note());
        }
    }

    private void generalization() {
        Chart gaps = RunCharts.GENERALIZATION.of(model, "overfitting").orElse(null);
        Optional<Entrant> evaluated = findings.evaluated();
        Chart reliability = evaluated
                .flatMap(best -> new EntrantCharts(model, best, "best").named("reliability"))
                .orElse(null);
        Page page = deck.page(
                findings.generalization(),
                full(findings.generalization()) + " " + sentence(gaps) + " " + sentence(reliability),
                "Source: results.json, keys trials[].metrics.train.accuracy, metrics.validation.accuracy and"
                        + " metrics.test.accuracy; trials/*/*/predictions.csv for confidences.");
        page.chart(page.body().left(reliability == null ? 1 : 0.52), limited(gaps), title(gaps));
        if (reliability != null) {
            page.chart(
                    page.body().right(0.44),
                    reliability,
                    "Reliability of " + evaluated.map(Entrant::name).orElse(""));
        }
    }

    private void files() {
        List<Entrant> checked = model.trained().stream()
                .filter(one -> !one.parities().isEmpty())
                .toList();
        if (checked.isEmpty()) {
            return;
        }
        List<List<Cell>> rows = new ArrayList<>();
        for (Entrant one : first(checked, Opening.ROWS)) {
            ParityResult parity = Objects.requireNonNull(Findings.worst(one));
            boolean numbers = parity.maxAbs() != null;
            rows.add(Table.row(
                    name(one),
                    parity.verdict(),
                    Numbers.count(parity.images()),
                    numbers ? Numbers.count(parity.flips()) : Numbers.NONE,
                    Numbers.scientific(parity.maxAbs()),
                    Numbers.scientific(parity.meanAbs()),
                    Numbers.scientific(parity.tolerance()),
                    Numbers.count(parity.configurations()),
                    Words.brief(parity.worst(), 60)));
        }
        Page page = deck.page(
                findings.files(),
                full(findings.files()) + " The file is what is shipped: this check tells whether it answers like the"
                        + " network that was tested.",
                "Source: results.json, key trials[].parity (agrees, images, flips, max_abs, mean_abs, tolerance,"
                        + " configurations, worst).");
        Area rest = page.table(
                page.body().above(58),
                Table.of(
                        List.of(
                                "Classifier",
                                "File",
                                "Images",
                                "Flips",
                                "Largest difference",
                                "Mean",
                                "Allowed",
                                "Configurations",
                                "Worst of them"),
                        rows,
                        "Table of how far each ONNX file differs from its network."));
        page.text(
                new Area(rest.x(), rest.y() + 10, rest.width(), 48),
                Style.NOTE.withSize(13),
                "ONNX Runtime ran each file in several configurations (optimization levels, threads, batch sizes) on the"
                        + " test images; its logits were compared with those of the network. The numbers are those of the"
                        + " worst configuration, and of the worst of several trials.");
    }

    private void conclusion() {
        List<String> conclusions =
                findings.conclusions().stream().map(Words::full).toList();
        List<String> open =
                new ArrayList<>(findings.open().stream().map(Words::full).toList());
        open.addAll(Opening.failures(model));
        Page page = deck.page(
                findings.conclusion(),
                "What we can conclude: " + String.join(" ", conclusions),
                "What we cannot: " + String.join(" ", open),
                "Source: results.json, keys comparison.headline, comparison.verdicts, comparison.limits,"
                        + " trials[].efficiency, trials[].parity, trials[].overfitting, trials[].error.");
        double size = 20;
        for (List<String> sentences : List.of(conclusions, open)) {
            Area room = page.body().column(0, 2, 20).within(20).below(34);
            size = TextSize.fitting(sentences, size, 9, false, room, Style.BULLETS.gap());
        }
        for (int i = 0; i < 2; i++) {
            Area column = page.body().column(i, 2, 20);
            page.panel(column, Tone.PALE);
            Area inner = column.within(16);
            page.text(inner.top(22), Style.HEADING.withSize(16), i == 0 ? "We can conclude" : "We cannot conclude");
            page.text(inner.below(34), Style.BULLETS.withSize(size), i == 0 ? conclusions : open);
        }
    }

    private static String sentence(@Nullable Chart chart) {
        return chart == null ? "" : chart.caption().sentence();
    }

    private static String title(@Nullable Chart chart) {
        return chart == null ? "No chart" : chart.caption().title();
    }

    /** Removes what a slide has no room for from a chart: rows, and names beside dots. */
    static @Nullable Chart limited(@Nullable Chart chart) {
        if (chart instanceof RowChart rows && rows.rows().size() > Opening.ROWS) {
            return new RowChart(
                    rows.caption(),
                    rows.axis(),
                    first(rows.rows(), Opening.ROWS),
                    rows.legend(),
                    rows.band(),
                    Math.min(rows.tied(), Opening.ROWS));
        }
        if (chart instanceof XyChart xy && xy.series().size() > Opening.ROWS + 1) {
            List<Series> series = new ArrayList<>();
            for (Series one : xy.series()) {
                boolean labeled = one.labeled() && series.size() <= NAMED;
                series.add(new Series(one.name(), one.color(), one.symbol(), one.look(), labeled, one.points()));
            }
            return new XyChart(xy.caption(), xy.across(), xy.up(), series, xy.guides());
        }
        return chart;
    }
}
