package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.trial.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Counts and lists in sentences. */
public final class Wording {

    /** Largest number of names in a sentence. */
    private static final int NAMES = 4;

    private Wording() {}

    /** Returns a count with its noun, in the singular for one. */
    public static String count(long value, String one, String many) {
        return Numbers.count(value) + " " + (value == 1 ? one : many);
    }

    /** Writes the median time of one image, marked if it was measured on a busy machine. */
    public static String latency(@Nullable Latency latency) {
        return latency == null
                ? Numbers.NONE
                : (latency.busy() == null ? "" : Latency.ROUGH) + Numbers.micros(latency.p50Micros());
    }

    /** Returns "both" or "all" of a number of things, which is at least two. */
    public static String all(int count) {
        return count == 2 ? "both" : "all " + Numbers.count(count);
    }

    /** Lists names for a sentence; of many, only the first few. */
    public static String names(List<String> names) {
        if (names.size() <= NAMES) {
            return joined(names);
        }
        List<String> shown = new ArrayList<>(names.subList(0, NAMES - 1));
        shown.add(Numbers.count(names.size() - shown.size()) + " more");
        return joined(shown);
    }

    /** Lists the names of classifiers for a sentence; of many, only the first few. */
    public static String classifiers(List<Entrant> entrants) {
        return names(entrants.stream().map(Entrant::name).toList());
    }

    /** Joins texts for a sentence: with commas, and with "and" before the last. */
    public static String joined(List<String> parts) {
        int last = parts.size() - 1;
        return last < 1
                ? String.join("", parts)
                : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }

    /** Returns a sentence with a capital letter at its beginning. */
    public static String capital(String sentence) {
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
    }
}
