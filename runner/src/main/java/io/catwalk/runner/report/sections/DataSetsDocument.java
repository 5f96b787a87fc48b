package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.experiment.MultiDatasetComparison.DataSet;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.report.charts.DataSetCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.CriticalDifference.Rank;
import io.catwalk.runner.statistics.PairedComparison;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that is said about one experiment on several data sets. */
public record DataSetsDocument(
        MultiDatasetComparison across,
        Palette palette,
        @Nullable CriticalDifference ranking) {

    /** Columns of accuracies that a terminal has room for, under the numbers of the data sets. */
    private static final int SHORT = 6;

    /** With more classifiers, two have the same symbol. */
    private static final int SYMBOLS = 8;

    private static final String JSON = "across.json";

    /** Media with room for the names of data sets as heads. */
    private static final Set<Medium> WIDE = Medium.WRITTEN;

    private static final Set<Medium> TERMINAL = Medium.of(Medium.TERMINAL);

    /** Writes the document. */
    public static Document of(MultiDatasetComparison across) {
        return new DataSetsDocument(across, new Palette(across.classifiers()), across.ranking()).document();
    }

    private Document document() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("accuracies", "Accuracies", headline(), accuracies(), JSON + ", key data_sets"));
        if (ranking != null) {
            sections.add(new Section(
                    "ranks",
                    "Ranks",
                    "Two mean ranks differ significantly if they are at least " + Numbers.fixed(ranking.difference(), 2)
                            + " apart",
                    ranks(ranking),
                    JSON + ", key ranking"));
            sections.add(new Section("odds", "Odds", oddsTitle(), odds(), JSON + ", key pairs"));
        }
        return new Document(
                across.name(),
                Wording.count(across.classifiers().size(), "classifier", "classifiers") + " on "
                        + Wording.count(across.dataSets().size(), "data set", "data sets"),
                headline(),
                sections,
                across.classifiers(),
                "Made by Catwalk from the runs in this folder: catwalk " + across.command() + ".");
    }

    private long counted() {
        return across.dataSets().stream().filter(DataSet::counts).count();
    }

    /** Answers which classifier is best, and how sure that is. */
    private String headline() {
        int placed = across.classifiers().size() - across.withoutNetwork().size();
        if (ranking == null) {
            return placed < 2
                    ? "There is no ranking: it needs at least 2 classifiers with trained networks"
                    : "There is no ranking: it needs at least " + CriticalDifference.FEWEST_DATA_SETS
                            + " data sets, but found " + counted();
        }
        Rank best = ranking.ranks().get(0);
        Rank last = ranking.ranks().get(ranking.ranks().size() - 1);
        if (ranking.p() >= MultiDatasetComparison.LEVEL) {
            return "No difference between the " + placed + " classifiers is found over " + counted()
                    + " data sets: Friedman's test gives p " + Numbers.p(ranking.p()) + ", so the ranks may be chance";
        }
        return "Over " + counted() + " data sets "
                + (last.average() - best.average() < ranking.difference()
                        ? "no two classifiers differ significantly"
                        : best.classifier() + " ranks significantly above " + last.classifier())
                + ": mean ranks " + Numbers.fixed(best.average(), 2) + " (" + best.classifier() + ") to "
                + Numbers.fixed(last.average(), 2) + " (" + last.classifier() + ")";
    }

    private List<Block> accuracies() {
        List<TableColumn<String>> columns = new ArrayList<>();
        columns.add(TableColumn.text(Medium.ALL, "Classifier", this::name));
        for (int i = 0; i < across.dataSets().size(); i++) {
            DataSet one = across.dataSets().get(i);
            columns.add(TableColumn.number(WIDE, one.folder() + " %", name -> accuracy(one, name)));
            if (i < SHORT) {
                columns.add(TableColumn.number(TERMINAL, Integer.toString(i + 1), name -> accuracy(one, name)));
            }
        }
        if (ranking != null) {
            columns.add(TableColumn.number(Medium.ALL, "Mean rank", name -> Cell.of(rank(ranking, name), Unit.TIMES)));
        }
        List<Block> blocks = new ArrayList<>();
        blocks.add(TableColumn.table(
                Medium.ALL,
                "table",
                "Accuracy on the test images of each data set",
                columns,
                across.classifiers(),
                "In percent; with several seeds or folds, the mean."
                        + (across.dataSets().size() > SHORT ? " A terminal shows the first " + SHORT + "." : "")));
        if (across.classifiers().size() <= SYMBOLS) {
            blocks.add(new Figure(Medium.SEEN, new DataSetCharts(across, palette).accuracies()));
        }
        blocks.add(dataSets());
        blocks.add(new Sentences(Medium.ALL, "", Tone.NOTE, limits()));
        return blocks;
    }

    private Cell name(String classifier) {
        return new Cell.Name(classifier, palette.look(classifier), "", "");
    }

    private static Cell accuracy(DataSet one, String classifier) {
        Cell.Quantity accuracy = Cell.of(one.accuracies().get(classifier), Unit.PERCENT);
        Interval interval = one.intervals().get(classifier);
        return interval == null
                ? accuracy
                : accuracy.with(new Cell.Range(interval.low(), interval.high(), Unit.PERCENT).text());
    }

    private static @Nullable Double rank(CriticalDifference ranking, String classifier) {
        return ranking.ranks().stream()
                .filter(rank -> rank.classifier().equals(classifier))
                .map(Rank::average)
                .findFirst()
                .orElse(null);
    }

    private Block dataSets() {
        return TableColumn.table(
                Medium.ALL,
                "sets",
                "The data sets",
                List.of(
                        TableColumn.text(
                                TERMINAL,
                                "Data set",
                                one -> Cell.of(across.dataSets().indexOf(one) + 1 + " " + one.folder())),
                        TableColumn.text(WIDE, "Data set", one -> new Cell.Link(one.folder(), report(one))),
                        TableColumn.number(WIDE, "Classes", one -> Cell.of(one.classes(), Unit.COUNT)),
                        TableColumn.number(WIDE, "Training images", one -> Cell.of(one.train(), Unit.COUNT)),
                        TableColumn.number(Medium.ALL, "Test images", one -> Cell.of(one.test(), Unit.COUNT)),
                        TableColumn.number(
                                Medium.ALL, "Trials finished", one -> Cell.of(one.finished() + " of " + one.planned())),
                        TableColumn.text(Medium.ALL, "Best there", one -> Cell.of(best(one))),
                        TableColumn.text(WIDE, "Ranked", one -> Cell.of(one.counts() ? "yes" : "no"))),
                across.dataSets(),
                "");
    }

    /** Names the most accurate on a data set, with those that do not clearly differ from it. */
    private static String best(DataSet one) {
        return one.leaders().size() == one.accuracies().size() && one.leaders().size() > 1
                ? "no clear difference"
                : one.leaders().isEmpty() ? Numbers.NONE : Wording.names(one.leaders());
    }

    /** Returns the address of the report of a data set, relative to the document. */
    private static String report(DataSet one) {
        try {
            // A path of several parts cannot be mistaken for an address with a scheme.
            return new URI(null, null, one.folder() + "/report.html", null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private List<String> limits() {
        List<String> limits = new ArrayList<>(List.of("The data sets are the sample: the tests speak of data sets like"
                + " these, with these recipes at this length. They ignore how precisely each accuracy is known; the"
                + " report of each data set shows that."));
        List<String> without = across.withoutNetwork();
        if (!without.isEmpty()) {
            limits.add(Wording.names(without) + (without.size() == 1 ? " has" : " have")
                    + " no trained network on any data set.");
        }
        List<String> open = across.dataSets().stream()
                .filter(one -> !one.counts())
                .map(DataSet::folder)
                .toList();
        if (!open.isEmpty() && without.size() < across.classifiers().size()) {
            limits.add(Wording.names(open) + (open.size() == 1 ? " does" : " do")
                    + " not count: not every classifier has a trained network there.");
        }
        return limits;
    }

    private List<Block> ranks(CriticalDifference known) {
        return List.of(
                new Figure(Medium.SEEN, new DataSetCharts(across, palette).ranks(known)),
                Sentences.of(
                        WIDE,
                        Tone.NOTE,
                        "On each data set the most accurate has rank 1, and ties share their ranks.",
                        "Friedman's test asks whether all have the same mean rank: chi-square "
                                + Numbers.fixed(known.friedman(), 2) + ", p " + Numbers.p(known.p()) + ".",
                        "Only where it says no (p below " + MultiDatasetComparison.LEVEL
                                + ") do Nemenyi's differences count."));
    }

    private String oddsTitle() {
        long decided = across.pairs().stream()
                .filter(pair -> ConfidenceSection.outcome(pair).good() != null)
                .count();
        return decided + " of " + Wording.count(across.pairs().size(), "pair", "pairs")
                + (decided == 1 ? " is" : " are") + " at least 95 % likely to differ by more than "
                + across.regionPoints() + " points on a further data set";
    }

    private List<Block> odds() {
        return List.of(
                TableColumn.table(
                        Medium.ALL,
                        "pairs",
                        "Every pair of classifiers",
                        List.of(
                                TableColumn.<PairedComparison>text(
                                        Medium.ALL, "Classifier", pair -> name(pair.first())),
                                TableColumn.<PairedComparison>text(
                                        Medium.ALL, "Compared with", pair -> name(pair.second())),
                                number("Ahead on", pair -> Cell.of(pair.onlyFirst(), Unit.COUNT)),
                                number("Behind on", pair -> Cell.of(pair.onlySecond(), Unit.COUNT)),
                                number("Difference, points", pair -> Cell.of(pair.difference(), Unit.POINTS)),
                                probability("P better", PairedComparison::better),
                                probability("P equivalent", PairedComparison::equivalent),
                                probability("P worse", PairedComparison::worse),
                                TableColumn.<PairedComparison>text(Medium.ALL, "Outcome", ConfidenceSection::outcome)),
                        across.pairs(),
                        ""),
                Sentences.of(
                        WIDE,
                        Tone.NOTE,
                        "The Bayesian signed-rank test gives the probability that on a further data set like these one"
                                + " classifier is better or worse by more than " + across.regionPoints()
                                + " points, or neither."));
    }

    private static TableColumn<PairedComparison> number(String head, Function<PairedComparison, Cell> cell) {
        return TableColumn.number(Medium.ALL, head, cell);
    }

    private static TableColumn<PairedComparison> probability(
            String head, Function<PairedComparison, @Nullable Double> value) {
        return TableColumn.number(WIDE, head, pair -> Cell.of(value.apply(pair), Unit.PROBABILITY));
    }
}
