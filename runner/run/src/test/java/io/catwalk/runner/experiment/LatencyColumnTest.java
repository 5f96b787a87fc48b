package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.experiment.RecordedRun.LatencyColumn;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.results.RunResults.LatencyRow;
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

    private static Latency latency(double micros, Machine machine, int threads, Latency.@Nullable Busy busy) {
        return MadeUp.latency(threads, 1_000, micros, micros, micros, 1.0, 1.0, busy, machine);
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
                .map(outcome -> outcome instanceof Done one
                        ? one.efficiency().speedUps().get(1)
                        : null)
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
        assertThat(column.leftOut()).singleElement().asString().startsWith("Apple M4 (10 cores, aarch64");
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
        assertThat(column.leftOut()).singleElement().asString().endsWith("with 1 thread");
    }

    @Test
    void aBusyMachineGivesNoSpeedUpAndIsNamed() {
        Latency busy = latency(80, HERE, 1, MadeUp.BUSY);
        LatencyColumn column =
                LatencyColumn.of(List.of(done("a", busy, latency(20, HERE, 1, null)), measured("b", HERE, 1)));

        assertThat(speedUps(column)).containsExactly(null, 4.0);
        assertThat(busy.marks()).containsExactly(Latency.Mark.BUSY);
    }

    private static Latency figures(
            double micros, double p99, double small, double large, int processes, List<Integer> unsteady) {
        Interval range = new Interval(micros, micros);
        return new Latency(
                1, 5_000, micros, micros, p99, small, large, processes, range, null, null, unsteady, null, HERE);
    }

    @Test
    void longTailsAndWhatIsNotSteadyAreMarked() {
        assertThat(figures(80, 410, 1, 1, 5, List.of()).marks()).containsExactly(Latency.Mark.LONG_TAIL);
        assertThat(figures(80, 390, 1, 1, 5, List.of(1)).marks()).containsExactly(Latency.Mark.UNSTEADY);
        assertThat(figures(20, 110, 1, 1, 5, List.of(64)).marks())
                .containsExactly(Latency.Mark.UNSTEADY, Latency.Mark.LONG_TAIL);
    }

    @Test
    void aBusyMachineIsReasonEnough() {
        Latency busy = MadeUp.latency(1, 5_000, 80, 80.0, 500.0, 1.0, 1.0, MadeUp.BUSY, HERE);

        assertThat(busy.marks()).containsExactly(Latency.Mark.BUSY);
    }

    @Test
    void oneProcessHasNoRange() {
        Latency one = figures(80, 90, 1, 1, 1, List.of());
        LatencyRow a = LatencyRow.of(done("a", one, one));
        assertThat(LatencyRow.marks(List.of(a))).containsExactly(Latency.Mark.ONE_PROCESS);
        assertThat(LatencyRow.marks(List.of(a, a))).isEmpty();
    }
}
