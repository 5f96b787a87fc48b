package io.catwalk.testkit.contract;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * Measures what a process and its children have done since a moment. It counts processor time: on a busy machine, a process
 * waits for others, and that is not the fault of its plugin.
 */
public final class Effort {

    /** Who gets less than this part of the time of one processor does nothing; a busy machine gives a process more. */
    private static final int IDLE = 50;

    /** How many times its limit a process may wait for the machine. */
    private static final int MOST_WAITING = 10;

    private final ProcessHandle process;
    private final long start = System.nanoTime();
    private final Duration before;

    private Effort(ProcessHandle process) {
        this.process = process;
        before = processorTime();
    }

    /** Starts to measure a process that runs. */
    public static Effort of(ProcessHandle process) {
        return new Effort(process);
    }

    /**
     * Returns the processor time that counts, at most the time that has passed. Of a process that does nothing, the time
     * that has passed counts, since it waits for itself. So it does where the system does not tell processor time.
     */
    public Duration taken() {
        Duration passed = passed();
        Duration used = processorTime().minus(before);
        boolean unknown = process.isAlive() && process.info().totalCpuDuration().isEmpty();
        return unknown || used.multipliedBy(IDLE).compareTo(passed) < 0 || used.compareTo(passed) > 0 ? passed : used;
    }

    /** Tells whether a process has taken more than a limit, or has waited too long for a busy machine. */
    public boolean exceeds(Duration limit) {
        Duration passed = passed();
        return passed.compareTo(limit) >= 0
                && (taken().compareTo(limit) >= 0 || passed.compareTo(limit.multipliedBy(MOST_WAITING)) >= 0);
    }

    private Duration passed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private Duration processorTime() {
        return Stream.concat(Stream.of(process), process.descendants())
                .flatMap(each -> each.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }
}
