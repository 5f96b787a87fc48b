package io.catwalk.runner.trial;

import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.statistics.PairedAccuracy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compares an 8-bit model with the float model that it came from.
 *
 * @param speedupOf64 ratio of its throughput to that of the float model, in batches of 64; null if such batches
 *     take too long or too much memory with one of the two
 * @param speedupOfOne the same for one image at a time
 * @param busy what else the machine did while one of the two was measured, as text; null if it was quiet
 * @param shrinking how many times smaller its file is
 * @param accuracy of both on all test images; the float model is the first
 * @param gate the limits that it must keep
 */
public record QuantizationVerdict(
        @Nullable Double speedupOf64,
        double speedupOfOne,
        @Nullable String busy,
        double shrinking,
        PairedAccuracy accuracy,
        QuantizationGate gate) {

    private static final double CONFIDENCE = 0.95;

    /** With as many test images as are said to be needed, a file that loses nothing is told in four of five cases. */
    private static final double POWER = 0.8;

    /** Nobody has a test set of this size: what needs more is said to need another budget. */
    private static final double MOST_IMAGES = 1e8;

    /** Rounding in sums over this many images must not fail a gate. */
    private static final double ROUNDING = 1e-9;

    /** Speeds differ by this share from one measurement to the next, even on a quiet machine. */
    private static final double NOTHING = 0.05;

    /** What to do with an 8-bit model. */
    public enum Decision {
        /** It keeps the budget and is fast enough. */
        SHIP("ship"),
        /** It loses more than the budget, or is not fast enough. */
        KEEP_FLOAT("keep float"),
        /** There are too few test images, or the machine was busy. */
        CANNOT_TELL("cannot tell");

        private final String title;

        Decision(String title) {
            this.title = title;
        }

        /** Returns the decision in words, as in metadata and JSON. */
        public String title() {
            return title;
        }
    }

    /** Compares what was measured; a ratio is only of figures at the same batch size. */
    static QuantizationVerdict of(
            Latency before, Latency after, double shrinking, PairedAccuracy accuracy, QuantizationGate gate) {
        Double slow = before.imagesPerSecond64();
        Double fast = after.imagesPerSecond64();
        return new QuantizationVerdict(
                slow == null || fast == null ? null : (Double) (fast / slow),
                before.p50Micros() / after.p50Micros(),
                before.busy() != null ? before.busy() : after.busy(),
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
        return decision() == Decision.SHIP;
    }

    /**
     * Decides by the whole interval of the accuracy, not by its middle alone, and by a speed that was measured on a
     * quiet machine.
     */
    public Decision decision() {
        if (losesTooMuch() || tooSlow()) {
            return Decision.KEEP_FLOAT;
        }
        return keepsAccuracy() && !speedUnknown() ? Decision.SHIP : Decision.CANNOT_TELL;
    }

    private boolean keepsAccuracy() {
        return 100 * accuracy.interval(CONFIDENCE).high() <= gate.budget() + ROUNDING;
    }

    private boolean losesTooMuch() {
        return 100 * accuracy.interval(CONFIDENCE).low() > gate.budget() + ROUNDING;
    }

    private boolean speedUnknown() {
        return busy != null && gate.speedup() > 0;
    }

    private boolean tooSlow() {
        return busy == null && speedup() < gate.speedup();
    }

    /**
     * Estimates how many test images tell whether the budget is kept, if as large a share of them is answered otherwise
     * as of these ({@link PairedAccuracy#imagesToTell}).
     *
     * @return a number rounded up to two digits; null if the images tell, or if no test set is large enough
     */
    public @Nullable Long neededTestImages() {
        if (keepsAccuracy() || losesTooMuch()) {
            return null;
        }
        double needed = accuracy.imagesToTell(gate.budget() / 100, CONFIDENCE, POWER);
        if (!(needed <= MOST_IMAGES)) {
            return null;
        }
        long unit = (long) Math.pow(10, Math.max(0, Math.floor(Math.log10(needed)) - 1));
        return (Long) ((long) Math.ceil(needed / unit) * unit);
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
        String about = busy == null ? "" : Latency.ROUGH;
        String words = Math.abs(speedup - 1) < NOTHING
                ? about + "as fast"
                : String.format(
                        Locale.ROOT,
                        speedup > 1 ? "%s%.1f times faster" : "%s%.1f times slower",
                        about,
                        speedup > 1 ? speedup : 1 / speedup);
        return speedupOf64 != null ? words : words + " for one image at a time";
    }

    private String conclusion() {
        return switch (decision()) {
            case SHIP -> "ship it";
            case KEEP_FLOAT -> whyNot() + ": ship the float file";
            case CANNOT_TELL -> {
                List<String> open = new ArrayList<>();
                if (!keepsAccuracy()) {
                    open.add("cannot tell whether it keeps the budget of " + points(gate.budget() / 100) + " points: "
                            + needs());
                }
                if (speedUnknown()) {
                    open.add("cannot tell whether it is fast enough: the machine was busy");
                }
                yield String.join("; ", open);
            }
        };
    }

    private String whyNot() {
        if (losesTooMuch()) {
            return "beyond the budget of " + points(gate.budget() / 100) + " points";
        }
        return speedup() < 1 + NOTHING
                ? "not faster here"
                : String.format(Locale.ROOT, "not the required %.2f times as fast", gate.speedup());
    }

    private String needs() {
        Long needed = neededTestImages();
        return needed == null
                ? "no number of test images shows it: raise --budget"
                : String.format(Locale.ROOT, "needs about %,d test images, has %,d", needed, accuracy.images());
    }

    /** Formats a share in percentage points. */
    private static String points(double share) {
        String points = String.format(Locale.ROOT, "%.2f", 100 * share);
        return points.equals("-0.00") ? "0.00" : points;
    }
}
