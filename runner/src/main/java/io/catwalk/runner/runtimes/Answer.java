package io.catwalk.runner.runtimes;

import org.jspecify.annotations.Nullable;

/** The result of asking a runner. */
public sealed interface Answer {

    /**
     * The answer of a runner.
     *
     * @param version as the runtime reports it
     * @param seconds from the first batch to the last, including normalization and without loading anything
     * @param note what a user should know; null if there is nothing
     * @param logits (count, classes), row-major
     */
    @SuppressWarnings("ArrayRecordComponent") // 100,000 numbers that are not compared
    record Given(String version, double seconds, @Nullable String note, float[] logits) implements Answer {}

    /**
     * The reason why there is no answer.
     *
     * @param reason one line
     */
    record Failed(String reason) implements Answer {}
}
