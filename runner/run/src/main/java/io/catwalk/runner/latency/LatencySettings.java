package io.catwalk.runner.latency;

import io.catwalk.runner.RequestException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Specifies how long a network is measured on one engine, and in how many processes.
 *
 * <p>In each process, at each batch size, windows of calls follow each other until the medians of two agree within 2 %:
 * the last window counts, those before it were warm-up.
 *
 * @param window length of a window; longer if the fewest calls take longer
 * @param longest for the windows of one batch size: after that, the last window counts though it is not steady. Two
 *     windows may take longer
 * @param cap for all three batch sizes together. It is checked between windows: only the two calls that every network
 *     gets may take longer
 * @param fewestCalls of one image, if the cap allows
 * @param fewestBatches for a throughput; with fewer batches it is unknown
 * @param processes that measure a network on an engine, at least 1
 * @param turnsIfBusy turns after which the measuring ends if the machine was busy in most of them, at least 1
 */
public record LatencySettings(
        Duration window,
        Duration longest,
        Duration cap,
        int fewestCalls,
        int fewestBatches,
        int processes,
        int turnsIfBusy) {

    /** Share by which the medians of two windows may differ. */
    static final double STEADY_WITHIN = 0.02;

    /** Milliseconds for each network on each engine. The tests set it, so that they do not wait for measurements. */
    static final String MILLIS = "CATWALK_LATENCY_MILLIS";

    /** After so many turns on a busy machine, others would only give more figures that are marked as rough. */
    private static final int TURNS_IF_BUSY = 2;

    /** If all trainings together take less, five processes for each network would take about as long as they. */
    private static final double SHORT_TRAINING_SECONDS = 600;

    private static final int PROCESSES = 5;

    /** At each batch size: one window to warm up and one that counts. */
    private static final int WINDOWS = 2;

    /** Checks the ranges of the numbers. */
    public LatencySettings {
        if (window.isNegative() || longest.isNegative() || cap.isNegative()) {
            throw new IllegalArgumentException(
                    "expected times of 0 or more, but found " + window + ", " + longest + " and " + cap);
        }
        if (fewestCalls < 1 || fewestBatches < 1 || processes < 1 || turnsIfBusy < 1) {
            throw new IllegalArgumentException("expected at least 1 call, process and turn, but found " + fewestCalls
                    + ", " + fewestBatches + ", " + processes + " and " + turnsIfBusy);
        }
    }

    /**
     * Returns the settings of a run: five processes, in each of them 3 seconds for an ordinary network on each engine,
     * and up to 9 for a network that is slow or takes long to warm up; or, in one process, those of the environment
     * variable CATWALK_LATENCY_MILLIS.
     */
    public static LatencySettings standard() {
        return parse(System.getenv(MILLIS));
    }

    static LatencySettings parse(@Nullable String millis) {
        if (millis == null || millis.isBlank()) {
            return of(Duration.ofSeconds(3));
        }
        if (!millis.strip().matches("[0-9]{1,9}")) {
            throw new RequestException(MILLIS + " must be a number of milliseconds, such as 3000, but is " + millis);
        }
        return of(Duration.ofMillis(Integer.parseInt(millis.strip()))).withProcesses(1);
    }

    /**
     * Divides a time for an ordinary network on one engine in one process among the batch sizes, with five processes; a
     * network that is slow, or takes long to warm up, gets up to three times as long. A busy machine ends nothing.
     */
    public static LatencySettings of(Duration each) {
        int sizes = Latency.BATCH_SIZES.size();
        return new LatencySettings(
                each.dividedBy(sizes).dividedBy(WINDOWS),
                each,
                each.multipliedBy(sizes),
                20,
                3,
                PROCESSES,
                Integer.MAX_VALUE);
    }

    public LatencySettings withProcesses(int newProcesses) {
        return new LatencySettings(window, longest, cap, fewestCalls, fewestBatches, newProcesses, turnsIfBusy);
    }

    /** Shortens a first look: one process, and half as long if a network is slow or takes long to warm up. */
    public LatencySettings brief() {
        return new LatencySettings(
                window, longest.dividedBy(2), cap.dividedBy(2), fewestCalls, fewestBatches, 1, turnsIfBusy);
    }

    /** Shortens the measurement if the training of all networks together took less than ten minutes. */
    public LatencySettings after(double trainingSeconds) {
        return trainingSeconds < SHORT_TRAINING_SECONDS ? brief() : this;
    }

    /** Ends the measuring after two turns if the machine is busy, for who did not ask for it alone. */
    public LatencySettings endingIfBusy() {
        return new LatencySettings(window, longest, cap, fewestCalls, fewestBatches, processes, TURNS_IF_BUSY);
    }
}
