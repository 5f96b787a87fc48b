package io.catwalk.runner.trial;

import io.catwalk.runner.RequestException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how long a network is measured on one engine.
 *
 * @param warmUp before each batch size, at least one call
 * @param measured at each batch size: 1, 64 and 256; longer where the fewest calls take longer
 * @param cap on all three together, warm-up and all. It is looked at between calls: only the two calls that every
 *     network gets may take longer
 * @param fewestCalls of one image, if the cap allows
 * @param fewestBatches for a throughput, which without that many is not known
 */
public record LatencySettings(Duration warmUp, Duration measured, Duration cap, int fewestCalls, int fewestBatches) {

    /** Milliseconds for each network on each engine. The tests set it, so that they do not wait for figures. */
    static final String MILLIS = "CATWALK_LATENCY_MILLIS";

    private static final int BATCH_SIZES = 3;

    /** Checks the numbers against their ranges. */
    public LatencySettings {
        if (warmUp.isNegative() || measured.isNegative() || cap.isNegative()) {
            throw new IllegalArgumentException(
                    "expected times of 0 or more, but found " + warmUp + ", " + measured + " and " + cap);
        }
        if (fewestCalls < 1 || fewestBatches < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 call, but found " + fewestCalls + " and " + fewestBatches);
        }
    }

    /**
     * Returns what a run uses: 3 seconds for an ordinary network on each engine, 6 for a slow one.
     *
     * @return the usual settings, or those of the environment variable CATWALK_LATENCY_MILLIS
     * @throws RequestException if that variable is no number of milliseconds
     */
    public static LatencySettings standard() {
        return parse(System.getenv(MILLIS));
    }

    static LatencySettings parse(@Nullable String millis) {
        if (millis == null || millis.isBlank()) {
            return of(Duration.ofSeconds(3));
        }
        try {
            return of(Duration.ofMillis(Integer.parseUnsignedInt(millis.strip())));
        } catch (NumberFormatException e) {
            throw new RequestException(MILLIS + " must be a number of milliseconds, such as 3000, but is " + millis, e);
        }
    }

    /**
     * Divides a time among the batch sizes, three tenths of it for warm-up.
     *
     * @param each for an ordinary network on one engine; a slow one, whose fewest calls take longer, gets up to twice
     *     as long
     * @return the settings
     */
    public static LatencySettings of(Duration each) {
        Duration size = each.dividedBy(BATCH_SIZES);
        Duration warmUp = size.multipliedBy(3).dividedBy(10);
        return new LatencySettings(warmUp, size.minus(warmUp), each.multipliedBy(2), 20, 3);
    }
}
