package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
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

    private static void noted(LatencyColumn column, String... facts) {
        assertThat(column.notes()).singleElement().asString().contains(facts);
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
        noted(column, "on AMD EPYC (2 cores, amd64, Linux 6.1) with 1 thread; those from Apple M4 (10 cores, aarch64");
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
        noted(column, "with 2 threads; those from", "with 1 thread are left out");
    }

    @Test
    void aBusyMachineGivesNoSpeedUpAndIsNamed() {
        Latency busy = latency(80, HERE, 1, "other programs took 80 % of the processors");
        LatencyColumn column =
                LatencyColumn.of(List.of(done("a", busy, latency(20, HERE, 1, null)), measured("b", HERE, 1)));

        assertThat(speedUps(column)).containsExactly(null, 4.0);
        noted(column, "~: measured while other programs took 80 % of the processors");
    }

    private static Latency figures(
            double micros, double p99, double small, double large, int processes, List<Integer> unsteady) {
        return new Latency(
                1, 5_000, micros, micros, p99, small, large, processes, null, null, null, unsteady, null, HERE);
    }

    @Test
    void whereOnnxRuntimeIsSlowerIsSaid() {
        Latency torch = figures(80, 90, 5_000, 10_000, 5, List.of());
        LatencyColumn column = LatencyColumn.of(List.of(
                done("rnn", torch, figures(20, 30, 4_000, 7_900, 5, List.of())),
                done("gru", torch, figures(20, 30, 6_000, 9_900, 5, List.of()))));

        noted(column, "slower than DJL + PyTorch for rnn at batch 64 (0.80 times as fast), rnn at batch 256 (0.79");
        assertThat(column.notes().get(0)).doesNotContain("gru");
    }

    @Test
    void ofSeveralSeedsItIsSaidIfItIsSoInMost() {
        Latency torch = figures(80, 90, 5_000, 10_000, 1, List.of());
        Latency slower = figures(100, 110, 5_000, 10_000, 1, List.of());
        Latency faster = figures(40, 50, 5_000, 10_000, 1, List.of());
        Done slow = done("rnn", torch, slower);
        Done fast = done("rnn", torch, faster);

        noted(LatencyColumn.of(List.of(slow, slow, fast)), "slower than DJL + PyTorch for rnn at batch 1 (0.80 times");
        assertThat(LatencyColumn.of(List.of(slow, fast, fast)).notes()).isEmpty();
    }

    @Test
    void longTailsAndWhatIsNotSteadyAreSaid() {
        LatencyColumn column = LatencyColumn.of(List.of(
                done("a", figures(80, 410, 1, 1, 5, List.of()), figures(20, 30, 1, 1, 5, List.of(64, 256))),
                done("b", figures(80, 390, 1, 1, 5, List.of(1)), figures(20, 110, 1, 1, 5, List.of()))));

        assertThat(column.notes()).hasSize(2);
        assertThat(column.notes().get(0))
                .contains("a on ONNX Runtime at batch 64 and 256, b on DJL + PyTorch at batch 1.");
        assertThat(column.notes().get(1)).contains("five times p50 for a on DJL + PyTorch, b on ONNX Runtime.");
    }

    @Test
    void aBusyMachineIsReasonEnough() {
        Latency busy = new Latency(
                1, 5_000, 80, 80.0, 500.0, 1.0, 1.0, 5, null, null, null, List.of(1), "others worked", HERE);

        noted(LatencyColumn.of(List.of(done("a", busy, busy))), "~: measured while others worked");
    }

    @Test
    void oneProcessHasNoRange() {
        Latency one = figures(80, 90, 1, 1, 1, List.of());
        Done a = done("a", one, one);
        noted(LatencyColumn.of(List.of(a)), "in one process, so there is no range");
        assertThat(LatencyColumn.of(List.of(a, a)).notes()).isEmpty();
    }

    @Test
    void sixAreNamedAndTheOthersCounted() {
        List<TrialOutcome> trials = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            Latency tail = figures(80, 500, 1, 1, 5, List.of());
            trials.add(done(name, tail, tail));
        }

        noted(LatencyColumn.of(trials), "c on DJL + PyTorch, c on ONNX Runtime and 2 more.");
    }

    @Test
    void whatWasNotMeasuredIsSaid() {
        noted(LatencyColumn.of(List.of(done("a", null, null), measured("b", HERE, 1))), "not measured");
        assertThat(LatencyColumn.of(List.of(measured("b", HERE, 1))).notes()).isEmpty();
    }
}
