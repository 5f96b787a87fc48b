package io.catwalk.runner.ensemble;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.statistics.PairedAccuracy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compares an ensemble with the best of its members.
 *
 * @param accuracy of both on all test images; the ensemble is the first
 * @param member latency of the best member
 * @param ensemble latency of the ensemble
 * @param leastGain percentage points that the ensemble must win, with the whole 95 % interval; below 0, what it may lose
 */
public record EnsembleVerdict(PairedAccuracy accuracy, Latency member, Latency ensemble, double leastGain) {

    private static final double CONFIDENCE = 0.95;

    /** Checks the range of what it must win. */
    public EnsembleVerdict {
        requireGain(leastGain);
    }

    /** Refuses what is no gain of accuracy, before something is computed. */
    public static void requireGain(double leastGain) {
        if (!(leastGain >= -100 && leastGain <= 100)) {
            throw new RequestException("--min-gain must be from -100 to 100 points, such as 0.2, but is " + leastGain);
        }
    }

    /** What to do with an ensemble; one cannot tell with too few test images. */
    public enum Decision {
        SHIP,
        KEEP_MEMBER,
        CANNOT_TELL;

        /** Returns the decision in words, as in metadata and JSON. */
        public String title() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Decides by the whole interval, not by its middle alone. */
    public Decision decision() {
        if (100 * gained().low() > leastGain) {
            return Decision.SHIP;
        }
        return 100 * gained().high() <= leastGain ? Decision.KEEP_MEMBER : Decision.CANNOT_TELL;
    }

    /** Returns the 95 % interval of the share of images that it wins. */
    public Interval gained() {
        return accuracy.interval(CONFIDENCE);
    }

    /** Returns how many times as long one image takes. */
    public double slowdown() {
        return ensemble.p50Micros() / member.p50Micros();
    }

    /** Returns what else the machine did while one of the two was measured; null if it was quiet. */
    public Latency.@Nullable Busy busy() {
        return member.busy() != null ? member.busy() : ensemble.busy();
    }
}
