package io.catwalk.runner.trial;

import org.jspecify.annotations.Nullable;

/**
 * Tells how fast a network answers, after warm-up.
 *
 * @param threads of the engine
 * @param calls number of times that one image was asked about; the percentiles are of these
 * @param p50Micros median time of one image, in microseconds
 * @param p90Micros time of one image that nine of ten stay under, in microseconds; null for fewer than 100 calls
 * @param p99Micros time of one image that 99 of 100 stay under, in microseconds; null for fewer than 1,000 calls
 * @param imagesPerSecond64 throughput in batches of 64, from the median batch; null where so many take too long or
 *     too much memory
 * @param imagesPerSecond256 throughput in batches of 256, likewise
 * @param busy what else the machine did meanwhile, in words, so that the times are not those of the network alone;
 *     null if it was quiet
 * @param machine that it was measured on
 */
public record Latency(
        int threads,
        int calls,
        double p50Micros,
        @Nullable Double p90Micros,
        @Nullable Double p99Micros,
        @Nullable Double imagesPerSecond64,
        @Nullable Double imagesPerSecond256,
        @Nullable String busy,
        Machine machine) {

    /** Marks a time that was measured on a busy machine. */
    public static final String ROUGH = "~";

    /** What has to lie above a percentile, lest it be the one slowest call or two. */
    private static final int FEWEST_ABOVE = 10;

    /**
     * Names where it was measured: only times of one place compare.
     *
     * @return processor, cores and system, and threads
     */
    public String place() {
        return machine.processor() + " (" + machine.cores() + (machine.cores() == 1 ? " core, " : " cores, ")
                + machine.architecture() + ", " + machine.os() + ") with " + threads
                + (threads == 1 ? " thread" : " threads");
    }

    /**
     * Tells whether so many calls carry a percentile: ten of them have to lie above it.
     *
     * @param percent 0 to 100
     * @param calls number of calls
     * @return whether it is more than an accident
     */
    static boolean carries(double percent, long calls) {
        return calls * (100 - percent) >= FEWEST_ABOVE * 100;
    }
}
