package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Recipe;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ProgressCountTest {

    private final TrialSpec first = trial("first");
    private final TrialSpec second = trial("second");
    private final ProgressCount count = new ProgressCount(6, 2);

    private static TrialSpec trial(String name) {
        return MadeUp.trial(name, 1, 0, Recipe.standard().withEpochs(3));
    }

    @Test
    void theLastEpochIsNotTheEnd() {
        assertThat(count.all()).isEqualTo(9);
        count.reached(first, 3);
        count.reached(second, 3);
        assertThat(count.done()).isEqualTo(6);

        count.finished(first);
        count.finished(second);
        assertThat(count.done()).isEqualTo(8).isLessThan(count.all());

        count.measuring(1, 2);
        assertThat(count.done()).isEqualTo(8).isEqualTo(count.all() - 3);
        count.measuring(2, 2);
        assertThat(count.done()).isEqualTo(9).isEqualTo(count.all() - 2);
    }

    @Test
    void whatIsTriedOnceMoreBeginsAnewAndWhatStopsEarlyIsDoneWithAsAWhole() {
        count.reached(first, 2);
        count.reached(first, 0);
        assertThat(count.done()).isZero();
        count.reached(first, 1);
        count.finished(first);
        assertThat(count.done()).isEqualTo(4);
    }

    @Test
    void whatWasDoneBeforeIsLeftOut() {
        count.kept(first);
        assertThat(count.all()).isEqualTo(5);
        assertThat(count.done()).isZero();
    }
}
