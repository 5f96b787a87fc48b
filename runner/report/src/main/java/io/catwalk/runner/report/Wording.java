package io.catwalk.runner.report;

import io.catwalk.api.Criterion;
import io.catwalk.onnx.parity.Parity.Flip;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.statistics.PairedAccuracy;
import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Counts, lists and names in sentences. */
public final class Wording {

    /** Largest number of names in a sentence. */
    private static final int NAMES = 4;

    /** Largest number of images in a sentence. */
    private static final int MOST_FLIPS = 10;

    private Wording() {}

    /** Returns a count with its noun, whose plural ends with an s. */
    public static String count(long value, String one) {
        return count(value, one, one + "s");
    }

    /** Returns a count with its noun, in the singular for one. */
    public static String count(long value, String one, String many) {
        return Numbers.count(value) + " " + (value == 1 ? one : many);
    }

    /** Returns "both" or "all" of a number of things, which is at least two. */
    public static String all(int count) {
        return count == 2 ? "both" : "all " + Numbers.count(count);
    }

    /** Says from what to what numbers are, or what all are. */
    static String range(String low, String high) {
        return low.equals(high) ? low : low + " to " + high;
    }

    /** Lists names for a sentence; of many, only the first few. */
    public static String names(Collection<String> names) {
        List<String> shown = new ArrayList<>(names);
        if (names.size() > NAMES) {
            shown.subList(NAMES - 1, names.size()).clear();
            shown.add(Numbers.count(names.size() - shown.size()) + " more");
        }
        return joined(shown);
    }

    /** Lists names for a sentence that goes on about one of them, or about several. */
    static String names(Collection<String> names, String one, String several) {
        return names(names) + (names.size() == 1 ? one : several);
    }

    public static String classifiers(List<ClassifierReport> entrants) {
        return names(entrants.stream().map(ClassifierReport::name).toList());
    }

    /** Joins texts for a sentence: with commas, and with "and" before the last. */
    public static String joined(List<String> parts) {
        int last = parts.size() - 1;
        return last < 1
                ? String.join("", parts)
                : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }

    /** Lists settings with their values. */
    public static String settings(Map<String, Object> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + " " + setting.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Names a criterion by which epochs and candidates are selected. */
    public static String criterion(Criterion criterion) {
        return criterion.name().toLowerCase(Locale.ROOT).replace('_', ' ').replace("f1", "F1");
    }

    /** Says in one sentence what a reader must know about latencies, and which page has more; empty without marks. */
    public static String latencies(Set<Latency.Mark> marks) {
        List<String> words = marks.stream()
                .map(mark -> switch (mark) {
                    case BUSY -> "those with ~ were measured on a busy machine, so there is no speed-up";
                    case UNSTEADY -> "some are not stable to 2 % within the time limit";
                    case LONG_TAIL -> "some calls take far longer than the median";
                    case ONE_PROCESS -> "some are of one process, without a range";
                    case ELSEWHERE -> "those of other machines are left out";
                    case UNMEASURED -> "some were not measured";
                })
                .toList();
        return words.isEmpty() ? "" : "Latencies: " + String.join("; ", words) + " (docs/explanation/latency.md).";
    }

    /** Describes in one sentence how far an ONNX file differs from its network. */
    public static String parity(ParityResult parity) {
        if (parity.maxAbs() == null) {
            String start = parity.missing() == null
                    ? "DISAGREES"
                    : switch (parity.missing()) {
                        case NO_FORM -> "has no ONNX form";
                        case UNWRITTEN -> "could not be written";
                        case ANOTHER_NETWORK -> "REFUSED";
                    };
            return start + ": " + parity.worst();
        }
        List<Flip> rounded = parity.flipped();
        List<Flip> ties = parity.nearTies();
        return String.format(
                Locale.ROOT,
                "%s: %s in %d images, largest difference %.1e%s (%d configurations, worst: %s)%s%s",
                (parity.agrees() ? "agrees" : "DISAGREES") + (rounded == null ? "" : " to 11 bits"),
                parity.flips() + (parity.flips() == 1 ? " flip" : " flips"),
                parity.images(),
                parity.maxAbs(),
                rounded == null ? "" : String.format(Locale.ROOT, " of at most %.1e", parity.tolerance()),
                parity.configurations(),
                parity.worst(),
                rounded == null || rounded.isEmpty() ? "" : "; " + some(rounded),
                ties == null || ties.isEmpty() ? "" : "; " + nearTies(ties));
    }

    /** Lists images that get another label, but for which the reference was nearly tied; at least one. */
    public static String nearTies(List<Flip> ties) {
        return ties.size() + (ties.size() == 1 ? " near tie" : " near ties") + ", within the tolerance: " + some(ties);
    }

    private static String some(List<Flip> flips) {
        String first = flips.stream().limit(MOST_FLIPS).map(Flip::toString).collect(Collectors.joining(", "));
        return flips.size() > MOST_FLIPS ? first + " and " + (flips.size() - MOST_FLIPS) + " more" : first;
    }

    /** Says what else a machine did while a latency was measured. */
    public static String busy(Latency.Busy busy) {
        String text = switch (busy.cause()) {
            case OTHERS -> "other programs took %.0f %% of the processors";
            case WAITED -> "it waited for a processor %.0f %% of the time";
        };
        return String.format(Locale.ROOT, text, 100 * busy.share());
    }

    /** Says how accuracies differ: in the first words if the first is not less accurate, in the other words else. */
    public static String points(PairedAccuracy accuracy, Interval interval, String unlessBelow, String below) {
        boolean positive = accuracy.difference() >= 0;
        return "%s points %s (95 %% interval %s to %s; McNemar p %s)"
                .formatted(
                        Numbers.plainPoints(Math.abs(accuracy.difference())),
                        positive ? unlessBelow : below,
                        Numbers.plainPoints(positive ? interval.low() : -interval.high()),
                        Numbers.plainPoints(positive ? interval.high() : -interval.low()),
                        Numbers.p(accuracy.test().p()));
    }

    public static String capital(String sentence) {
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
    }
}
