package io.catwalk.runner.report.slides;

import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.report.ImagePng;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Tells which classes are taken for which. */
final class Mistakes {

    /** How many classes a table shows; more become a picture. */
    private static final int MOST_IN_TABLE = 12;

    private static final int HARDEST = 12;
    private static final int EASIEST = 3;
    private static final Color FULL = new Color(0x00487A);

    private Mistakes() {}

    /**
     * Sums up the mistakes of one classifier over its trials.
     *
     * @param entrant the classifier
     * @param counts images of a true class (row) that were taken for a class (column)
     */
    private record Confusion(Entrant entrant, ConfusionMatrix counts) {

        static Confusion of(Entrant entrant) {
            return new Confusion(
                    entrant,
                    ConfusionMatrix.sum(entrant.evaluations().stream()
                            .map(Evaluation::confusion)
                            .toList()));
        }
    }

    static void tell(Story story, Deck deck) {
        if (story.ranked().isEmpty()) {
            return;
        }
        List<Entrant> judged = story.ranked().stream()
                .filter(entrant -> !entrant.evaluations().isEmpty())
                .toList();
        if (judged.isEmpty()) {
            Page page = deck.page("Mistakes", "Which classes are confused is not known: there are no predictions");
            page.text(
                    Area.BODY,
                    Style.BODY,
                    "The run folder has no predictions.csv, from which confusions and the scores of single classes are"
                            + " counted. Evaluating the run again writes them anew.");
            page.notes("Source: trials/*/*/predictions.csv, of which there is none.");
            return;
        }
        List<Confusion> confusions = Story.first(judged, Story.MOST_IN_LINES).stream()
                .map(Confusion::of)
                .toList();
        hardest(story, confusions, deck);
        for (int i = 0; i < confusions.size(); i += 2) {
            pair(story, confusions.subList(i, Math.min(i + 2, confusions.size())), judged.size(), deck);
        }
    }

    private static void hardest(Story story, List<Confusion> confusions, Deck deck) {
        List<String> classes = story.dataset().classes();
        List<Integer> order = IntStream.range(0, classes.size())
                .boxed()
                .filter(c -> confusions.get(0).counts().support(c) > 0)
                .sorted(Comparator.comparingDouble(c -> recall(confusions, c)))
                .toList();
        if (order.isEmpty()) {
            return;
        }
        List<Integer> shown = Story.first(order, HARDEST);
        int first = shown.get(0);
        Page page = deck.page(
                "Mistakes",
                Words.name(classes.get(first)) + " is the hardest class: "
                        + (confusions.size() == 1 ? "" : "on average ")
                        + Words.percent(recall(confusions, first)) + " % of its images are found");
        List<@Nullable Double> values = new ArrayList<>();
        shown.forEach(c -> values.add(100 * recall(confusions, c)));
        String heading = "Share of the images of a class that are found (recall), %"
                + (confusions.size() == 1 ? "" : ", mean over " + confusions.size() + " classifiers");
        page.text(Area.BODY.top(20), Style.HEADING, heading);
        List<String> names = shown.stream().map(classes::get).toList();
        page.chart(
                Area.BODY.below(22).top(316),
                new BarChart(names, List.of(Chart.Series.of("recall, %", values, Look.ACCENT)), "0.0"),
                "Bar chart. " + heading + ": " + Tried.listed(names, values) + ".");
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "The hardest class first."
                        + (shown.size() < order.size()
                                ? " Shown are the " + shown.size() + " hardest of " + Words.count(order.size())
                                        + " classes; the easiest are " + easiest(confusions, order, classes) + "."
                                : ""));
        page.notes(heading + ".", "Source: trials/*/*/predictions.csv, columns label and logit_0 and following.");
    }

    private static String easiest(List<Confusion> confusions, List<Integer> order, List<String> classes) {
        List<Integer> last = new ArrayList<>(order.subList(Math.max(0, order.size() - EASIEST), order.size()));
        Collections.reverse(last);
        return last.stream()
                .map(c -> Words.name(classes.get(c)) + " (" + Words.percent(recall(confusions, c)) + " %)")
                .collect(Collectors.joining(", "));
    }

    private static double recall(List<Confusion> confusions, int label) {
        return confusions.stream()
                .mapToDouble(one -> one.counts().share(label, label))
                .average()
                .orElse(0);
    }

    private static void pair(Story story, List<Confusion> pair, int all, Deck deck) {
        List<String> classes = story.dataset().classes();
        Page page = deck.page("Mistakes", title(pair, classes));
        for (int i = 0; i < pair.size(); i++) {
            Confusion one = pair.get(i);
            Area column = Area.BODY.column(i, 2, 40);
            String name = Words.name(one.entrant().name());
            page.text(
                    column.top(18),
                    Style.HEADING,
                    name + ", " + Words.percent(one.entrant().accuracy()) + " %");
            List<String> worst = Story.first(one.counts().mistakes(), 3).stream()
                    .map(wrong -> Words.brief(classes.get(wrong.truth()), 20) + " taken for "
                            + Words.brief(classes.get(wrong.predicted()), 20) + ": "
                            + Words.count(wrong.images(), "image", "images") + ", "
                            + Words.fixed(100 * one.counts().share(wrong.truth(), wrong.predicted()), 1) + " %")
                    .toList();
            String alternative = "Confusion matrix of " + name + ", rows true and columns predicted classes. "
                    + (worst.isEmpty() ? "No mistake." : "Most frequent mistakes: " + String.join("; ", worst) + ".");
            if (classes.size() <= MOST_IN_TABLE) {
                page.table(column.below(20), table(one.counts(), classes), alternative);
            } else {
                RasterImage map = map(one.counts());
                page.picture(
                        column.below(24).top(276), ImagePng.of(map, Math.max(1, 560 / map.width())), 1, alternative);
            }
            page.text(
                    column.below(304).top(50),
                    Style.NOTE.withColor(Look.INK),
                    worst.isEmpty() ? List.of("No mistake.") : worst);
        }
        page.text(
                Area.BODY.below(360),
                Style.NOTE.withSize(10),
                "Rows: true classes; columns: what they were taken for"
                        + (classes.size() <= MOST_IN_TABLE
                                ? "; numbers: percent of the row."
                                : "; dark: a large share of the row."
                                        + (classes.size() > ShownClasses.ALL
                                                ? " The " + ShownClasses.ALL + " most confused of "
                                                        + Words.count(classes.size()) + " classes."
                                                : ""))
                        + Story.shown(Math.min(all, Story.MOST_IN_LINES), all, "classifiers"));
        page.notes(
                "Rows are true classes, columns predicted ones; a number is a share of the row in percent, cells under"
                        + " half a percent are empty."
                        + Story.shown(Math.min(all, Story.MOST_IN_LINES), all, "classifiers"),
                "Source: trials/*/*/predictions.csv, columns label and logit_0 and following, summed over the trials"
                        + " of a classifier.");
    }

    private static String title(List<Confusion> pair, List<String> classes) {
        List<List<ConfusionMatrix.Cell>> wrong =
                pair.stream().map(one -> one.counts().mistakes()).toList();
        List<String> names = pair.stream().map(one -> one.entrant().name()).toList();
        if (wrong.stream().anyMatch(List::isEmpty)) {
            return "Where " + Words.list(names, 2) + (pair.size() == 1 ? " errs" : " err");
        }
        List<String> most = wrong.stream()
                .map(mistakes -> Words.name(classes.get(mistakes.get(0).truth())) + " for "
                        + Words.name(classes.get(mistakes.get(0).predicted())))
                .toList();
        if (most.stream().distinct().count() == 1) {
            return Words.list(names, 2)
                    + (pair.size() == 1 ? " most often takes " : " both most often take ")
                    + most.get(0);
        }
        return Words.name(names.get(0)) + " most often takes " + most.get(0) + ", " + Words.name(names.get(1)) + " "
                + most.get(1);
    }

    private static Table table(ConfusionMatrix counts, List<String> classes) {
        List<Table.Column> columns = new ArrayList<>();
        columns.add(Table.Column.text("true", 2.4));
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (int t = 0; t < classes.size(); t++) {
            columns.add(new Table.Column(classes.get(t), 1, Table.Kind.MATRIX));
            List<Table.Cell> row = new ArrayList<>();
            row.add(Table.Cell.of(classes.get(t)));
            for (int p = 0; p < classes.size(); p++) {
                double share = counts.share(t, p);
                row.add(Table.Cell.on(color(share), share < 0.005 ? "" : Words.fixed(100 * share, 0)));
            }
            rows.add(row);
        }
        return Table.of(columns, rows).withSize(9, Math.min(40, 200.0 / classes.size()));
    }

    private static RasterImage map(ConfusionMatrix counts) {
        List<Integer> shown = counts.mostConfused(ShownClasses.ALL);
        int side = shown.size();
        byte[] pixels = new byte[3 * side * side];
        for (int t = 0; t < side; t++) {
            for (int p = 0; p < side; p++) {
                byte[] rgb = Look.rgb(color(counts.share(shown.get(t), shown.get(p))));
                for (int c = 0; c < 3; c++) {
                    pixels[(c * side + t) * side + p] = rgb[c];
                }
            }
        }
        return new RasterImage(3, side, side, pixels);
    }

    /** Mixes white with blue; the root makes small shares, which are the mistakes, show. */
    private static Color color(double share) {
        double part = Math.sqrt(Math.min(1, Math.max(0, share)));
        Color ground = Look.PALE;
        return new Color(
                (int) Math.round(ground.getRed() + part * (FULL.getRed() - ground.getRed())),
                (int) Math.round(ground.getGreen() + part * (FULL.getGreen() - ground.getGreen())),
                (int) Math.round(ground.getBlue() + part * (FULL.getBlue() - ground.getBlue())));
    }
}
