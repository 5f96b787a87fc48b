package io.catwalk.runner.session;

import java.util.Locale;

/** What a session is to be good at. */
public enum SessionGoal {
    /** Answers one image soon. */
    LATENCY,
    /** Answers many images. */
    THROUGHPUT;

    /**
     * Names the goal in files and for people.
     *
     * @return {@code latency} or {@code throughput}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * States a speed in the unit of the goal.
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
