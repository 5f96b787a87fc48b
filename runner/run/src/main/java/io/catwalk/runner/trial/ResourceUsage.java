package io.catwalk.runner.trial;

import java.lang.management.ManagementFactory;
import java.time.Instant;

/**
 * The time that this process had used at some moment: on a clock that cannot be set, and CPU seconds of all threads
 * together.
 */
record ResourceUsage(Instant at, long nanos, double cpu) {

    static ResourceUsage now() {
        return new ResourceUsage(Instant.now(), System.nanoTime(), process());
    }

    /** Returns the seconds since then. */
    double seconds() {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Returns the CPU seconds of all threads together since then. */
    double cpuSeconds() {
        return process() - cpu;
    }

    private static double process() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime()
                / 1e9;
    }
}
