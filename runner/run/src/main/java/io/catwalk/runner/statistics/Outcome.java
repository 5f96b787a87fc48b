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
    UNDECIDED
}
