package io.catwalk.runner.report.slides;

import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells how sure the differences are, and what they do not allow to say. */
final class Differences {

    static final Color BETTER = new Color(0xCFEBDF);
    static final Color WORSE = new Color(0xF8D9C6);
    private static final Color EQUIVALENT = new Color(0xD3E6F4);
    private static final Color UNDECIDED = new Color(0xE6E9EC);
    private static final int SENTENCES = 8;

    private Differences() {}

    static void tell(Story story, Deck deck) {
        Comparison comparison = story.results().comparison();
        if (comparison == null) {
            if (story.ranked().size() > 1) {
                missing(story, deck);
            }
            return;
        }
        if (comparison.standings().size() > 1) {
            matrix(comparison, deck);
            best(comparison, deck);
        }
    }

    private static void missing(Story story, Deck deck) {
        Page page = deck.page("Statistics", "Whether the differences are more than chance is not known");
        int planned = story.results().experiment().planned();
        int finished = story.results().experiment().finished();
        page.text(
                Area.BODY,
                Style.BULLETS,
                "This run has no comparison: "
                        + (finished < planned
                                ? finished + " of its " + planned
                                        + " trials are finished. Resume it, and it is compared."
                                : "it was written by a version that did not compare, or its predictions are missing."),
                "Until then the order of the classifiers may be an accident of these images and seeds: no slide of this"
                        + " deck says that one is better than another.");
        page.notes("Source: results.json, key comparison, which is empty.");
    }

    private static void matrix(Comparison comparison, Deck deck) {
        List<String> names = Story.first(comparison.standings(), Story.MOST_IN_BARS).stream()
                .map(Standing::contestant)
                .toList();
        List<Table.Column> columns = new ArrayList<>();
        columns.add(Table.Column.text("", 2));
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (String row : names) {
            columns.add(new Table.Column(row, 1, Table.Kind.MATRIX));
            List<Table.Cell> cells = new ArrayList<>();
            cells.add(Table.Cell.bold(row));
            for (String column : names) {
                cells.add(cell(comparison.verdicts(), row, column, names.size() > 6 ? 1 : 2));
            }
            rows.add(cells);
        }
        Page page = deck.page("Statistics", comparison.headline());
        Area left = Area.BODY.left(600);
        page.table(
                left,
                Table.of(columns, rows).withSize(names.size() > 9 ? 9 : 11, Math.min(30, 264.0 / names.size())),
                "Matrix of verdicts, rows against columns. " + sentences(comparison.verdicts(), 40));
        Area right = Area.BODY.rightOf(632);
        List<List<Object>> legend = List.of(
                List.of(BETTER, "▲ the row is better"),
                List.of(WORSE, "▼ the row is worse"),
                List.of(EQUIVALENT, "≈ practically equal"),
                List.of(UNDECIDED, "? cannot be told apart"));
        for (int i = 0; i < legend.size(); i++) {
            Area line = right.below(i * 24).top(20);
            page.panel(line.left(20).top(16), (Color) legend.get(i).get(0));
            page.text(line.rightOf(30), Style.NOTE.withSize(12).withColor(Look.INK), (String)
                    legend.get(i).get(1));
        }
        List<String> words = new ArrayList<>();
        words.add("Read a row against a column: the difference in accuracy, in percentage points.");
        words.add(
                switch (comparison.scope()) {
                    case MODELS ->
                        "Exact McNemar tests on the same images, corrected by Holm for the number of pairs, at the 5 %"
                                + " level.";
                    case SEEDS ->
                        "Welch's t-test over the seeds on one split, corrected by Holm for the number of pairs, at the"
                                + " 5 % level.";
                    case CLASSIFIERS ->
                        "Corrected t-test over the same folds; a verdict is one that is at least 95 % probable, with a"
                                + " region of ±" + Words.fixed(comparison.regionPoints(), 1)
                                + " points that counts as none.";
                });
        if (comparison.cochranQ() != null) {
            words.add("All at once (Cochran's Q): "
                    + Words.fixed(comparison.cochranQ().statistic(), 1) + " with "
                    + comparison.cochranQ().degreesOfFreedom() + " degrees of freedom, p "
                    + probability(comparison.cochranQ().p()) + ".");
        }
        if (names.size() < comparison.standings().size()) {
            words.add("Shown are the " + names.size() + " most accurate of "
                    + comparison.standings().size() + ".");
        }
        page.text(right.below(108).top(250), Style.NOTE.withSize(12), words);
        page.notes(
                comparison.headline(),
                comparison.limits(),
                "Source: results.json, keys comparison.verdicts[].outcome, difference and p; comparison.cochran_q.");
    }

    private static Table.Cell cell(List<Verdict> verdicts, String row, String column, int decimals) {
        for (Verdict verdict : verdicts) {
            boolean forwards = verdict.first().equals(row) && verdict.second().equals(column);
            boolean backwards =
                    verdict.first().equals(column) && verdict.second().equals(row);
            if (forwards || backwards) {
                double difference = forwards ? verdict.difference() : -verdict.difference();
                String number = Words.points(difference, decimals);
                return switch (verdict.outcome()) {
                    case BETTER ->
                        forwards ? Table.Cell.on(BETTER, "▲ " + number) : Table.Cell.on(WORSE, "▼ " + number);
                    case WORSE -> forwards ? Table.Cell.on(WORSE, "▼ " + number) : Table.Cell.on(BETTER, "▲ " + number);
                    case EQUIVALENT -> Table.Cell.on(EQUIVALENT, "≈ " + number);
                    case UNDECIDED -> Table.Cell.on(UNDECIDED, "? " + number);
                };
            }
        }
        return Table.Cell.on(Color.WHITE, row.equals(column) ? "" : Words.NONE);
    }

    private static void best(Comparison comparison, Deck deck) {
        String best = comparison.standings().get(0).contestant();
        List<Verdict> about = comparison.verdicts().stream()
                .filter(verdict ->
                        verdict.first().equals(best) || verdict.second().equals(best))
                .toList();
        Page page = deck.page("Statistics", "What the tests say of " + Words.name(best) + ", and what they leave open");
        List<String> sentences = new ArrayList<>(Story.first(about, SENTENCES).stream()
                .map(verdict -> Words.brief(verdict.sentence(), 260))
                .toList());
        if (about.size() > SENTENCES) {
            sentences.add("And " + (about.size() - SENTENCES) + " more, in results.json.");
        }
        page.text(Area.BODY.top(270), Style.BULLETS.withSize(14), sentences);
        Area box = Area.BODY.below(290);
        page.panel(box, Look.PALE);
        page.text(
                new Area(box.x() + 16, box.y() + 12, box.width() - 32, box.height() - 20),
                Style.BODY.withSize(14),
                "Limits: " + comparison.limits());
        page.notes(
                sentences(comparison.verdicts(), 100),
                "Source: results.json, keys comparison.verdicts[].sentence and comparison.limits.");
    }

    private static String sentences(List<Verdict> verdicts, int most) {
        return String.join(
                " ",
                Story.first(verdicts, most).stream()
                        .map(verdict -> Words.brief(verdict.sentence(), 300) + ".")
                        .toList());
    }

    static String probability(@Nullable Double p) {
        return p == null ? Words.NONE : p < 0.0001 ? "< 0.0001" : "= " + Words.fixed(p, 4);
    }
}
