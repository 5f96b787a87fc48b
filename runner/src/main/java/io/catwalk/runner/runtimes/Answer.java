package io.catwalk.runner.runtimes;

import org.jspecify.annotations.Nullable;

/** Says what came of asking a runner. */
public sealed interface Answer {

    /**
     * Holds what a runner found out.
     *
     * @param version of the runtime, in its own words
     * @param seconds from the first batch to the last, with the normalization and without loading anything
     * @param note what a user should know; null if there is nothing
     * @param logits (count, classes), row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // 100,000 numbers that nobody compares as a record
    record Given(String version, double seconds, @Nullable String note, float[] logits) implements Answer {}

    /**
     * Holds why there is no answer.
     *
     * @param reason one line
     */
    record Failed(String reason) implements Answer {}
}
