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
    private final ProgressView.ProgressCount count = new ProgressView.ProgressCount(6, 2, 10);

    private static TrialSpec trial(String name) {
        return MadeUp.trial(name, 1, 0, Recipe.standard().withEpochs(3));
    }

    @Test
    void theLastEpochIsNotTheEnd() {
        assertThat(count.all()).isEqualTo(19);
        count.reached(first, 3);
        count.reached(second, 3);
        assertThat(count.done()).isEqualTo(6);

        count.finished(first);
        count.finished(second);
        assertThat(count.done()).isEqualTo(8).isLessThan(count.all());

        // More or fewer measurements than were expected take the room that was left for them.
        count.measuring(1, 2);
        assertThat(count.done()).isEqualTo(8);
        count.measuring(2, 2);
        assertThat(count.done()).isEqualTo(8 + 5);
        assertThat(count.all()).isEqualTo(19);
    }

    /** 97 % fell to 87 % when the first network was measured. */
    @Test
    void theShareThatIsDoneNeverFalls() {
        double share = 0;
        for (int step = 1; step <= 40; step++) {
            if (step <= 4) {
                count.reached(first, step % 3);
            } else if (step == 5) {
                count.finished(first);
            } else if (step <= 8) {
                count.reached(second, step - 5);
            } else if (step == 9) {
                count.finished(second);
            } else {
                count.measuring(step - 9, 31);
            }
            double now = (double) count.done() / count.all();
            assertThat(now)
                    .as("after step %s", step)
                    .isGreaterThanOrEqualTo(share)
                    .isLessThan(1);
            share = now;
        }
        assertThat(share).isGreaterThan(0.85);
    }

    @Test
    void whatIsTriedOnceMoreBeginsAnewAndWhatStopsEarlyIsDoneWithAsAWhole() {
        count.reached(first, 2);
        assertThat(count.done()).isEqualTo(2);
        count.reached(first, 0);
        count.reached(first, 1);
        assertThat(count.done()).isEqualTo(2);
        count.finished(first);
        assertThat(count.done()).isEqualTo(4);
    }

    @Test
    void whatWasDoneBeforeIsLeftOut() {
        count.kept(first);
        assertThat(count.all()).isEqualTo(15);
        assertThat(count.done()).isZero();
    }
}
