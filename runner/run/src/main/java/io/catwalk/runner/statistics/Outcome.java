package io.catwalk.runner.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the first of a pair compares with the second. */
public enum Outcome {
    /** It is better. */
    @JsonProperty("better")
    BETTER,
    /** It is worse. */
    @JsonProperty("worse")
    WORSE,
    /** They differ by no more than the region of practical equivalence. */
    @JsonProperty("equivalent")
    EQUIVALENT,
    /** The data do not decide. */
    @JsonProperty("undecided")
    UNDECIDED;

    /** Smallest probability of an outcome that is decided. */
    private static final double SURE = 0.95;

    /** Returns the outcome whose probability is at least 0.95; undecided if there is none. */
    static Outcome of(double worse, double equivalent, double better) {
        if (better >= SURE) {
            return BETTER;
        }
        if (worse >= SURE) {
            return WORSE;
        }
        return equivalent >= SURE ? EQUIVALENT : UNDECIDED;
    }
}
