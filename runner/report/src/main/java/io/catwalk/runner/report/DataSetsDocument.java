package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.experiment.MultiDatasetComparison.DataSet;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.RowChart.Row;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.RowChart.Row.Item;
import io.catwalk.runner.report.RowChart.Row.Range;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.CriticalDifference.Rank;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
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
    private static final Set<Medium> TERMINAL = Medium.of(Medium.TERMINAL);

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
                    isChance(ranking)
                            ? "Friedman's test finds no difference, so no two mean ranks are compared"
                            : "Two mean ranks differ significantly if they are at least "
                                    + Numbers.fixed(ranking.difference(), 2) + " apart",
                    ranks(ranking),
                    JSON + ", key ranking"));
            sections.add(new Section("odds", "Odds", oddsTitle(), odds(), JSON + ", key pairs"));
        }
        return new Document(
                across.name(),
                Wording.count(across.classifiers().size(), "classifier") + " on "
                        + Wording.count(across.dataSets().size(), "data set"),
                headline(),
                sections,
                across.classifiers(),
                "Made by Catwalk from the runs in this folder: catwalk " + across.command() + ".");
    }

    private static boolean isChance(CriticalDifference ranks) {
        return ranks.p() >= MultiDatasetComparison.LEVEL;
    }

    private long counted() {
        return across.dataSets().stream().filter(DataSet::counts).count();
    }

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
        if (isChance(ranking)) {
            return "No difference between the " + placed + " classifiers is found over " + counted()
                    + " data sets: Friedman's test gives p " + Numbers.p(ranking.p()) + ", so the ranks may be chance";
        }
        return "Over " + counted() + " data sets "
                + (last.average() - best.average() < ranking.difference()
                        ? "no two classifiers differ significantly"
                        : Wording.names(all(ranking, best), " ranks", " rank") + " significantly above "
                                + Wording.names(all(ranking, last)))
                + ": mean ranks " + Numbers.fixed(best.average(), 2) + " (" + Wording.names(all(ranking, best))
                + ") to "
                + Numbers.fixed(last.average(), 2) + " (" + Wording.names(all(ranking, last)) + ")";
    }

    /** Names all that have the mean rank of one. */
    private static List<String> all(CriticalDifference known, Rank one) {
        return known.ranks().stream()
                .filter(rank -> rank.average() == one.average())
                .map(Rank::classifier)
                .toList();
    }

    private List<Block> accuracies() {
        TableBuilder<String> table =
                new TableBuilder<>(Medium.ALL, across.classifiers()).text("Classifier", this::name);
        for (int i = 0; i < across.dataSets().size(); i++) {
            DataSet one = across.dataSets().get(i);
            table.in(Medium.WRITTEN).number(one.folder() + " %", name -> accuracy(one, name));
            if (i < SHORT) {
                table.in(TERMINAL).number(Integer.toString(i + 1), name -> accuracy(one, name));
            }
        }
        if (ranking != null) {
            Map<String, Double> ranks =
                    ranking.ranks().stream().collect(Collectors.toMap(Rank::classifier, Rank::average));
            table.in(Medium.ALL).number("Mean rank", Unit.TIMES, ranks::get);
        }
        List<Block> blocks = new ArrayList<>();
        blocks.add(table.table(
                "table",
                "Accuracy on the test images of each data set",
                "In percent; with several seeds or folds, the mean."
                        + (across.dataSets().size() > SHORT ? " A terminal shows the first " + SHORT + "." : "")));
        if (across.classifiers().size() <= SYMBOLS) {
            blocks.add(new Figure(Medium.SEEN, accuracyChart()));
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
                : accuracy.with(Cell.percent(interval.low(), interval.high()).text());
    }

    private Block dataSets() {
        TableBuilder<DataSet> table = new TableBuilder<>(Medium.ALL, across.dataSets())
                .in(TERMINAL)
                .words("Data set", one -> across.dataSets().indexOf(one) + 1 + " " + one.folder())
                .in(Medium.WRITTEN)
                .text("Data set", one -> Cell.Link.toReport(one.folder()))
                .number("Classes", Unit.COUNT, DataSet::classes)
                .number("Training images", Unit.COUNT, DataSet::train)
                .in(Medium.ALL)
                .number("Test images", Unit.COUNT, DataSet::test)
                .number("Trials finished", one -> Cell.of(one.finished() + " of " + one.planned()))
                .words("Best there", one -> best(one));
        if (ranking != null) {
            table.in(Medium.WRITTEN).words("Ranked", one -> one.counts() ? "yes" : "no");
        }
        return table.table("sets", "The data sets", "");
    }

    /** Names the most accurate on a data set, with those that do not clearly differ from it. */
    private static String best(DataSet one) {
        return one.leaders().size() == one.accuracies().size() && one.leaders().size() > 1
                ? "no clear difference"
                : one.leaders().isEmpty() ? Numbers.NONE : Wording.names(one.leaders());
    }

    private List<String> limits() {
        List<String> limits = new ArrayList<>(List.of("The data sets are the sample: the tests speak of data sets like"
                + " these, with these recipes at this length. They ignore how precisely each accuracy is known; the"
                + " report of each data set shows that."));
        List<String> without = across.withoutNetwork();
        if (!without.isEmpty()) {
            limits.add(Wording.names(without, " has", " have") + " no trained network on any data set.");
        }
        List<String> open = across.dataSets().stream()
                .filter(one -> !one.counts())
                .map(DataSet::folder)
                .toList();
        if (!open.isEmpty() && without.size() < across.classifiers().size()) {
            limits.add(Wording.names(open, " does", " do")
                    + " not count: not every classifier has a trained network there.");
        }
        return limits;
    }

    private List<Block> ranks(CriticalDifference known) {
        return List.of(
                new Figure(Medium.SEEN, rankChart(known)),
                Sentences.of(
                        Medium.WRITTEN,
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
        return decided + " of " + Wording.count(across.pairs().size(), "pair")
                + (decided == 1 ? " is" : " are") + " at least 95 % likely to differ by more than "
                + across.regionPoints() + " points on a further data set";
    }

    private List<Block> odds() {
        return List.of(
                new TableBuilder<>(Medium.ALL, across.pairs())
                        .text("Classifier", pair -> name(pair.first()))
                        .text("Compared with", pair -> name(pair.second()))
                        .number("Ahead on", Unit.COUNT, pair -> pair.ahead().onlyFirst())
                        .number("Behind on", Unit.COUNT, pair -> pair.ahead().onlySecond())
                        .number("Difference, points", Unit.POINTS, PairedComparison::difference)
                        .in(Medium.WRITTEN)
                        .number("P better", Unit.PROBABILITY, p -> p.chances().better())
                        .number(
                                "P equivalent",
                                Unit.PROBABILITY,
                                p -> p.chances().equivalent())
                        .number("P worse", Unit.PROBABILITY, p -> p.chances().worse())
                        .in(Medium.ALL)
                        .text("Outcome", ConfidenceSection::outcome)
                        .table("pairs", "Every pair of classifiers", ""),
                Sentences.of(
                        Medium.WRITTEN,
                        Tone.NOTE,
                        "The Bayesian signed-rank test gives the probability that on a further data set like these one"
                                + " classifier is better or worse by more than " + across.regionPoints()
                                + " points, or neither."));
    }

    /** Draws the mean ranks. Two whose bars do not overlap differ significantly: each is as long as the difference. */
    Chart rankChart(CriticalDifference known) {
        double reach = known.difference() / 2;
        ChartTable table = new ChartTable("Classifier", "Mean rank");
        List<Row> rows = new ArrayList<>();
        for (Rank rank : known.ranks()) {
            String average = Numbers.fixed(rank.average(), 2);
            Palette.Look look = palette.look(rank.classifier());
            rows.add(new Row(
                    rank.classifier(),
                    look.color(),
                    look.symbol(),
                    List.of(
                            new Range(rank.average() - reach, rank.average() + reach, false),
                            new Dot(rank.average(), look.symbol(), true)),
                    average,
                    table.add(rank.classifier(), average),
                    ""));
        }
        Rank best = known.ranks().get(0);
        List<String> open = known.ranks().stream()
                .skip(1)
                .filter(one -> one.average() - best.average() < known.difference())
                .map(Rank::classifier)
                .toList();
        String title = Wording.names(all(known, best), " has", " have") + " the best mean rank, "
                + Numbers.fixed(best.average(), 2) + ", "
                + (isChance(known)
                        ? "which may be chance (Friedman's test: p " + Numbers.p(known.p()) + ")"
                        : open.isEmpty()
                                ? "significantly better than all others"
                                : open.size() == known.ranks().size() - 1
                                        ? "but not significantly better than any other"
                                        : "but not significantly better than " + Wording.names(open));
        return new RowChart(
                table.caption(
                        "ranks",
                        title,
                        (isChance(known)
                                        ? ""
                                        : "Classifiers whose bars do not overlap differ significantly (Nemenyi). ")
                                + "1 is the best rank."),
                ChartAxis.around("Mean rank", Row.span(rows)),
                rows,
                List.of());
    }

    private Chart accuracyChart() {
        ChartTable table = new ChartTable("Data set", "Classifier", "Accuracy %");
        List<Row> rows = new ArrayList<>();
        for (DataSet one : across.dataSets()) {
            List<Item> dots = new ArrayList<>();
            List<String> words = new ArrayList<>();
            one.accuracies().forEach((classifier, accuracy) -> {
                dots.add(new Dot(100 * accuracy, palette.look(classifier).symbol(), true));
                words.add(table.add(one.folder(), classifier, Numbers.percent(accuracy)));
            });
            rows.add(new Row(one.folder(), "muted", Symbol.CIRCLE, dots, "", String.join("; ", words), ""));
        }
        List<RowChart.Key> legend = across.classifiers().stream()
                .map(name -> new RowChart.Key(name, palette.look(name).symbol(), true))
                .toList();
        return new RowChart(
                table.caption("data-set-accuracies", mostOftenFirst(), ""),
                ChartAxis.percent("Accuracy, %", Row.span(rows)),
                rows,
                legend);
    }

    /** Says who has the highest accuracy on the most data sets: all of them, if several do. */
    private String mostOftenFirst() {
        Map<String, Integer> firsts = new LinkedHashMap<>();
        for (DataSet one : across.dataSets()) {
            double highest = one.accuracies().values().stream()
                    .mapToDouble(accuracy -> accuracy)
                    .max()
                    .orElse(Double.NaN);
            one.accuracies().forEach((name, accuracy) -> {
                if (PairedValues.order(accuracy, highest) == 0) {
                    firsts.merge(name, 1, Integer::sum);
                }
            });
        }
        int most = firsts.values().stream().mapToInt(count -> count).max().orElse(0);
        List<String> names = across.classifiers().stream()
                .filter(name -> Objects.equals(firsts.get(name), most))
                .toList();
        return most == 0
                ? "No accuracy is known yet"
                : Wording.names(names, " has", " have each") + " the highest accuracy on " + most + " of "
                        + Wording.count(across.dataSets().size(), "data set");
    }
}
