package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Criterion;
import io.catwalk.runner.trial.LatencyMark;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class WordingTest {

    @Test
    void allMarksOfLatenciesAreOneSentence() {
        assertThat(Wording.latencies(Set.of())).isEmpty();
        assertThat(Wording.latencies(EnumSet.allOf(LatencyMark.class)))
                .contains("~", "2 %", "range", "docs/explanation/latency.md")
                .doesNotContain("--", "catwalk");
    }

    @ParameterizedTest
    @CsvSource({"ACCURACY, accuracy", "BALANCED_ACCURACY, balanced accuracy", "MACRO_F1, macro F1", "LOSS, loss"})
    void aCriterionHasItsName(Criterion criterion, String name) {
        assertThat(Wording.criterion(criterion)).isEqualTo(name);
    }
}
