package io.catwalk.runner.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the first of a pair compares with the second. */
public enum Outcome {
    @JsonProperty("better")
    BETTER,
    @JsonProperty("worse")
    WORSE,
    /** They differ by no more than the region of practical equivalence. */
    @JsonProperty("equivalent")
    EQUIVALENT,
    @JsonProperty("undecided")
    UNDECIDED
}
