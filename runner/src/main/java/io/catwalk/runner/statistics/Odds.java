package io.catwalk.runner.statistics;

import java.util.Locale;

/** Writes the three probabilities of a Bayesian test. */
final class Odds {

    private Odds() {}

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
        String limited =
                value > 0.995 ? "> 0.99" : value < 0.005 ? "< 0.01" : String.format(Locale.ROOT, "= %.2f", value);
        return "P(" + event + " " + points + ") " + limited;
    }
}
