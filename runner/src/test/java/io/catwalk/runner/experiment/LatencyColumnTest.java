package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class LatencyColumnTest {

    private static final Machine HERE = new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, 16L << 30);
    private static final Machine THERE = new Machine("Mac OS X 15", "aarch64", "Apple M4", 10, 16L << 30);
    private static final Machine AFTER_A_RESTART = new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, (16L << 30) - 4096);

    private static Latency latency(double micros, Machine machine, int threads, @Nullable String busy) {
        return new Latency(threads, 1_000, micros, micros, micros, 1.0, 1.0, busy, machine);
    }

    private static Done done(String name, @Nullable Latency pytorch, @Nullable Latency onnxruntime) {
        var test = MadeUp.metrics(0.9);
        return MadeUp.done(MadeUp.trial(name), test, test, MadeUp.efficiency(pytorch, onnxruntime), null);
    }

    private static Done measured(String name, Machine machine, int threads) {
        return done(name, latency(80, machine, threads, null), latency(20, machine, threads, null));
    }

    private static List<@Nullable Double> speedUps(LatencyColumn column) {
        return column.trials().stream()
                .map(outcome -> outcome instanceof Done one ? one.efficiency().speedUp() : null)
                .collect(Collectors.toList());
    }

    @Test
    void onlyTheMachineThatMeasuredMostIsShown() {
        LatencyColumn column = LatencyColumn.of(List.of(
                measured("a", THERE, 1),
                measured("b", HERE, 1),
                new TrialOutcome.Failed(MadeUp.trial("c"), "no"),
                measured("d", AFTER_A_RESTART, 1)));

        assertThat(speedUps(column)).containsExactly(null, 4.0, null, 4.0);
        assertThat(((Done) column.trials().get(0)).efficiency().pytorch()).isNull();
        assertThat(((Done) column.trials().get(0)).efficiency().onnxruntime()).isNull();
        assertThat(((Done) column.trials().get(0)).efficiency().onnxBytes()).isEqualTo(410_000);
        assertThat(column.notes())
                .containsExactly("Latencies are those of AMD EPYC (2 cores, amd64, Linux 6.1) with 1 thread; what was"
                        + " measured on Apple M4 (10 cores, aarch64, Mac OS X 15) with 1 thread does not stand beside"
                        + " them: catwalk bench RUN measures all anew.");
    }

    @Test
    void ofTwoMachinesThatMeasuredAsMuchItIsTheFirst() {
        LatencyColumn column = LatencyColumn.of(List.of(measured("a", THERE, 1), measured("b", HERE, 1)));

        assertThat(speedUps(column)).containsExactly(4.0, null);
    }

    @Test
    void anotherNumberOfThreadsIsAnotherPlace() {
        LatencyColumn column =
                LatencyColumn.of(List.of(measured("a", HERE, 1), measured("b", HERE, 2), measured("c", HERE, 2)));

        assertThat(speedUps(column)).containsExactly(null, 4.0, 4.0);
        assertThat(column.notes())
                .singleElement()
                .asString()
                .contains("with 2 threads; what was", "with 1 thread does");
    }

    @Test
    void aBusyMachineGivesNoSpeedUpAndIsNamed() {
        LatencyColumn column = LatencyColumn.of(List.of(
                done(
                        "a",
                        latency(80, HERE, 1, "other programs took 80 % of the processors"),
                        latency(20, HERE, 1, null)),
                measured("b", HERE, 1)));

        assertThat(speedUps(column)).containsExactly(null, 4.0);
        assertThat(column.notes())
                .containsExactly("~: measured while other programs took 80 % of the processors, so that no speed-up"
                        + " follows: catwalk bench RUN measures all anew.");
    }

    @Test
    void whatWasNotMeasuredIsSaid() {
        LatencyColumn column = LatencyColumn.of(List.of(done("a", null, null), measured("b", HERE, 1)));

        assertThat(column.notes()).containsExactly("Not every latency was measured: catwalk bench RUN does so.");
        assertThat(LatencyColumn.of(List.of(measured("b", HERE, 1))).notes()).isEmpty();
    }
}
