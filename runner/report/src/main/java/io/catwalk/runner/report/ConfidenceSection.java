package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Block.Choice;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.RowChart.Band;
import io.catwalk.runner.report.RowChart.Row;
import io.catwalk.runner.report.RowChart.Row.Box;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.RowChart.Row.Item;
import io.catwalk.runner.report.RowChart.Row.Range;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How sure the differences between classifiers are: every pair with its interval and its test. */
record ConfidenceSection(ReportModel model) {

    /** With fewer trials, a quartile is hardly more than one of them. */
    private static final int FEWEST_QUARTILES = 5;

    static Optional<Section> of(ReportModel model) {
        Comparison comparison = model.comparison();
        if (comparison == null || comparison.pairs().isEmpty()) {
            return Optional.empty();
        }
        ConfidenceSection section = new ConfidenceSection(model);
        return Optional.of(new Section(
                "confidence",
                "Confidence",
                title(comparison),
                section.blocks(comparison),
                "results.json, key comparison.pairs (difference, low, high, p, adjusted_p, outcome)"));
    }

    static List<Chart> charts(ReportModel model) {
        ConfidenceSection section = new ConfidenceSection(model);
        return Stream.of(
                        section.references().stream().findFirst().map(section::differences),
                        section.accuracy(),
                        section.spread())
                .flatMap(Optional::stream)
                .toList();
    }

    private static String title(Comparison comparison) {
        List<PairedComparison> pairs = comparison.pairs();
        if (pairs.size() == 1) {
            PairedComparison pair = pairs.get(0);
            String interval = Cell.points(pair.low(), pair.high()).named("95 % interval of the difference");
            return (PairedValues.order(pair.difference(), 0) == 0
                            ? pair.first() + " and " + pair.second() + " are equally accurate"
                            : pair.first() + " is "
                                    + Numbers.plainPoints(Math.abs(pair.difference())) + " points "
                                    + (pair.difference() < 0 ? "behind " : "ahead of ") + pair.second())
                    + (pair.low() == null ? "" : " (" + interval + ")");
        }
        long decided = pairs.stream()
                .filter(pair -> pair.outcome() == Outcome.BETTER || pair.outcome() == Outcome.WORSE)
                .count();
        boolean folds = comparison.scope() == Scope.CLASSIFIERS;
        if (decided == 0) {
            return "None of the " + pairs.size() + " pairs of classifiers "
                    + (folds ? "is clearly different" : "differs significantly");
        }
        return (decided == pairs.size() ? "All " : decided + " of ") + pairs.size() + " pairs of classifiers "
                + (folds
                        ? (decided == 1 ? "is" : "are") + " at least 95 % likely to differ by more than "
                                + comparison.regionPoints() + " points"
                        : decided == 1 ? "differs significantly" : "differ significantly");
    }

    private List<Block> blocks(Comparison comparison) {
        List<Block> blocks = new ArrayList<>();
        List<ClassifierReport> references = references();
        if (!references.isEmpty()) {
            blocks.add(new Choice(
                    "Compared with",
                    references.stream()
                            .map(one -> new Choice.Option(one.name(), new Figure(Medium.SEEN, differences(one))))
                            .toList()));
        }
        boolean others = comparison.pairs().size() > comparison.ofTheBest().size();
        Set<Medium> media = others ? Medium.ONLY_SLIDES : Medium.SEEN;
        blocks.add(pairs("versus-best", "Each classifier against the best", media, comparison.ofTheBest()));
        blocks.add(Sentences.of(Medium.WRITTEN, Tone.NOTE, method(comparison)));
        if (others) {
            blocks.add(pairs("pairs", "Every pair of classifiers", Medium.DETAIL, comparison.pairs()));
        }
        Stream.of(accuracy(), spread())
                .flatMap(Optional::stream)
                .forEach(chart -> blocks.add(new Figure(Medium.SEEN_DETAIL, chart)));
        return blocks;
    }

    private static String method(Comparison comparison) {
        String test = switch (comparison.scope()) {
            case MODELS ->
                "The exact McNemar test compares each pair on the same test images; p is corrected for all"
                        + " pairs by Holm's method.";
            case SEEDS ->
                "Welch's t-test compares each pair over the seeds on one split; p is corrected for all pairs"
                        + " by Holm's method.";
            case CLASSIFIERS ->
                "The corrected t-test compares each pair over the same folds; P is the posterior"
                        + " probability of the outcome."
                        + (comparison.regionPoints() > 0
                                ? " Differences of up to " + comparison.regionPoints() + " points count as equivalent."
                                : "");
        };
        var all = comparison.ofAll();
        return all == null
                ? test
                : test + " All " + (all.degreesOfFreedom() + 1) + " together: Cochran's Q "
                        + Numbers.fixed(all.statistic(), 1) + ", p " + Numbers.p(all.p()) + ".";
    }

    private Table pairs(String id, String title, Set<Medium> media, List<PairedComparison> pairs) {
        return new TableBuilder<>(media, pairs)
                .keyed(pair -> model.pairKey(pair.first(), pair.second()))
                .text("Classifier", pair -> StandingsSection.name(model.entrant(pair.first())))
                .text("Compared with", pair -> StandingsSection.name(model.entrant(pair.second())))
                .number("Difference, points", Unit.POINTS, PairedComparison::difference)
                .number("95 % interval", pair -> Cell.points(pair.low(), pair.high()))
                .number("p", Unit.P, PairedComparison::decidingP)
                .number("P", Unit.PROBABILITY, ConfidenceSection::probability)
                .text("Outcome", ConfidenceSection::outcome)
                .table(
                        id,
                        title,
                        pairs.stream().anyMatch(PairedComparison::stricterThanInterval)
                                ? "An interval is for its pair alone: it may exclude 0 where a pair is not clearly"
                                        + " different."
                                : "");
    }

    /** Returns the outcome of a pair with its symbol, as the first of the two sees it. */
    static Cell.Mark outcome(PairedComparison pair) {
        String words = ComparisonWords.outcome(pair);
        return switch (pair.outcome()) {
            case BETTER -> new Cell.Mark("\u25b2", words, true);
            case WORSE -> new Cell.Mark("\u25bc", words, false);
            case EQUIVALENT -> new Cell.Mark("=", words, null);
            case UNDECIDED -> new Cell.Mark("?", words, null);
        };
    }

    /** Returns the posterior probability of the outcome; of the most probable one if the pair is undecided. */
    private static @Nullable Double probability(PairedComparison pair) {
        var chances = pair.chances();
        if (chances.better() == null || chances.worse() == null || chances.equivalent() == null) {
            return null;
        }
        return switch (pair.outcome()) {
            case BETTER -> chances.better();
            case WORSE -> chances.worse();
            case EQUIVALENT -> chances.equivalent();
            case UNDECIDED -> Math.max(chances.equivalent(), Math.max(chances.better(), chances.worse()));
        };
    }

    /** Returns the classifiers that others are compared with, the best first; of many, the first. None if that is not. */
    private List<ClassifierReport> references() {
        List<ClassifierReport> trained = model.trained();
        return model.comparison() == null || !model.tested()
                ? List.of()
                : trained.stream()
                        .filter(one ->
                                trained.stream().anyMatch(other -> model.pairOf(one.name(), other.name()) != null))
                        .limit(RunDocument.LINES)
                        .toList();
    }

    /** Draws how far each classifier is from a reference, with the interval of that difference. */
    private Chart differences(ClassifierReport reference) {
        Comparison comparison = Objects.requireNonNull(model.comparison());
        boolean best = reference.equals(model.trained().get(0));
        ChartTable table = new ChartTable("Classifier", "Difference, points", "95 % interval", "p", "Outcome");
        List<ClassifierReport> compared = new ArrayList<>(List.of(reference));
        List<ClassifierReport> apart = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        String word = best ? "best" : "reference";
        String none = Numbers.NONE;
        String tip = table.add(reference.name(), none, none, none, "the " + word);
        rows.add(Row.of(reference, List.of(new Dot(0, reference.symbol(), true)), word, "", tip));
        for (ClassifierReport one : model.trained()) {
            PairedComparison pair = model.pairOf(one.name(), reference.name());
            if (pair == null) {
                if (!one.equals(reference)) {
                    apart.add(one);
                }
                continue;
            }
            compared.add(one);
            String points = Numbers.points(pair.difference());
            String words = table.add(
                    Cell.of(one.name()),
                    Cell.of(points),
                    Cell.points(pair.low(), pair.high()),
                    Cell.of(Numbers.probability(pair.decidingP())),
                    Cell.of(ComparisonWords.outcome(pair)));
            rows.add(Row.of(
                    one,
                    interval(pair.low(), pair.difference(), pair.high(), one.symbol()),
                    points,
                    model.pairKey(reference.name(), one.name()),
                    words));
        }
        double region = comparison.scope() == Scope.CLASSIFIERS ? comparison.regionPoints() : 0;
        List<ClassifierReport> open =
                model.choices().stream().filter(compared::contains).toList();
        int tied = best && open.equals(compared.subList(0, open.size())) ? open.size() : 0;
        String note =
                (region > 0 ? "Shaded: differences of up to " + region + " points, which count as equivalent. " : "")
                        + "Lines are 95 % intervals of the difference."
                        + (tied > 1 ? " The bracket joins those that the best is not clearly ahead of." : "")
                        + (apart.isEmpty()
                                ? ""
                                : " Not compared with " + (best ? "the best" : reference.name()) + ": "
                                        + Wording.classifiers(apart) + ".");
        return new RowChart(
                table.caption("differences", versus(reference, compared.subList(1, compared.size())), note),
                ChartAxis.around("Difference in accuracy, points", Row.span(rows)),
                rows,
                List.of(),
                region > 0 ? new Band(-region, region) : null,
                tied);
    }

    private String versus(ClassifierReport reference, List<ClassifierReport> others) {
        Map<String, List<ClassifierReport>> byOutcome = new LinkedHashMap<>();
        double least = Double.POSITIVE_INFINITY;
        for (ClassifierReport one : others) {
            PairedComparison pair = Objects.requireNonNull(model.pairOf(reference.name(), one.name()));
            byOutcome
                    .computeIfAbsent(ComparisonWords.outcome(pair), words -> new ArrayList<>())
                    .add(one);
            least = Math.min(least, pair.difference());
        }
        String all = byOutcome.entrySet().stream()
                .map(group -> group.getKey()
                        + switch (group.getKey()) {
                            case "equivalent" -> " to ";
                            case "not clearly different" -> " from ";
                            default -> " than ";
                        }
                        + (group.getValue().size() == others.size() && others.size() > 2
                                ? "all " + others.size() + " others"
                                : Wording.classifiers(group.getValue())))
                .collect(Collectors.joining(", but "));
        String ahead = others.size() == 1
                ? Numbers.percent(least) + " points"
                : Numbers.percent(Math.floor(1e4 * least + 1e-6) / 1e4) + " points or more";
        boolean better = byOutcome.keySet().stream().allMatch(words -> words.endsWith("better"));
        return reference.name() + " is " + all + (better ? ", ahead by " + ahead : "");
    }

    private static List<Item> interval(@Nullable Double low, double middle, @Nullable Double high, Symbol symbol) {
        Dot dot = new Dot(100 * middle, symbol, true);
        return low != null && high != null && Double.isFinite(low) && Double.isFinite(high)
                ? List.of(new Range(100 * low, 100 * high, true), dot)
                : List.of(dot);
    }

    /** Draws the accuracy of each classifier with its interval, and what is reached without a network. */
    private Optional<Chart> accuracy() {
        ChartTable table = new ChartTable("Classifier", "Accuracy %", "95 % interval");
        List<Row> rows = new ArrayList<>();
        for (ClassifierReport one : model.trained()) {
            Standing standing = one.stands();
            if (Double.isFinite(standing.accuracy())) {
                String accuracy = Numbers.percent(standing.accuracy());
                rows.add(Row.of(
                        one,
                        interval(standing.accuracyLow(), standing.accuracy(), standing.accuracyHigh(), one.symbol()),
                        accuracy,
                        "",
                        table.add(Cell.of(one.name()), Cell.of(accuracy), one.interval())));
            }
        }
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        List<ClassifierReport> leaders = model.leaders();
        double highest = leaders.get(0).stands().accuracy();
        String title = Wording.classifiers(leaders) + (leaders.size() == 1 ? " classifies " : " classify ")
                + Numbers.percent(highest) + " % of the images correctly";
        double low = Collections.min(Row.span(rows));
        double high = Collections.max(Row.span(rows));
        for (Baseline one : model.baselines()) {
            String name = ComparisonWords.name(one.name());
            String accuracy = Numbers.percent(one.accuracy());
            Cell.Range range = Cell.percent(one.accuracyLow(), one.accuracyHigh());
            // One that is far away would press all intervals together; its number is enough.
            List<Item> items = 100 * one.accuracy() >= low - Math.max(10, high - low)
                    ? interval(one.accuracyLow(), one.accuracy(), one.accuracyHigh(), Symbol.CIRCLE)
                    : List.of();
            String words = table.add(Cell.of(name), Cell.of(accuracy), range);
            rows.add(new Row(name, "muted", Symbol.CIRCLE, items, accuracy, words, ""));
            if (PairedValues.order(one.accuracy(), highest) >= 0) {
                title += "; the " + name + " baseline: " + accuracy + " %";
            }
        }
        return Optional.of(new RowChart(
                table.caption("accuracy", title, "Lines are 95 % intervals of each accuracy by itself."),
                ChartAxis.percent("Accuracy, %", Row.span(rows)),
                rows,
                List.of()));
    }

    /** Draws the accuracies of several trials of a classifier, one for each fold and seed. */
    private Optional<Chart> spread() {
        String trials = model.folded() ? "folds" : "seeds";
        ChartTable table = new ChartTable(
                "Classifier", "Trials", "Lowest %", "First quartile %", "Median %", "Third quartile %", "Highest %");
        List<Row> rows = new ArrayList<>();
        double widest = 0;
        boolean boxes = false;
        for (ClassifierReport one : model.trained()) {
            List<Double> accuracies = one.values(metrics -> 100 * metrics.test().accuracy()).stream()
                    .sorted()
                    .toList();
            if (accuracies.size() < 2) {
                continue;
            }
            Box box = new Box(accuracies);
            boolean quartiles = accuracies.size() >= FEWEST_QUARTILES;
            boxes |= quartiles;
            widest = Math.max(widest, box.quantile(1) - box.quantile(0));
            List<String> cells = new ArrayList<>(List.of(one.name(), Integer.toString(accuracies.size())));
            for (double share : new double[] {0, 0.25, 0.5, 0.75, 1}) {
                boolean known = quartiles || share % 0.5 == 0;
                cells.add(known ? Numbers.fixed(box.quantile(share), 2) : Numbers.NONE);
            }
            List<Item> dots = accuracies.stream()
                    .<Item>map(value -> new Dot(value, one.symbol(), true))
                    .toList();
            String tip = table.add(cells.toArray(String[]::new));
            rows.add(Row.of(one, quartiles ? List.of(box) : dots, "n = " + accuracies.size(), "", tip));
        }
        String title = "The accuracy of a classifier varies by up to " + Numbers.fixed(widest, 2) + " points over its "
                + trials;
        String note = "Each symbol is a trial."
                + (boxes
                        ? " A box holds the middle half, its line is the median; the line through it reaches the"
                                + " extremes."
                        : "");
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new RowChart(
                        table.caption(trials, title, note),
                        ChartAxis.percent("Accuracy, %", Row.span(rows)),
                        rows,
                        List.of()));
    }
}
