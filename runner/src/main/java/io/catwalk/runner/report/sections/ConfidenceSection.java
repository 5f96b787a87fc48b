package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.ComparisonWords;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.Paired;
import io.catwalk.runner.statistics.PairedComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How sure the differences between classifiers are: every pair with its interval and its test. */
record ConfidenceSection(ReportModel model, Comparison comparison) {

    static Optional<Section> of(ReportModel model) {
        Comparison comparison = model.comparison();
        if (comparison == null || comparison.pairs().isEmpty()) {
            return Optional.empty();
        }
        ConfidenceSection section = new ConfidenceSection(model, comparison);
        return Optional.of(new Section(
                "confidence",
                "Confidence",
                section.title(),
                section.blocks(),
                "results.json, key comparison.pairs (difference, low, high, p, adjusted_p, outcome)"));
    }

    private String title() {
        List<PairedComparison> pairs = comparison.pairs();
        if (pairs.size() == 1) {
            PairedComparison pair = pairs.get(0);
            Cell.Range interval = new Cell.Range(pair.low(), pair.high(), Unit.POINTS);
            return (Paired.order(pair.difference(), 0) == 0
                            ? pair.first() + " and " + pair.second() + " are equally accurate"
                            : pair.first() + " is "
                                    + Numbers.plainPoints(Math.abs(pair.difference())) + " points "
                                    + (pair.difference() < 0 ? "behind " : "ahead of ") + pair.second())
                    + (pair.low() == null ? "" : " (95 % interval of the difference " + interval.text() + ")");
        }
        long decided = pairs.stream()
                .filter(pair -> pair.outcome() == Outcome.BETTER || pair.outcome() == Outcome.WORSE)
                .count();
        String differ = comparison.scope() == Scope.CLASSIFIERS
                ? (decided == 1 ? "is" : "are") + " at least 95 % likely to differ by more than "
                        + comparison.regionPoints() + " points"
                : decided == 1 ? "differs significantly" : "differ significantly";
        return decided == 0
                ? "None of the " + pairs.size() + " pairs of classifiers "
                        + (comparison.scope() == Scope.CLASSIFIERS ? "is clearly different" : "differs significantly")
                : (decided == pairs.size() ? "All " : decided + " of ") + pairs.size() + " pairs of classifiers "
                        + differ;
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        List<Figure> figures = Figure.of(RunCharts.CONFIDENCE.of(model));
        figures.stream().limit(1).forEach(blocks::add);
        boolean others = comparison.pairs().size() > comparison.ofTheBest().size();
        Set<Medium> media = others ? Medium.of(Medium.SLIDES) : Medium.SEEN;
        blocks.add(pairs("versus-best", "Each classifier against the best", media, comparison.ofTheBest()));
        blocks.add(Sentences.of(Medium.WRITTEN, Tone.NOTE, method()));
        if (others) {
            blocks.add(pairs("pairs", "Every pair of classifiers", Medium.DETAIL, comparison.pairs()));
        }
        figures.stream().skip(1).forEach(blocks::add);
        return blocks;
    }

    private String method() {
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
        List<TableColumn<PairedComparison>> columns = new ArrayList<>(List.of(
                TableColumn.text(media, "Classifier", pair -> name(pair.first())),
                TableColumn.text(media, "Compared with", pair -> name(pair.second())),
                TableColumn.number(media, "Difference, points", pair -> Cell.of(pair.difference(), Unit.POINTS)),
                TableColumn.number(
                        media, "95 % interval", pair -> new Cell.Range(pair.low(), pair.high(), Unit.POINTS)),
                TableColumn.number(media, "p", pair -> Cell.of(pair.decidingP(), Unit.P))));
        if (comparison.scope() == Scope.CLASSIFIERS) {
            columns.add(TableColumn.number(media, "P", pair -> Cell.of(probability(pair), Unit.PROBABILITY)));
        }
        columns.add(TableColumn.text(media, "Outcome", ConfidenceSection::outcome));
        return TableColumn.table(
                media,
                id,
                title,
                columns,
                pairs,
                pair -> model.pairKey(pair.first(), pair.second()),
                pairs.stream().anyMatch(PairedComparison::stricterThanInterval)
                        ? "An interval is for its pair alone: it may exclude 0 where a pair is not clearly different."
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
        if (pair.better() == null || pair.worse() == null || pair.equivalent() == null) {
            return null;
        }
        return switch (pair.outcome()) {
            case BETTER -> pair.better();
            case WORSE -> pair.worse();
            case EQUIVALENT -> pair.equivalent();
            case UNDECIDED -> Math.max(pair.equivalent(), Math.max(pair.better(), pair.worse()));
        };
    }

    private Cell name(String classifier) {
        return StandingsSection.name(model.entrant(classifier));
    }
}
