package io.catwalk.runner.report.slides;

import static io.catwalk.runner.report.slides.Opening.name;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.EntrantCharts;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.slides.Table.Cell;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.TrialMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The appendix: everything that the ten slides have no room for. */
final class Appendix {

    /** Largest number of slides for a table; the files hold the rest. */
    private static final int PAGES = 20;

    private static final String PAGE = "report.html has";

    private final ReportModel model;
    private final Deck deck;

    Appendix(ReportModel model, Deck deck) {
        this.model = model;
        this.deck = deck;
    }

    void tell() {
        if (!model.trained().isEmpty()) {
            trials();
            pairs();
            search();
            pair(
                    "How the trials of each classifier spread",
                    RunCharts.CONFIDENCE.of(model, model.folded() ? "folds" : "seeds"),
                    Optional.empty());
            pair(
                    "How all classifiers learned",
                    RunCharts.GENERALIZATION.of(model, "validation-accuracy"),
                    RunCharts.GENERALIZATION.of(model, "validation-loss"));
            robustness();
            model.charted().forEach(this::classifier);
        }
        failures();
        provenance();
    }

    private void trials() {
        List<List<Cell>> rows = new ArrayList<>();
        for (Entrant one : model.trained()) {
            for (Model trial : one.done()) {
                TrialMetrics metrics = trial.trained().metrics();
                rows.add(Table.row(
                        new Cell(trial.label(), name(one).mark(), name(one).color(), null),
                        Numbers.percent(metrics.test().accuracy()),
                        Numbers.percent(metrics.test().balancedAccuracy()),
                        Numbers.percent(metrics.test().macro().f1()),
                        Numbers.fixed(metrics.test().matthews(), 4),
                        Numbers.fixed(metrics.test().logLoss(), 4),
                        Numbers.percent(metrics.test().ece()),
                        Numbers.percent(metrics.validation().accuracy()),
                        Numbers.percent(metrics.train().accuracy()),
                        Integer.toString(trial.trained().timing().bestEpoch())));
            }
        }
        deck.pages(
                "Appendix: every trial with a trained network",
                Table.of(
                        List.of(
                                "Trial",
                                "Accuracy %",
                                "Balanced %",
                                "Macro F1 %",
                                "Matthews",
                                "Log loss",
                                "ECE %",
                                "Validation %",
                                "Training %",
                                "Best epoch"),
                        rows,
                        "Table of the metrics of every trial."),
                PAGES,
                "results.md and results.csv have",
                "Source: results.json, keys trials[].metrics and trials[].timing.best_epoch.");
    }

    private void pairs() {
        Comparison comparison = model.comparison();
        if (comparison == null || comparison.verdicts().isEmpty()) {
            return;
        }
        List<List<Cell>> rows = new ArrayList<>();
        for (Verdict verdict : comparison.verdicts()) {
            boolean interval = verdict.low() != null && verdict.high() != null;
            rows.add(Table.row(
                    verdict.first(),
                    verdict.second(),
                    Numbers.points(verdict.difference()),
                    interval ? Numbers.points(verdict.low()) + " to " + Numbers.points(verdict.high()) : Numbers.NONE,
                    Numbers.probability(verdict.p()),
                    ReportModel.words(verdict)));
        }
        deck.pages(
                "Appendix: every pair of classifiers",
                Table.of(
                        List.of("Classifier", "Compared with", "Difference, points", "95 % interval", "p", "Outcome"),
                        rows,
                        "Table of how every two classifiers compare."),
                PAGES,
                PAGE,
                "Source: results.json, key comparison.verdicts.");
    }

    private void search() {
        Tuning tuning = model.results().tuning();
        if (tuning != null && !tuning.candidates().isEmpty()) {
            deck.pages(
                    "Appendix: every candidate of the search",
                    Table.of(tuning.table(), "Table of the candidates, the best first."),
                    PAGES,
                    PAGE,
                    tuning.explanation(),
                    "Source: results.json, key tuning.candidates.");
        }
    }

    /** Adds the slides of the corruptions, two on each. */
    private void robustness() {
        List<Chart> all = RunCharts.ROBUSTNESS.of(model);
        for (int i = 0; i < all.size(); i += 2) {
            List<Chart> two = all.subList(i, Math.min(i + 2, all.size()));
            String names = two.stream().map(chart -> chart.caption().title()).collect(Collectors.joining(" and "));
            beside("accuracy under " + names.toLowerCase(Locale.ROOT), two, "Source: robustness.json.");
        }
    }

    /** Adds a slide with two charts beside each other, or with the one that exists. */
    private void pair(String title, Optional<Chart> one, Optional<Chart> other) {
        beside(
                title,
                Stream.of(one, other).flatMap(Optional::stream).toList(),
                "Source: results.json and trials/*/*/history.csv.");
    }

    private void beside(String title, List<Chart> charts, String source) {
        if (charts.isEmpty()) {
            return;
        }
        String said = String.join(
                " ", charts.stream().map(chart -> chart.caption().sentence()).toList());
        Page page = deck.page("Appendix: " + title, said, source);
        for (int i = 0; i < charts.size(); i++) {
            page.chart(
                    page.body().column(i, charts.size(), 28),
                    Objects.requireNonNull(Evidence.limited(charts.get(i))),
                    charts.get(i).caption().title());
        }
    }

    private void classifier(Entrant one) {
        EntrantCharts own = new EntrantCharts(model, one, "slides");
        pair(one.name() + " by epoch", own.named("learning-accuracy"), own.named("learning-loss"));
        network(one);
        if (!one.evaluated()) {
            return;
        }
        Page page = deck.page(
                "Appendix: mistakes and confidence of " + one.name(),
                own.named("reliability")
                        .map(chart -> chart.caption().sentence())
                        .orElse(""),
                "Source: trials/*/*/predictions.csv.");
        Evidence.confusion(page, page.body().left(0.54), one, model);
        page.chart(page.body().right(0.42), own.named("reliability").orElse(null), "Reliability of " + one.name());
        List<List<Cell>> rows = new ArrayList<>();
        for (ClassScores scores : Objects.requireNonNull(one.evaluation()).classes()) {
            rows.add(Table.row(
                    scores.name(),
                    Numbers.percent(scores.precision()),
                    Numbers.percent(scores.recall()),
                    Numbers.percent(scores.f1()),
                    Numbers.count(scores.support())));
        }
        deck.pages(
                "Appendix: " + one.name() + " class by class",
                Table.of(
                        List.of("Class", "Precision %", "Recall %", "F1 %", "Support"),
                        rows,
                        "Table of the scores of each class."),
                2,
                PAGE,
                "Source: trials/*/*/predictions.csv.");
    }

    private void network(Entrant one) {
        Page page = deck.page(
                "Appendix: architecture and recipe of " + one.name(),
                "Source: the graph of trials/*/*/*.onnx; results.json, keys trials[].hyperparameters and"
                        + " trials[].recipe.");
        List<String> lines = new ArrayList<>(
                one.request().hyperparameters().isEmpty()
                        ? List.of()
                        : List.of("Hyperparameters: "
                                + Opening.settings(one.request().hyperparameters())));
        lines.addAll(RecipeWords.of(one.request()));
        page.text(page.body().left(one.onnx() == null ? 1 : 0.55), Style.BULLETS, lines);
        Opening.draw(page, page.body().right(0.38), one);
    }

    private void failures() {
        List<List<Cell>> rows = new ArrayList<>();
        model.failed()
                .forEach(trial -> rows.add(Table.row(
                        trial.label(),
                        Words.brief(String.valueOf(trial.outcome().error()), 300))));
        model.results().experiment().notRun().forEach(title -> rows.add(Table.row(title, "not run")));
        model.run().missing().forEach(sentence -> rows.add(Table.row("the run", sentence)));
        if (!rows.isEmpty()) {
            deck.pages(
                    "Appendix: what is missing, and why",
                    Table.of(List.of("Trial or run", "What is missing"), rows, "Table of what is missing."),
                    PAGES,
                    PAGE,
                    "Source: results.json, keys trials[].error and experiment.not_run; the files of the run folder.");
        }
    }

    private void provenance() {
        Results.Summary experiment = model.results().experiment();
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(Table.row("Command", "catwalk " + experiment.command()));
        rows.add(Table.row(
                "Started",
                Numbers.moment(experiment.startedAt()) + ", took " + Numbers.duration(experiment.seconds())));
        rows.add(Table.row(
                "Trials",
                experiment.finished() + " of " + experiment.planned() + " finished, "
                        + model.failed().size()
                        + " failed; " + experiment.jobs() + " at once, "
                        + Findings.count(experiment.threads(), "thread", "threads") + " each"));
        rows.add(Table.row(
                "Data set",
                model.dataset().name() + ", SHA-256 " + model.dataset().sha256()));
        model.done().stream()
                .map(trial -> trial.trained().provenance())
                .filter(Objects::nonNull)
                .map(Appendix::madeBy)
                .distinct()
                .limit(4)
                .forEach(text -> rows.add(Table.row("Made by", text)));
        Page page = deck.page(
                "Appendix: where the numbers come from",
                "Source: results.json, keys experiment, dataset and trials[].provenance; experiment.yaml has the request"
                        + " in full.");
        page.table(page.body().above(40), Table.of(List.of("What", ""), rows, "Table of what made the run."));
        page.text(
                page.body().bottom(32),
                Style.NOTE,
                "The same experiment.yaml on the same machine with the same plugins gives the same numbers again.");
    }

    private static String madeBy(Provenance one) {
        return one.software().makers() + "; " + one.machine().title();
    }
}
