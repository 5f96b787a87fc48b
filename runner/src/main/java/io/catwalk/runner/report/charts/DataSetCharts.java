package io.catwalk.runner.report.charts;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.CriticalDifference.Rank;
import java.util.ArrayList;
import java.util.List;

/** Draws how classifiers compare over several data sets. */
public record DataSetCharts(MultiDatasetComparison across, Palette palette) {

    /** Draws the mean ranks. Two whose bars do not overlap differ significantly: each is as long as the difference. */
    public Chart ranks(CriticalDifference ranking) {
        double reach = ranking.difference() / 2;
        ChartTable table = new ChartTable("Classifier", "Mean rank");
        List<Row> rows = new ArrayList<>();
        for (Rank rank : ranking.ranks()) {
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
        String note = "Classifiers whose bars do not overlap differ significantly. 1 is the best rank.";
        return new RowChart(
                table.caption("ranks", "Mean ranks with Nemenyi's critical difference", note),
                Axis.around("Mean rank", Row.span(rows)),
                rows);
    }

    /** Draws the accuracy of each classifier on each data set. */
    public Chart accuracies() {
        ChartTable table = new ChartTable("Data set", "Classifier", "Accuracy %");
        List<Row> rows = new ArrayList<>();
        for (MultiDatasetComparison.DataSet one : across.dataSets()) {
            List<Row.Item> dots = new ArrayList<>();
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
                table.caption("data-set-accuracies", "Accuracy on each data set", ""),
                Axis.percent("Accuracy, %", Row.span(rows)),
                rows,
                legend);
    }
}
