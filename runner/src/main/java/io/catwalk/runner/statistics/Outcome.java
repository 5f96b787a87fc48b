package io.catwalk.runner.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Says how the first of a pair stands to the second. */
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
    /** The data do not tell. */
    @JsonProperty("undecided")
    UNDECIDED;

    private static final double SURE = 0.95;

    /** Returns the outcome that is at least 0.95 probable; undecided if none is. */
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
