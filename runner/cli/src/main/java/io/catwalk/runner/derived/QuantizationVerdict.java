package io.catwalk.runner.derived;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.statistics.PairedAccuracy;
import org.jspecify.annotations.Nullable;

/**
 * Compares an 8-bit model with the float model that it came from.
 *
 * @param speedupOf64 ratio of its throughput to that of the float model, in batches of 64; null if such batches
 *     take too long or too much memory with one of the two
 * @param speedupOfOne the same for one image at a time
 * @param busy what else the machine did while one of the two was measured; null if it was quiet
 * @param shrinking how many times smaller its file is
 * @param accuracy of both on all test images; the float model is the first
 */
public record QuantizationVerdict(
        @Nullable Double speedupOf64,
        double speedupOfOne,
        Latency.@Nullable Busy busy,
        double shrinking,
        PairedAccuracy accuracy,
        Gate gate) {

    private static final double CONFIDENCE = 0.95;

    /** With as many test images as are said to be needed, a file that loses nothing is told in four of five cases. */
    private static final double POWER = 0.8;

    /** Nobody has a test set of this size: what needs more is said to need another budget. */
    private static final double MOST_IMAGES = 1e8;

    /** Rounding in sums over this many images must not fail a gate. */
    private static final double ROUNDING = 1e-9;

    /**
     * When an 8-bit model is good enough to be used.
     *
     * @param budget percentage points of accuracy that it may lose, with the whole 95 % interval, 0 to 100
     * @param speedup how many times as fast as the float model it must be; 0 if speed does not matter
     */
    public record Gate(double budget, double speedup) {

        public Gate {
            if (!(budget >= 0 && budget <= 100)) {
                throw new RequestException("--budget must be from 0 to 100 points, such as 0.2, but is " + budget);
            }
            if (!(speedup >= 0 && Double.isFinite(speedup))) {
                throw new RequestException("--min-speedup must be 0 or more, such as 1.2, but is " + speedup);
            }
        }
    }

    /** Compares what was measured; a ratio is only of figures at the same batch size. */
    static QuantizationVerdict of(Latency before, Latency after, double shrinking, PairedAccuracy accuracy, Gate gate) {
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

    /** Returns the ratio that the gate limits: in batches of 64 if it is known, otherwise of one image at a time. */
    public double speedup() {
        return speedupOf64 != null ? speedupOf64 : speedupOfOne;
    }

    /** Decides by the whole interval of the accuracy, and by a speed that was measured on a quiet machine. */
    public Decision decision() {
        boolean tooSlow = busy == null && speedup() < gate.speedup();
        if (losesTooMuch() || tooSlow) {
            return Decision.KEEP;
        }
        return keepsAccuracy() && !speedUnknown() ? Decision.SHIP : Decision.CANNOT_TELL;
    }

    /** Returns the 95 % interval of the share of images that it loses. */
    public Interval lost() {
        return accuracy.interval(CONFIDENCE);
    }

    boolean keepsAccuracy() {
        return 100 * lost().high() <= gate.budget() + ROUNDING;
    }

    boolean losesTooMuch() {
        return 100 * lost().low() > gate.budget() + ROUNDING;
    }

    boolean speedUnknown() {
        return busy != null && gate.speedup() > 0;
    }

    /**
     * Estimates how many test images tell whether the budget is kept, if as large a share of them is answered otherwise
     * as of these ({@link PairedAccuracy#imagesToTell}), rounded up to two digits; null if the images tell, or if no
     * test set is large enough.
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
}
