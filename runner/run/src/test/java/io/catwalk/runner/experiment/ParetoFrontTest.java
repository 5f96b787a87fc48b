package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.experiment.ComparisonBuilder.Candidate;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class ParetoFrontTest {

    @Test
    void theParetoFrontKeepsWhatNothingBeatsAndEqualsTogether() {
        var best = new Candidate("best", 0.94, 5);
        var fast = new Candidate("fast", 0.90, 1);
        var twin = new Candidate("twin", 0.90, 1);
        var slow = new Candidate("slow", 0.90, 2);
        var bad = new Candidate("bad", 0.80, 1);

        assertThat(ComparisonBuilder.paretoFront(List.of(slow, fast, bad, best, twin)))
                .containsExactly(fast, best, twin);
        // The mean of 0.933, 0.938 and 0.928 differs from that of three times 0.933 in the last bit.
        var rounded = new Candidate("rounded", 0.9329999999999999, 1);
        assertThat(ComparisonBuilder.paretoFront(List.of(new Candidate("same", 0.9330000000000002, 2), rounded)))
                .containsExactly(rounded);
    }
}
