package io.catwalk.runner.session;

import java.util.Locale;

/** What a session is tuned for. */
public enum SessionGoal {
    /** Short time for one image. */
    LATENCY,
    /** Many images per second. */
    THROUGHPUT;

    /**
     * Returns the name of the goal in files and for people.
     *
     * @return {@code latency} or {@code throughput}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Formats a speed in the unit of the goal.
     *
     * @param imagesPerSecond the speed
     * @return such as {@code 85.2 µs an image} or {@code 12,345 images a second}
     */
    public String words(double imagesPerSecond) {
        return switch (this) {
            case LATENCY -> String.format(Locale.ROOT, "%,.1f µs an image", 1e6 / imagesPerSecond);
            case THROUGHPUT -> String.format(Locale.ROOT, "%,.0f images a second", imagesPerSecond);
        };
    }
}
