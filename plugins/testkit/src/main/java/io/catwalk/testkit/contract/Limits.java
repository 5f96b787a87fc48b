package io.catwalk.testkit.contract;

import java.time.Duration;

/**
 * Limits of time and memory for a plugin.
 *
 * @param check processor time after which a check is stopped, as {@link Effort} counts it
 * @param step longest such time to build a network for small images and train it for one step
 * @param bytes largest amount of memory that such a step may take, in bytes
 */
public record Limits(Duration check, Duration step, long bytes) {

    /** Returns the limits of the contract: 10 s and 1 GiB for a step, 30 s for a check. */
    public static Limits standard() {
        return new Limits(Duration.ofSeconds(30), Duration.ofSeconds(10), 1L << 30);
    }

    /** Replaces the time after which a check is stopped. */
    public Limits withCheck(Duration time) {
        return new Limits(time, step, bytes);
    }
}
