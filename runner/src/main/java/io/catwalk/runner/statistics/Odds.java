package io.catwalk.runner.statistics;

import java.util.Locale;

/** Writes the three probabilities of a Bayesian test. */
public final class Odds {

    private Odds() {}

    /**
     * Writes a probability with two digits. One that is too small for a verdict is not rounded up to 0.95.
     *
     * @param value 0 to 1
     * @return such as {@code 0.70}, {@code > 0.99} or {@code < 0.01}
     */
    public static String probability(double value) {
        if (value > 0.995 || value < 0.005) {
            return value > 0.995 ? "> 0.99" : "< 0.01";
        }
        return String.format(Locale.ROOT, "%.2f", value >= 0.945 && value < Outcome.SURE ? 0.94 : value);
    }

    /** Writes the probability of the outcome, or all three where none is probable enough. */
    static String words(Outcome outcome, double worse, double equivalent, double better, EquivalenceRegion region) {
        String above = probability("better by more than", better, region);
        String below = probability("worse by more than", worse, region);
        String within = probability("within", equivalent, region);
        return switch (outcome) {
            case BETTER -> above;
            case WORSE -> below;
            case EQUIVALENT -> within;
            case UNDECIDED -> above + ", " + within + ", " + below;
        };
    }

    private static String probability(String event, double value, EquivalenceRegion region) {
        String points = String.format(Locale.ROOT, "%s", region.points());
        String written = probability(value);
        return "P(" + event + " " + points + ") " + (Character.isDigit(written.charAt(0)) ? "= " : "") + written;
    }
}
