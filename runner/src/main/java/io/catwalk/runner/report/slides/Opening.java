package io.catwalk.runner.report.slides;

import static io.catwalk.runner.report.Findings.count;
import static io.catwalk.runner.report.slides.Words.full;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.EntrantCharts;
import io.catwalk.runner.report.drawing.ArchitectureDrawing;
import io.catwalk.runner.report.slides.Table.Cell;
import io.catwalk.runner.report.slides.Table.Column;
import io.catwalk.runner.report.slides.Table.Kind;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.SplitSpec;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The first slides: the answer, the question, the networks, and how they were trained and evaluated. */
final class Opening {

    /** Largest number of rows of a table, since nobody reads more; the appendix has the rest. */
    static final int ROWS = 12;

    private static final int CARDS = 4;

    private final ReportModel model;
    private final Findings findings;
    private final Deck deck;

    Opening(ReportModel model, Deck deck) {
        this.model = model;
        this.findings = new Findings(model);
        this.deck = deck;
    }

    void tell() {
        answer();
        data();
        if (!model.entrants().isEmpty()) {
            architectures();
        }
        if (!model.trained().isEmpty()) {
            training();
        }
    }

    private void answer() {
        Page page = deck.page(
                model.headline(),
                "The answer first: " + full(model.headline()) + " "
                        + String.join(
                                " ", findings.speed().stream().map(Words::full).toList()),
                "What it leaves open: " + (model.limits().isEmpty() ? "see the last slide." : full(model.limits())),
                "Source: results.json, keys comparison.headline, comparison.limits, comparison.standings, and of"
                        + " trials[]: metrics.test.accuracy, efficiency.onnxruntime.p50_micros (else pytorch),"
                        + " efficiency.onnx_bytes, efficiency.training_seconds.");
        if (model.trained().isEmpty()) {
            List<String> failures = failures(model);
            page.text(page.body(), Style.BULLETS, failures.isEmpty() ? List.of("No trial has finished.") : failures);
            return;
        }
        Entrant best = model.trained().get(0);
        cards(page, page.body().top(92), best);
        Area rest = page.body().below(110).above(46);
        standings(page, rest.left(0.56));
        page.text(rest.right(0.4), Style.BULLETS, answers());
        page.text(
                page.body().bottom(36),
                Style.NOTE,
                "What this leaves open: " + full(findings.open().get(0)));
    }

    private void cards(Page page, Area area, Entrant best) {
        Standing standing = best.stands();
        Efficiency efficiency = best.efficiency();
        List<List<String>> cards = List.of(
                List.of(
                        Numbers.percent(standing.accuracy()) + " %",
                        "accuracy of " + best.name() + ", 95 % interval " + best.interval()),
                List.of(
                        findings.latency(best),
                        best.micros(model.engine()) == null
                                ? "latency, not measured"
                                : "median latency of one image (" + model.latencyTitle() + ")"),
                List.of(Numbers.bytes(efficiency == null ? null : efficiency.onnxBytes()), "size of its ONNX file"),
                List.of(
                        Numbers.duration(efficiency == null ? null : efficiency.trainingSeconds()),
                        (best.trainingSeconds().getCount() > 1 ? "mean " : "") + "training time"));
        for (int i = 0; i < CARDS; i++) {
            Area card = area.column(i, CARDS, 14);
            page.panel(card, Tone.PALE);
            page.text(card.within(10).top(40), Style.FIGURE, cards.get(i).get(0));
            page.text(card.within(10).below(42), Style.NOTE, cards.get(i).get(1));
        }
    }

    private void standings(Page page, Area area) {
        Entrant best = model.trained().get(0);
        Optional<Chart> learned = new EntrantCharts(model, best, "best").named("learning-accuracy");
        if (model.trained().size() == 1 && learned.isPresent()) {
            page.chart(area, learned.get(), "Accuracy of " + best.name() + " by epoch");
            return;
        }
        boolean balanced = model.dataset().unbalanced();
        List<String> columns = new ArrayList<>(List.of("Classifier", "Accuracy %"));
        if (balanced) {
            columns.add("Balanced %");
        }
        columns.addAll(List.of("95 % interval", "Latency", "ONNX file"));
        List<List<Cell>> rows = new ArrayList<>();
        for (Entrant one : first(model.trained(), 8)) {
            Standing standing = one.stands();
            List<Cell> row = new ArrayList<>(List.of(name(one), Cell.of(Numbers.percent(standing.accuracy()))));
            if (balanced) {
                row.add(Cell.of(Numbers.percent(standing.balancedAccuracy())));
            }
            row.addAll(Table.row(one.interval(), findings.latency(one), Numbers.bytes(onnxBytes(one))));
            rows.add(row);
        }
        page.table(area, Table.of(columns, rows, "Table of the classifiers, the most accurate first."));
    }

    private List<String> answers() {
        List<String> sentences = new ArrayList<>();
        Optional.ofNullable(findings.search()).ifPresent(sentences::add);
        sentences.addAll(findings.speed());
        sentences.add(findings.generalization());
        sentences.add(findings.files());
        if (model.trained().size() > 8) {
            sentences.add(
                    "The table shows the 8 most accurate of " + model.trained().size() + " classifiers");
        }
        return sentences.stream().map(Words::full).toList();
    }

    /** Lists which trials failed, and why. */
    static List<String> failures(ReportModel model) {
        return first(model.failed(), 8).stream()
                .map(trial -> trial.label() + " failed: "
                        + Words.brief(String.valueOf(trial.outcome().error()), 160))
                .toList();
    }

    private void data() {
        Results.Dataset data = model.dataset();
        Page page = deck.page(
                findings.question(),
                "The question is which classifier to use on " + data.name() + ", and how certain that choice is.",
                "All classes: " + Words.brief(String.join(", ", data.classes()), 3000) + ".",
                "Source: results.json, key dataset (name, classes, train, validation, test, largest_class,"
                        + " smallest_class, sha256); the pictures are the first test images of each class. SHA-256 "
                        + data.sha256() + ".");
        String kind = data.channels() == 1 ? "Gray" : data.channels() == 3 ? "Color" : data.channels() + "-channel";
        List<List<String>> texts = List.of(
                List.of(data.name(), ""),
                List.of(kind + " images, pixels", data.width() + " × " + data.height()),
                List.of("Classes", Numbers.count(data.classes().size())),
                List.of("For training", Numbers.count(data.train())),
                List.of("For validation (epoch selection)", Numbers.count(data.validation())),
                List.of(model.folded() ? "For testing, in a fold" : "For testing", Numbers.count(data.test())),
                List.of("Test images of a class", range(data.smallestClass(), data.largestClass())));
        page.table(
                page.body().left(0.36), Table.of(texts, "Table of the images for training, validation and testing."));
        new Samples(page, page.body().right(0.6)).show(model.run().dataset(), data);
    }

    private static String range(int low, int high) {
        return low == high ? Numbers.count(low) : Numbers.count(low) + " to " + Numbers.count(high);
    }

    private void architectures() {
        List<List<Cell>> rows = new ArrayList<>();
        for (Entrant one : first(model.entrants(), ROWS)) {
            Efficiency costs = one.efficiency();
            rows.add(Table.row(
                    name(one),
                    settings(one.request().hyperparameters()),
                    Numbers.count(costs == null ? null : costs.parameters()),
                    millions(costs == null ? null : costs.multiplyAccumulates()),
                    Numbers.bytes(onnxBytes(one))));
        }
        Table table = Table.of(
                List.of("Classifier", "Hyperparameters", "Parameters", "MACs, millions", "ONNX file"),
                rows,
                "Table of the classifiers with their hyperparameters and sizes.");
        Page page = deck.page(
                findings.architectures(),
                full(findings.architectures())
                        + " MACs are multiply-accumulate operations for one image, counted on the" + " ONNX graph.",
                "Source: results.json, keys trials[].hyperparameters, efficiency.parameters,"
                        + " efficiency.multiply_accumulates, efficiency.onnx_bytes; the drawings show the graphs of"
                        + " trials/*/*/*.onnx.");
        List<Entrant> drawn = model.entrants().size() > 3
                ? List.of()
                : model.entrants().stream().filter(one -> one.onnx() != null).toList();
        shown(page, rows.size(), model.entrants());
        if (drawn.size() == 1) {
            page.table(page.body().left(0.55), table);
            draw(page, page.body().right(0.41), drawn.get(0));
            return;
        }
        page.table(drawn.isEmpty() ? page.body().above(20) : page.body().top(112), table);
        for (int i = 0; i < drawn.size(); i++) {
            draw(page, page.body().below(124).column(i, drawn.size(), 24), drawn.get(i));
        }
    }

    /** Draws a network from its ONNX file; draws nothing if the file cannot be read. */
    static void draw(Page page, Area area, Entrant one) {
        Path onnx = one.onnx();
        if (onnx == null) {
            return;
        }
        try {
            ArchitectureDrawing drawing = ArchitectureDrawing.of(Words.name(one.name()), onnx);
            page.picture(
                    area,
                    drawing.png(2),
                    "Architecture of " + drawing.title() + ", from the input on: "
                            + drawing.graph().layers().stream()
                                    .map(layer -> layer.name() + " (" + layer.outputShape() + ")")
                                    .collect(Collectors.joining(", "))
                            + ".");
        } catch (IOException | IllegalArgumentException e) {
            page.text(area.top(40), Style.NOTE, "The ONNX file of " + one.name() + " cannot be drawn.");
        }
    }

    static String settings(Map<String, Object> settings) {
        return settings.isEmpty()
                ? Numbers.NONE
                : settings.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String millions(@Nullable Long value) {
        return Numbers.fixed(value == null ? null : value / 1e6, 2);
    }

    static @Nullable Long onnxBytes(Entrant one) {
        Efficiency efficiency = one.efficiency();
        return efficiency == null ? null : efficiency.onnxBytes();
    }

    private void training() {
        Page page = deck.page(
                findings.training(),
                full(findings.training()) + " " + String.join(" ", evaluation()),
                "Source: experiment.yaml, keys split.folds, split.repeats; results.json, keys trials[].recipe,"
                        + " experiment.seeds, experiment.threads, dataset.validation, dataset.test.");
        page.text(page.body().left(0.46).top(20), Style.HEADING, "How they were evaluated");
        page.text(page.body().left(0.46).below(28), Style.BULLETS, evaluation());
        Area right = page.body().right(0.5);
        Map<String, List<String>> differences = model.recipeDifferences();
        page.text(
                right.top(20),
                Style.HEADING,
                differences.isEmpty() ? "The recipe" : "Only this differs between the recipes");
        if (differences.isEmpty()) {
            page.text(
                    right.below(28),
                    Style.BULLETS,
                    RecipeWords.of(model.trained().get(0).request()));
            return;
        }
        List<List<Cell>> rows = first(model.trained(), ROWS).stream()
                .map(one -> Table.row(name(one), String.join("; ", differences.getOrDefault(one.name(), List.of()))))
                .toList();
        page.table(
                right.below(26).above(20),
                new Table(
                        // Recipes begin with a number, the epochs, but are texts.
                        List.of(new Column("Classifier", Kind.TEXT), new Column("Its recipe", Kind.TEXT)),
                        rows,
                        "Table of what differs between the recipes."));
        shown(page, rows.size(), model.trained());
    }

    private List<String> evaluation() {
        SplitSpec split = model.run().spec().split();
        List<String> lines = new ArrayList<>();
        lines.add(
                model.folded()
                        ? "The training images are split into " + split.folds() + " folds"
                                + (split.repeats() > 1 ? ", " + split.repeats() + " times" : "")
                                + "; each fold tests networks that were not trained on it."
                        : "The " + count(model.dataset().test(), "test image is", "test images are")
                                + " used once, after training.");
        lines.add(count(model.dataset().validation(), "validation image selects", "validation images select")
                + " the epoch, and nothing else.");
        int seeds = model.results().experiment().seeds().size();
        lines.add(seeds == 1 ? "One seed each." : seeds + " seeds each: accuracies are means over them.");
        lines.add("All numbers of a network are those of the same weights, without dropout or augmentation.");
        lines.add("Latency is the median of one image after warm-up, on "
                + count(model.results().experiment().threads(), "thread", "threads") + " of this machine.");
        return lines;
    }

    /** Writes the name of a classifier behind its symbol. */
    static Cell name(Entrant one) {
        String mark = switch (one.symbol()) {
            case CIRCLE -> "●";
            case SQUARE -> "■";
            case TRIANGLE -> "▲";
            case DIAMOND -> "◆";
            case TRIANGLE_DOWN -> "▼";
            case HEXAGON -> "⬢";
            case PENTAGON -> "⬟";
            case PLUS -> "✚";
        };
        return new Cell(one.name(), mark, Color.decode(one.color()), null);
    }

    /** Writes at the bottom of a page that a table shows only the first classifiers. */
    static void shown(Page page, int shown, List<Entrant> all) {
        if (shown < all.size()) {
            boolean trained = all.get(shown - 1).standing() != null; // those without a trained network are the last
            page.text(
                    page.body().right(0.48).bottom(14),
                    Style.NOTE,
                    "The " + (trained ? shown + " most accurate" : "first " + shown) + " of " + all.size()
                            + " classifiers.");
        }
    }

    static <T> List<T> first(List<T> all, int most) {
        return all.subList(0, Math.min(most, all.size()));
    }
}
