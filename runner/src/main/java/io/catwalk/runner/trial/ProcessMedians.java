package io.catwalk.runner.trial;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Combines the measurements of several processes for one network on one engine.
 *
 * <p>A figure is the median of the processes' figures: the memory layout of a process, and what the compiler of the JVM
 * chose in it, can change times by a tenth, in the same way for all of its calls. The outer percentiles are those of
 * all calls of all processes: they describe what is rare in a process, for which a single process has too few calls.
 * What was measured beside other programs is left out, as long as more than half of the processes had a quiet machine.
 */
final class ProcessMedians {

    private static final double NANOS_OF_A_MICRO = 1e3;

    private final List<Latency> each;
    private final Histogram calls = new Histogram(LatencyMeter.DIGITS);

    private ProcessMedians(List<LatencyBench.Measured> measured) {
        each = measured.stream().map(LatencyBench.Measured::latency).toList();
        measured.forEach(one -> calls.add(one.histogram()));
    }

    /**
     * Combines measurements.
     *
     * @param measured by at least one process, all on one machine
     * @return medians and ranges
     */
    static Latency of(List<LatencyBench.Measured> measured) {
        List<LatencyBench.Measured> quiet =
                measured.stream().filter(one -> one.latency().busy() == null).toList();
        return new ProcessMedians(mostOf(quiet.size(), measured.size()) ? quiet : measured).latency();
    }

    private Latency latency() {
        double[] p50 = sorted(Latency::p50Micros);
        double[] small = sorted(Latency::imagesPerSecond64);
        double[] large = sorted(Latency::imagesPerSecond256);
        return new Latency(
                each.get(0).threads(),
                (int) calls.getTotalCount(),
                median(p50),
                micros(90),
                micros(99),
                small.length == 0 ? null : (Double) median(small),
                large.length == 0 ? null : (Double) median(large),
                each.size(),
                range(p50),
                range(small),
                range(large),
                Latency.BATCH_SIZES.stream().filter(this::isUnsteady).toList(),
                each.stream()
                        .map(Latency::busy)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                each.get(0).machine());
    }

    private boolean isUnsteady(int batch) {
        long steady = each.stream()
                .filter(one -> one.unsteady() == null || !one.unsteady().contains(batch))
                .count();
        return !mostOf(steady, each.size());
    }

    /** Returns the figures of the processes, lowest first; empty if half of the processes have none. */
    private double[] sorted(Function<Latency, @Nullable Double> figure) {
        double[] figures = each.stream()
                .map(figure)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return mostOf(figures.length, each.size()) ? figures : new double[0];
    }

    private @Nullable Double micros(double percent) {
        return Latency.carries(percent, calls.getTotalCount())
                ? (Double) (calls.getValueAtPercentile(percent) / NANOS_OF_A_MICRO)
                : null;
    }

    private static boolean mostOf(long part, long all) {
        return 2 * part > all;
    }

    private static @Nullable Range range(double[] sorted) {
        return sorted.length == 0 ? null : new Range(sorted[0], sorted[sorted.length - 1]);
    }

    static double median(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
