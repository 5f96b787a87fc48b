package io.catwalk.runner.report.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.graphics.Mark;
import io.catwalk.runner.report.graphics.Picture;
import io.catwalk.runner.statistics.CriticalDifference;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class DataSetChartsTest {

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

        Picture picture =
                new DataSetCharts(across, new Palette(names)).ranks(ranking).drawn(width);

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

    private static Stream<Mark.Text> texts(List<Mark> marks) {
        return marks.stream()
                .flatMap(mark -> mark instanceof Mark.Tip tip
                        ? texts(tip.marks())
                        : mark instanceof Mark.Text text ? Stream.of(text) : Stream.empty());
    }
}
