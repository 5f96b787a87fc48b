package io.catwalk.runner.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.latency.BusyWatch.Clocks;
import io.catwalk.runner.latency.Latency.Busy.Cause;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

@Tag("tiny")
final class BusyWatchTest {

    private static Latency.@Nullable Busy verdict(int threads, Clocks spent) {
        Clocks start = new Clocks(50, 100, 70, 20, 10);
        Clocks end = new Clocks(
                start.wall() + spent.wall(),
                start.available() + spent.available(),
                start.worked() + spent.worked(),
                start.own() + spent.own(),
                start.caller() + spent.caller());
        Deque<Clocks> clocks = new ArrayDeque<>(List.of(start, end));
        return new BusyWatch(clocks::pop, threads).busy();
    }

    /** Measured on two cores with conv-maxpool: threads, wall, processor time there was, others', own, caller's. */
    @ParameterizedTest
    @CsvSource({"1, 0.60, 1.19, -0.01, 0.68, 0.60", "1, 0.60, 1.23, 0.03, 0.67, 0.60", "2, 0.61, 1.27, 0.05, 1.22, 0.51"
    })
    void aQuietMachineIsQuiet(int threads, double wall, double available, double others, double own, double caller) {
        assertThat(verdict(threads, new Clocks(wall, available, others + own, own, caller)))
                .isNull();
    }

    /** The same beside one, two and four programs that do nothing but count. */
    @ParameterizedTest
    @CsvSource({
        "1, 0.62, 1.25, 1.00, 0.26, 0.19, 80",
        "2, 0.62, 1.25, 0.83, 0.42, 0.20, 66",
        "1, 0.63, 1.28, 1.03, 0.25, 0.18, 80",
        "2, 0.62, 1.27, 0.65, 0.62, 0.31, 51"
    })
    void otherProgramsAreNoticed(
            int threads, double wall, double available, double others, double own, double caller, int percent) {
        assertThat(verdict(threads, new Clocks(wall, available, others + own, own, caller)))
                .satisfies(busy -> assertThat(busy.cause()).isEqualTo(Cause.OTHERS))
                .satisfies(busy -> assertThat(busy.share()).isCloseTo(percent / 100.0, within(0.005)));
    }

    @Test
    void aContainerThatIsHeldBackIsNoticed() {
        // Half a processor of 64, of which no other process uses any.
        assertThat(verdict(1, new Clocks(1, 64, 0.5, 0.5, 0.5))).isEqualTo(new Latency.Busy(Cause.WAITED, 0.5));
    }

    @Test
    void theClocksOfThisMachineGoOn() {
        CentralProcessor processor = new SystemInfo().getHardware().getProcessor();
        Clocks start = Clocks.read(processor, System.nanoTime());
        long end = System.nanoTime() + 300_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        Clocks spent = Clocks.read(processor, System.nanoTime()).since(start);

        int processors = processor.getLogicalProcessorCount();
        assertThat(spent.wall()).isGreaterThanOrEqualTo(300);
        assertThat(spent.available()).isBetween(0.5 * spent.wall() * processors, 1.5 * spent.wall() * processors);
        assertThat(spent.worked()).isPositive().isLessThanOrEqualTo(spent.available());
        assertThat(spent.caller()).isPositive().isLessThanOrEqualTo(spent.own() + 20);
    }
}
