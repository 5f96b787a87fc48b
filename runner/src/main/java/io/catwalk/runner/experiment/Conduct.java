package io.catwalk.runner.experiment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how a run is carried out; none of it changes the outcome of a trial.
 *
 * @param budget time after which nothing goes on training; what does not fit is listed as not run. Null
 *     takes the time that it takes
 * @param retry what to do with a trial that fails
 */
public record Conduct(@Nullable Duration budget, Retry retry) {

    /** Takes the time that it takes, and every trial as it comes. */
    public static final Conduct STANDARD = new Conduct(null, Retry.NEVER);

    /** What to do with a trial that fails. */
    public enum Retry {
        /** It has failed. */
        NEVER,
        /** It is tried once more, and the result keeps the first reason. */
        ONCE
    }
}
