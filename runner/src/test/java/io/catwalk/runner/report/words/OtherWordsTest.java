package io.catwalk.runner.report.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Criterion;
import io.catwalk.runner.evaluation.Averages;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.trial.LatencyMark;
import io.catwalk.runner.trial.TrialMetrics;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class OtherWordsTest {

    /** Expected intervals are Newcombe's, by test-data/golden/intervals.py. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.96 | 0.94 | mild overfitting; 2.00 points; 0.08 to 3.95
            0.99 | 0.92 | strong overfitting; 7.00 points; 5.26 to 8.90; begins above 5
            0.70 | 0.90 | no measurable overfitting; -20.00 points; -23.38 to -16.58; is below 0
            """)
    void aGapIsToldWithItsInterval(double training, double validation, String words) {
        var metrics = new TrialMetrics(metrics(0.9), metrics(validation), metrics(training));

        assertThat(OverfittingWords.trial(metrics)).contains(words.split("; ", -1));
    }

    private static Metrics metrics(double accuracy) {
        Averages none = new Averages(0, 0, 0, 0, 0);
        return new Metrics(1000, accuracy, 0, 1, none, none, none, 0, 0, 0, 0, 0, null, 0);
    }

    @Test
    void allMarksOfLatenciesAreOneSentence() {
        assertThat(LatencyWords.note(Set.of())).isEmpty();
        assertThat(LatencyWords.note(EnumSet.allOf(LatencyMark.class)))
                .contains("~", "2 %", "range", LatencyWords.PAGE)
                .doesNotContain("--", "catwalk");
    }

    @ParameterizedTest
    @CsvSource({
        "ACCURACY, accuracy, %, 12.35",
        "BALANCED_ACCURACY, balanced accuracy, %, 12.35",
        "MACRO_F1, macro F1, %, 12.35",
        "LOSS, loss, nats, 0.1235"
    })
    void aCriterionHasItsNameAndUnit(Criterion criterion, String title, String unit, String text) {
        assertThat(CriterionWords.title(criterion)).isEqualTo(title);
        assertThat(CriterionWords.unit(criterion)).isEqualTo(unit);
        assertThat(CriterionWords.text(criterion, 0.12346)).isEqualTo(text);
    }
}
