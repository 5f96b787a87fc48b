package io.catwalk.runner.latency;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.TickType;

/**
 * Detects that a machine is busy with something else while a network is measured.
 *
 * <p>It compares how long all processors worked with how long they worked for this process. Measured on two cores:
 * on a quiet machine others take under 5 %, and beside a single busy program half or more. Differences between blocks
 * of calls do not show it: beside four busy programs a batch took eight times as long, in every block. The limit of a
 * container on its processors does not show in their work; there, a network on one thread is detected by its waiting.
 */
final class BusyWatch {

    private static final double OTHERS = 0.2;
    private static final double WAITED = 0.1;

    /**
     * Holds the readings of the machine's clocks, in milliseconds: the ticks are whole, so their differences are exact.
     *
     * @param wall time
     * @param available wall time of all processors together
     * @param worked by the processors, for any process; with the time that a hypervisor took for others
     * @param own CPU time of this process
     * @param caller CPU time of the calling thread
     */
    record Clocks(double wall, double available, double worked, double own, double caller) {

        private static final double NANOS_PER_MILLI = 1e6;

        static Clocks read(CentralProcessor processor, long nanoTime) {
            long[] ticks = processor.getSystemCpuLoadTicks();
            long available = LongStream.of(ticks).sum();
            long idle = ticks[TickType.IDLE.getIndex()] + ticks[TickType.IOWAIT.getIndex()];
            return new Clocks(
                    nanoTime / NANOS_PER_MILLI,
                    available,
                    available - idle,
                    ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                                    .getProcessCpuTime()
                            / NANOS_PER_MILLI,
                    ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / NANOS_PER_MILLI);
        }

        Clocks since(Clocks start) {
            return new Clocks(
                    wall - start.wall,
                    available - start.available,
                    worked - start.worked,
                    own - start.own,
                    caller - start.caller);
        }
    }

    private final Supplier<Clocks> clocks;
    private final int threads;
    private final Clocks start;

    /** Starts the watch; the clocks are read by the thread that calls the network. */
    BusyWatch(Supplier<Clocks> clocks, int threads) {
        this.clocks = clocks;
        this.threads = threads;
        start = clocks.get();
    }

    static BusyWatch start(LongSupplier nanoTime, int threads) {
        CentralProcessor processor = new SystemInfo().getHardware().getProcessor();
        return new BusyWatch(() -> Clocks.read(processor, nanoTime.getAsLong()), threads);
    }

    /** Returns what else the machine did since the start; null if it was quiet. */
    Latency.@Nullable Busy busy() {
        Clocks spent = clocks.get().since(start);
        double others = spent.available > 0 ? (spent.worked - spent.own) / spent.available : 0;
        if (others > OTHERS) {
            return new Latency.Busy(Latency.Busy.Cause.OTHERS, Math.min(1, others));
        }
        // Several threads wait for each other even on a quiet machine.
        double waited = threads == 1 && spent.wall > 0 ? 1 - spent.caller / spent.wall : 0;
        return waited > WAITED ? new Latency.Busy(Latency.Busy.Cause.WAITED, waited) : null;
    }
}
