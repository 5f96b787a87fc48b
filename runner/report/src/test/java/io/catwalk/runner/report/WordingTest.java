package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Criterion;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.trial.ParityResult;
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
        assertThat(Wording.latencies(EnumSet.allOf(Latency.Mark.class)))
                .contains("~", "2 %", "range", "docs/explanation/latency.md")
                .doesNotContain("--", "catwalk");
    }

    @ParameterizedTest
    @CsvSource({
        "OTHERS, other programs took 80 % of the processors",
        "WAITED, it waited for a processor 80 % of the time"
    })
    void aBusyMachineIsDescribed(Latency.Busy.Cause cause, String words) {
        assertThat(Wording.busy(new Latency.Busy(cause, 0.8))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"ACCURACY, accuracy", "BALANCED_ACCURACY, balanced accuracy", "MACRO_F1, macro F1", "LOSS, loss"})
    void aCriterionHasItsName(Criterion criterion, String name) {
        assertThat(Wording.criterion(criterion)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "NO_FORM, has no ONNX form: why",
        "UNWRITTEN, could not be written: why",
        "ANOTHER_NETWORK, REFUSED: why"
    })
    void whyThereIsNoFileIsSaid(ParityResult.Missing missing, String words) {
        assertThat(Wording.parity(
                        new ParityResult(false, 0, 0, null, null, null, 1e-3, 0, "why", missing, null, null, null)))
                .isEqualTo(words);
    }
}
