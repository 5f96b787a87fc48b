package io.catwalk.runner.quantization;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.statistics.PairedAccuracy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes a verdict with its numbers, in one line. */
final class QuantizationWords {

    /** Speeds differ by this share from one measurement to the next, even on a quiet machine. */
    private static final double NOTHING = 0.05;

    private QuantizationWords() {}

    static String of(QuantizationVerdict verdict) {
        PairedAccuracy accuracy = verdict.accuracy();
        Interval interval = verdict.lost();
        boolean loses = accuracy.lost() >= 0;
        return String.format(
                Locale.ROOT,
                "int8 is %s, %.1f times smaller, %s points %s accurate (95 %% interval %s to %s; McNemar p %.3f): %s",
                speed(verdict),
                verdict.shrinking(),
                Numbers.plainPoints(Math.abs(accuracy.lost())),
                loses ? "less" : "more",
                Numbers.plainPoints(loses ? interval.low() : -interval.high()),
                Numbers.plainPoints(loses ? interval.high() : -interval.low()),
                accuracy.test().p(),
                conclusion(verdict));
    }

    private static String speed(QuantizationVerdict verdict) {
        double speedup = verdict.speedup();
        String words = Math.abs(speedup - 1) < NOTHING
                ? "as fast"
                : String.format(
                        Locale.ROOT,
                        speedup > 1 ? "%.1f times faster" : "%.1f times slower",
                        speedup > 1 ? speedup : 1 / speedup);
        return (verdict.busy() == null ? "" : Latency.ROUGH)
                + words
                + (verdict.speedupOf64() != null ? "" : " for one image at a time");
    }

    private static String conclusion(QuantizationVerdict verdict) {
        return switch (verdict.decision()) {
            case SHIP -> "ship it";
            case KEEP_FLOAT -> whyNot(verdict) + ": ship the float file";
            case CANNOT_TELL -> {
                List<String> open = new ArrayList<>();
                if (!verdict.keepsAccuracy()) {
                    open.add("cannot tell whether it keeps the budget of " + budget(verdict) + " points: "
                            + needs(verdict));
                }
                if (verdict.speedUnknown()) {
                    open.add("cannot tell whether it is fast enough: the machine was busy");
                }
                yield String.join("; ", open);
            }
        };
    }

    private static String whyNot(QuantizationVerdict verdict) {
        if (verdict.losesTooMuch()) {
            return "beyond the budget of " + budget(verdict) + " points";
        }
        return verdict.speedup() < 1 + NOTHING
                ? "not faster here"
                : String.format(
                        Locale.ROOT,
                        "not the required %.2f times as fast",
                        verdict.gate().speedup());
    }

    private static String needs(QuantizationVerdict verdict) {
        Long needed = verdict.neededTestImages();
        return needed == null
                ? "no number of test images shows it: raise --budget"
                : String.format(
                        Locale.ROOT,
                        "needs about %,d test images, has %,d",
                        needed,
                        verdict.accuracy().images());
    }

    private static String budget(QuantizationVerdict verdict) {
        return Numbers.plainPoints(verdict.gate().budget() / 100);
    }
}
