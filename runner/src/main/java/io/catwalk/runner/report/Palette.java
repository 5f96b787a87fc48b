package io.catwalk.runner.report;

import io.catwalk.runner.trial.TrialOutcome;
import java.util.List;
import java.util.Locale;

/**
 * Gives each classifier its color, the same one in every chart of a report. The colors are those of Okabe and
 * Ito ("Color Universal Design", 2008), which people tell apart whatever their color vision, with gray in the
 * place of black, so that each is seen on white and on black.
 *
 * @param names of the classifiers (or variants of them), in the order in which the report shows them
 */
public record Palette(List<String> names) {

    /** Stands for whatever is no classifier, and for a name that the report does not know. */
    public static final String NEUTRAL = "#7F7F7F";

    /** Blue, orange, green, vermilion, purple, sky blue, gray, yellow: the palest last. */
    private static final List<Integer> COLORS =
            List.of(0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0xCC79A7, 0x56B4E9, 0x999999, 0xF0E442);

    /** Copies the names. */
    public Palette {
        names = List.copyOf(names);
    }

    /**
     * Gives each classifier of a run, and each variant of one, its color: all seeds and folds have the same.
     *
     * @param trials of the run, in its order
     * @return the colors
     */
    public static Palette of(List<? extends TrialOutcome> trials) {
        return new Palette(trials.stream()
                .map(outcome -> outcome.trial().label())
                .distinct()
                .toList());
    }

    /**
     * Looks a color up. From the ninth classifier on the colors come back, darker each time.
     *
     * @param name of a classifier
     * @return {@code #RRGGBB}; {@link #NEUTRAL} for a name that is not in the list
     */
    public String color(String name) {
        int place = names.indexOf(name);
        if (place < 0) {
            return NEUTRAL;
        }
        int round = place / COLORS.size();
        return hex(COLORS.get(place % COLORS.size()), Math.pow(0.7, round), 0);
    }

    /**
     * Looks up a paler form of a classifier's color, for a second bar or line beside its own.
     *
     * @param name of a classifier
     * @return {@code #RRGGBB}, half way to white
     */
    public String paleColor(String name) {
        return hex(Integer.parseInt(color(name).substring(1), 16), 0.5, 127);
    }

    private static String hex(int color, double kept, int added) {
        return String.format(
                Locale.ROOT,
                "#%02X%02X%02X",
                (int) (((color >> 16) & 255) * kept) + added,
                (int) (((color >> 8) & 255) * kept) + added,
                (int) ((color & 255) * kept) + added);
    }
}
