package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.report.graphics.Letters;
import io.catwalk.runner.statistics.CriticalDifference;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class RankDiagramTest {

    /** The longest valid names; the diagram is {@value RankDiagram#WIDTH} wide, in letters of 14. */
    @Test
    void noNameIsCutByTheEdgeOfTheDiagram() {
        String left = "a".repeat(96) + "@" + "b".repeat(96);
        String right = "c".repeat(96) + "@" + "d".repeat(96);
        double[][] scores = {{0.9, 0.8}, {0.9, 0.8}, {0.9, 0.8}, {0.9, 0.8}, {0.8, 0.9}};

        RankDiagram diagram = RankDiagram.of(CriticalDifference.of(List.of(left, right), scores, 0.05));

        assertThat(diagram.labels()).hasSize(2).allSatisfy(label -> {
            double width = Letters.plain(14).width(label.name() + " (" + label.rank() + ")");
            double room = label.anchor().equals("end") ? label.textX() : RankDiagram.WIDTH - label.textX();
            assertThat(width).isLessThan(room - 6);
            assertThat(label.name()).startsWith(label.anchor().equals("end") ? "aaaa" : "cccc");
        });
    }
}
