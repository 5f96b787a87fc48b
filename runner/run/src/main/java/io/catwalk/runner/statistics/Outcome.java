package io.catwalk.runner.statistics;

/** How the first of a pair compares with the second. */
public enum Outcome {
    BETTER,
    WORSE,
    /** They differ by no more than the region of practical equivalence. */
    EQUIVALENT,
    UNDECIDED
}
