package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.experiment.MultiDatasetComparison.DataSet;
import io.catwalk.runner.statistics.CriticalDifference;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class DataSetsDocumentTest {

    /** The longest valid names. */
    private static final String FIRST = "a".repeat(96) + "@" + "b".repeat(96);

    private static final String SECOND = "c".repeat(96) + "@" + "d".repeat(96);

    @ParameterizedTest
    @ValueSource(doubles = {300, 760})
    void noTextIsCutByTheEdgeOfTheRanks(double width) {
        List<String> names = List.of(FIRST, SECOND);
        double[][] scores = {{0.9, 0.8}, {0.9, 0.8}, {0.9, 0.8}, {0.9, 0.8}, {0.8, 0.9}};
        CriticalDifference ranking = CriticalDifference.of(names, scores, 0.05);
        MultiDatasetComparison across =
                new MultiDatasetComparison(1, "runs", "", 0.5, names, List.of(), ranking, List.of(), List.of());

        Picture picture = new DataSetsDocument(across, new Palette(names), ranking)
                .rankChart(ranking)
                .drawn(width);

        List<Mark.Text> texts = texts(picture.marks()).toList();
        assertThat(texts).allSatisfy(text -> {
            double wide = text.letters().width(text.text());
            double left = text.x()
                    - switch (text.anchor()) {
                        case START -> 0;
                        case MIDDLE -> wide / 2;
                        case END -> wide;
                    };
            assertThat(left).isNotNegative();
            assertThat(left + wide).isLessThanOrEqualTo(picture.width());
        });
        assertThat(picture.width()).isEqualTo(width);
        // Ranks 1, 1, 1, 1, 2 and the reverse.
        assertThat(texts).extracting(Mark.Text::text).contains("1.20", "1.80");
        assertThat(texts).anyMatch(text -> text.text().matches("a+…b+"));
        assertThat(texts).anyMatch(text -> text.text().matches("c+…d+"));
    }

    @Test
    void theKeysOfManyClassifiersStandInLinesWithinThePicture() {
        List<RowChart.Key> keys = IntStream.range(0, 8)
                .mapToObj(i -> new RowChart.Key("classifier " + i, Symbol.CIRCLE, true))
                .toList();
        RowChart.Row row = new RowChart.Row(
                "row", "muted", Symbol.CIRCLE, List.of(new RowChart.Row.Dot(0.5, Symbol.CIRCLE, true)), "", "", "");
        Chart.Caption caption = new ChartTable("Key").caption("keys", "Keys", "");
        Picture picture =
                new RowChart(caption, ChartAxis.fromZero("Share", List.of(1.0)), List.of(row), keys).drawn(340);

        List<Mark.Text> shown = texts(picture.marks())
                .filter(text -> text.text().startsWith("classifier"))
                .toList();
        assertThat(shown)
                .hasSize(8)
                .allSatisfy(text ->
                        assertThat(text.x() + text.letters().width(text.text())).isLessThanOrEqualTo(340));
        assertThat(shown.stream().map(Mark.Text::y).distinct()).hasSizeGreaterThan(1);
    }

    private static Stream<Mark.Text> texts(List<Mark> marks) {
        return marks.stream()
                .flatMap(mark -> mark instanceof Mark.Tip tip
                        ? texts(tip.marks())
                        : mark instanceof Mark.Text text ? Stream.of(text) : Stream.empty());
    }

    /** Ranks 1, 1, 1, 1, 2 and the reverse, by hand; by Demsar's table, two on five data sets differ by 0.88 at least. */
    @Test
    void theTitlesOfChartsAreFindings() {
        List<String> names = List.of("a", "b");
        double[][] scores = {{0.9, 0.8}, {0.9, 0.8}, {0.9, 0.8}, {0.9, 0.8}, {0.8, 0.9}};
        List<DataSet> sets = IntStream.range(0, 5)
                .mapToObj(i -> new DataSet(
                        "s" + i,
                        "s",
                        2,
                        9,
                        9,
                        2,
                        2,
                        true,
                        Map.of("a", scores[i][0], "b", scores[i][1]),
                        Map.of(),
                        names))
                .toList();
        MultiDatasetComparison across = new MultiDatasetComparison(
                1, "runs", "", 0.5, names, sets, CriticalDifference.of(names, scores, 0.05), List.of(), List.of());

        List<String> titles = DataSetsDocument.of(across).sections().stream()
                .flatMap(section -> section.blocks().stream())
                .filter(Block.Figure.class::isInstance)
                .map(block -> ((Block.Figure) block).chart().caption().title())
                .toList();

        assertThat(titles)
                .satisfiesExactly(
                        title -> assertThat(title).isEqualTo("a has the highest accuracy on 4 of 5 data sets"),
                        title -> assertThat(title)
                                .startsWith("a has the best mean rank, 1.20, ")
                                .contains("chance"));
    }

    /** On all five, a and b share rank 1.5, and c has 3; by Demsar's table, three on five differ by 1.48 at least. */
    @Test
    void allThatShareARankAreNamed() {
        List<String> names = List.of("a", "b", "c");
        double[][] scores = {{0.9, 0.9, 0.8}, {0.9, 0.9, 0.8}, {0.9, 0.9, 0.8}, {0.9, 0.9, 0.8}, {0.9, 0.9, 0.8}};
        MultiDatasetComparison across = new MultiDatasetComparison(
                1, "runs", "", 0.5, names, List.of(), CriticalDifference.of(names, scores, 0.05), List.of(), List.of());

        assertThat(DataSetsDocument.of(across).title())
                .contains("a and b rank significantly above c", "1.50 (a and b) to 3.00 (c)");
    }
}
