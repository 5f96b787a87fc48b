package io.catwalk.runner.trial;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the latency and throughput of a network on one engine, after warm-up: each figure is the median over several
 * processes, except the outer percentiles, which are those of all their calls.
 *
 * @param threads of the engine
 * @param calls number of calls with one image, in all processes
 * @param p50Micros time of one image, in microseconds: the median of the processes' medians
 * @param p90Micros time of one image that nine of ten calls stay under, in microseconds; null for fewer than 100 calls
 * @param p99Micros time of one image that 99 of 100 calls stay under, in microseconds; null for fewer than 1,000 calls
 * @param imagesPerSecond64 throughput in batches of 64, from the median batch; null if such batches take too long or
 *     too much memory
 * @param imagesPerSecond256 throughput in batches of 256, likewise
 * @param processes number of processes that the figures come from, at least 1; null in older results
 * @param p50Range lowest and highest median of a process, in microseconds; null likewise
 * @param imagesPerSecond64Range of the processes' throughputs in batches of 64; null likewise, or without a throughput
 * @param imagesPerSecond256Range of those in batches of 256, likewise
 * @param unsteady batch sizes (of 1, 64 and 256) whose times were still changing at the end of the measurement, in half
 *     of the processes or more; null in older results
 * @param busy what else the machine did meanwhile, as text, so that the times are not those of the network alone;
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
        @Nullable Integer processes,
        @Nullable Range p50Range,
        @Nullable Range imagesPerSecond64Range,
        @Nullable Range imagesPerSecond256Range,
        @Nullable List<Integer> unsteady,
        @Nullable String busy,
        Machine machine) {

    /** Marks times that were measured on a busy machine. */
    public static final String ROUGH = "~";

    /** Batch sizes that are measured. */
    public static final List<Integer> BATCH_SIZES = List.of(1, 64, 256);

    /** Number of calls that must be above a percentile, so that it does not depend on the one or two slowest calls. */
    private static final int FEWEST_ABOVE = 10;

    /** If the slowest calls take this many times the median, the median does not describe them. */
    private static final double LONG_TAIL = 5;

    private static final double MICROS = 1e6;

    /** Copies the list. */
    public Latency {
        unsteady = unsteady == null ? null : List.copyOf(unsteady);
    }

    /** Creates a latency without ranges, as in older results. */
    public Latency(
            int threads,
            int calls,
            double p50Micros,
            @Nullable Double p90Micros,
            @Nullable Double p99Micros,
            @Nullable Double imagesPerSecond64,
            @Nullable Double imagesPerSecond256,
            @Nullable String busy,
            Machine machine) {
        this(
                threads,
                calls,
                p50Micros,
                p90Micros,
                p99Micros,
                imagesPerSecond64,
                imagesPerSecond256,
                null,
                null,
                null,
                null,
                null,
                busy,
                machine);
    }

    /**
     * Returns the throughput at a batch size.
     *
     * @param batch 1, 64 or 256
     * @return images per second; null if it was not measured
     */
    public @Nullable Double imagesPerSecond(int batch) {
        return switch (batch) {
            case 1 -> (Double) (MICROS / p50Micros);
            case 64 -> imagesPerSecond64;
            case 256 -> imagesPerSecond256;
            default -> throw new IllegalArgumentException("expected one of " + BATCH_SIZES + ", but found " + batch);
        };
    }

    /**
     * Tells whether all figures had stopped changing when they were measured.
     *
     * @return null in older results
     */
    public @Nullable Boolean steady() {
        return unsteady == null ? null : (Boolean) unsteady.isEmpty();
    }

    /**
     * Tells whether some calls take far longer than most, which the median does not show.
     *
     * @return whether p99 is more than five times p50
     */
    public boolean longTailed() {
        return p99Micros != null && p99Micros > LONG_TAIL * p50Micros;
    }

    /** Returns what a reader must know besides the figures; those of a busy machine say nothing else. */
    public Set<LatencyMark> marks() {
        if (busy != null) {
            return EnumSet.of(LatencyMark.BUSY);
        }
        Set<LatencyMark> marks = EnumSet.noneOf(LatencyMark.class);
        if (unsteady != null && !unsteady.isEmpty()) {
            marks.add(LatencyMark.UNSTEADY);
        }
        if (longTailed()) {
            marks.add(LatencyMark.LONG_TAIL);
        }
        return marks;
    }

    /**
     * Describes where it was measured: only times from one place can be compared.
     *
     * @return processor, cores and system, and threads
     */
    public String place() {
        return machine.processor() + " (" + machine.cores() + (machine.cores() == 1 ? " core, " : " cores, ")
                + machine.architecture() + ", " + machine.os() + ") with " + threads
                + (threads == 1 ? " thread" : " threads");
    }

    /**
     * Tells whether there are enough calls for a percentile: ten of them must be above it.
     *
     * @param percent 0 to 100
     * @param calls number of calls
     * @return whether the percentile is meaningful
     */
    static boolean carries(double percent, long calls) {
        return calls * (100 - percent) >= FEWEST_ABOVE * 100;
    }
}
