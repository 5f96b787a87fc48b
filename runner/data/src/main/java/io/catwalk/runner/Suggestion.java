package io.catwalk.runner;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Finds the known name that was probably meant. */
public final class Suggestion {

    private Suggestion() {}

    /**
     * Asks whether the nearest known name was meant; ends a message about an unknown name.
     *
     * @return such as {@code ; did you mean 'gru'?}; empty if none is near
     */
    public static String question(String name, Collection<String> known) {
        return nearest(name, known)
                .map(candidate -> "; did you mean '" + candidate + "'?")
                .orElse("");
    }

    /** Returns the nearest known name if at most two or a third of its letters differ, whether large or small. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        ToIntFunction<String> far = candidate -> distance(lower, candidate.toLowerCase(Locale.ROOT));
        return known.stream()
                .filter(candidate -> far.applyAsInt(candidate) <= Math.max(2, candidate.length() / 3))
                .min(Comparator.comparingInt(far).thenComparing(Comparator.naturalOrder()));
    }

    /** Counts the letters to insert, delete or replace (Levenshtein, 1966), with the rows of Wagner and Fischer. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
