package io.catwalk.runner.latency;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.latency.LatencyBench.LatencyMeter;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
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
 * @param processes number of processes that the figures come from, at least 1
 * @param p50Range lowest and highest median of a process, in microseconds
 * @param imagesPerSecond64Range of the processes' throughputs in batches of 64; null without a throughput
 * @param imagesPerSecond256Range of those in batches of 256, likewise
 * @param unsteady batch sizes (of 1, 64 and 256) whose times were still changing at the end of the measurement, in half
 *     of the processes or more
 * @param busy what else the machine did meanwhile, so that the times are not those of the network alone; null if it
 *     was quiet
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
        int processes,
        Interval p50Range,
        @Nullable Interval imagesPerSecond64Range,
        @Nullable Interval imagesPerSecond256Range,
        List<Integer> unsteady,
        @Nullable Busy busy,
        Machine machine) {

    /** Marks times that were measured on a busy machine. */
    public static final String ROUGH = "~";

    public static final List<Integer> BATCH_SIZES = List.of(1, 64, 256);

    /** Number of calls that must be above a percentile, so that it does not depend on the one or two slowest calls. */
    private static final int FEWEST_ABOVE = 10;

    /** If the slowest calls take this many times the median, the median does not describe them. */
    private static final double LONG_TAIL = 5;

    private static final double MICROS = 1e6;

    private static final double NANOS_OF_A_MICRO = 1e3;

    /**
     * Combines what several processes measured on one machine.
     *
     * <p>A figure is the median of the processes' figures: the memory layout of a process, and what the compiler of
     * the JVM chose in it, can change times by a tenth, in the same way for all of its calls. The outer percentiles are
     * those of all calls of all processes: they describe what is rare in a process, for which a single process has too
     * few calls. What was measured beside other programs is left out, as long as more than half of the processes had a
     * quiet machine.
     */
    static Latency of(List<LatencyBench.Measured> measured) {
        List<LatencyBench.Measured> quiet =
                measured.stream().filter(one -> one.latency().busy == null).toList();
        List<LatencyBench.Measured> counted = mostOf(quiet.size(), measured.size()) ? quiet : measured;
        List<Latency> each =
                counted.stream().map(LatencyBench.Measured::latency).toList();
        Histogram calls = new Histogram(LatencyMeter.DIGITS);
        counted.forEach(one -> calls.add(one.histogram()));
        double[] p50 = sorted(each, Latency::p50Micros);
        double[] small = sorted(each, Latency::imagesPerSecond64);
        double[] large = sorted(each, Latency::imagesPerSecond256);
        return new Latency(
                each.get(0).threads,
                (int) calls.getTotalCount(),
                median(p50),
                micros(calls, 90),
                micros(calls, 99),
                small.length == 0 ? null : (Double) median(small),
                large.length == 0 ? null : (Double) median(large),
                each.size(),
                new Interval(p50[0], p50[p50.length - 1]),
                range(small),
                range(large),
                BATCH_SIZES.stream().filter(batch -> isUnsteady(each, batch)).toList(),
                each.stream()
                        .map(Latency::busy)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                each.get(0).machine);
    }

    private static boolean isUnsteady(List<Latency> each, int batch) {
        long steady = each.stream().filter(one -> !one.unsteady.contains(batch)).count();
        return !mostOf(steady, each.size());
    }

    /** Returns the figures of the processes, lowest first; empty if half of the processes have none. */
    private static double[] sorted(List<Latency> each, Function<Latency, @Nullable Double> figure) {
        double[] figures = each.stream()
                .map(figure)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return mostOf(figures.length, each.size()) ? figures : new double[0];
    }

    private static @Nullable Double micros(Histogram calls, double percent) {
        return carries(percent, calls.getTotalCount())
                ? (Double) (calls.getValueAtPercentile(percent) / NANOS_OF_A_MICRO)
                : null;
    }

    private static boolean mostOf(long part, long all) {
        return 2 * part > all;
    }

    private static @Nullable Interval range(double[] sorted) {
        return sorted.length == 0 ? null : new Interval(sorted[0], sorted[sorted.length - 1]);
    }

    /** Returns the median of at least one value. */
    public static double median(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * What else the machine did.
     *
     * @param share of the processors that others took, or of the time that the network waited; 0 to 1
     */
    public record Busy(Cause cause, double share) {

        public enum Cause {
            OTHERS,
            WAITED
        }
    }

    /** What a reader must know about a latency besides its figures. */
    public enum Mark {
        BUSY,
        /** Some times were still changing when the time for them was over. */
        UNSTEADY,
        /** The slowest calls take far longer than the median. */
        LONG_TAIL,
        /** All figures are from one process, so that they have no range. */
        ONE_PROCESS,
        /** Others were measured in another place, and are left out. */
        ELSEWHERE,
        UNMEASURED
    }

    /** Returns the range of the medians of one image; null if a single process measured them. */
    public @Nullable Interval spread() {
        return processes == 1 ? null : p50Range;
    }

    /** Returns the throughput at a batch size of 1, 64 or 256, in images per second; null if it was not measured. */
    public @Nullable Double imagesPerSecond(int batch) {
        return switch (batch) {
            case 1 -> (Double) (MICROS / p50Micros);
            case 64 -> imagesPerSecond64;
            case 256 -> imagesPerSecond256;
            default -> throw new IllegalArgumentException("expected one of " + BATCH_SIZES + ", but found " + batch);
        };
    }

    /** Tells whether some calls take far longer than most, which the median does not show: p99 above five times p50. */
    boolean longTailed() {
        return p99Micros != null && p99Micros > LONG_TAIL * p50Micros;
    }

    /** Returns what a reader must know besides the figures; those of a busy machine say nothing else. */
    public Set<Mark> marks() {
        if (busy != null) {
            return EnumSet.of(Mark.BUSY);
        }
        Set<Mark> marks = EnumSet.noneOf(Mark.class);
        if (!unsteady.isEmpty()) {
            marks.add(Mark.UNSTEADY);
        }
        if (longTailed()) {
            marks.add(Mark.LONG_TAIL);
        }
        return marks;
    }

    /** Describes where it was measured, with the threads: only times from one place can be compared. */
    public String place() {
        return machine.processor() + " (" + machine.cores() + (machine.cores() == 1 ? " core, " : " cores, ")
                + machine.architecture() + ", " + machine.os() + ") with " + threads
                + (threads == 1 ? " thread" : " threads");
    }

    /** Tells whether there are enough calls for a percentile: ten of them must be above it. */
    static boolean carries(double percent, long calls) {
        return calls * (100 - percent) >= FEWEST_ABOVE * 100;
    }
}
