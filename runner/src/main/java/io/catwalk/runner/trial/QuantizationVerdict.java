package io.catwalk.runner.trial;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.statistics.PairedAccuracy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compares an 8-bit model with the float model that it came from.
 *
 * @param speedupOf64 ratio of its throughput to that of the float model, in batches of 64; null if such batches
 *     take too long or too much memory with one of the two
 * @param speedupOfOne the same for one image at a time
 * @param shrinking how many times smaller its file is
 * @param accuracy of both on all test images; the float model is the first
 * @param gate the limits that it must keep
 */
public record QuantizationVerdict(
        @Nullable Double speedupOf64,
        double speedupOfOne,
        double shrinking,
        PairedAccuracy accuracy,
        QuantizationGate gate) {

    private static final double CONFIDENCE = 0.95;

    /** Rounding in sums over this many images must not fail a gate. */
    private static final double ROUNDING = 1e-9;

    /** Speeds differ by this share from one measurement to the next, even on a quiet machine. */
    private static final double NOTHING = 0.05;

    /** Compares what was measured; a ratio is only of figures at the same batch size. */
    static QuantizationVerdict of(
            Latency before, Latency after, double shrinking, PairedAccuracy accuracy, QuantizationGate gate) {
        Double slow = before.imagesPerSecond64();
        Double fast = after.imagesPerSecond64();
        return new QuantizationVerdict(
                slow == null || fast == null ? null : (Double) (fast / slow),
                before.p50Micros() / after.p50Micros(),
                shrinking,
                accuracy,
                gate);
    }

    /**
     * Returns the ratio that the gate limits.
     *
     * @return that in batches of 64 if it is known, otherwise that of one image at a time
     */
    public double speedup() {
        return speedupOf64 != null ? speedupOf64 : speedupOfOne;
    }

    /** Returns whether the 8-bit model should replace the float model. */
    public boolean ships() {
        return keepsAccuracy() && speedup() >= gate.speedup();
    }

    private boolean keepsAccuracy() {
        return 100 * accuracy.lost() <= gate.budget() + ROUNDING;
    }

    /** Describes the verdict with its numbers. */
    public String words() {
        Interval interval = accuracy.interval(CONFIDENCE);
        return String.format(
                Locale.ROOT,
                "int8 is %s, %.1f times smaller, %s (95 %% interval %s to %s; McNemar p %.3f): %s",
                speed(),
                shrinking,
                accuracy.lost() >= 0
                        ? points(accuracy.lost()) + " points less accurate"
                        : points(-accuracy.lost()) + " points more accurate",
                points(accuracy.lost() >= 0 ? interval.low() : -interval.high()),
                points(accuracy.lost() >= 0 ? interval.high() : -interval.low()),
                accuracy.test().p(),
                conclusion());
    }

    private String speed() {
        double speedup = speedup();
        String words = Math.abs(speedup - 1) < NOTHING
                ? "as fast"
                : String.format(
                        Locale.ROOT,
                        speedup > 1 ? "%.1f times faster" : "%.1f times slower",
                        speedup > 1 ? speedup : 1 / speedup);
        return speedupOf64 != null ? words : words + " for one image at a time";
    }

    private String conclusion() {
        if (ships()) {
            return "ship it";
        }
        String reason = !keepsAccuracy()
                ? String.format(Locale.ROOT, "beyond the budget of %s points", points(gate.budget() / 100))
                : speedup() < 1 + NOTHING
                        ? "not faster here"
                        : String.format(Locale.ROOT, "not the required %.2f times as fast", gate.speedup());
        return reason + ": ship the float file";
    }

    /** Formats a share in percentage points. */
    private static String points(double share) {
        String points = String.format(Locale.ROOT, "%.2f", 100 * share);
        return points.equals("-0.00") ? "0.00" : points;
    }
}
