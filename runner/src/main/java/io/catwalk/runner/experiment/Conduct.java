package io.catwalk.runner.experiment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how a run is carried out; none of it changes the outcome of a trial.
 *
 * @param budget time after which nothing goes on training; what does not fit is listed as not run. Null
 *     takes the time that it takes
 * @param retry what to do with a trial that fails
 * @param versions what to do with a trial that other versions of the software have made
 * @param processor model that all trials must run on; null for any
 */
public record Conduct(
        @Nullable Duration budget,
        Retry retry,
        Versions versions,
        @Nullable String processor) {

    /** Takes the time that it takes, and every trial as it comes. */
    public static final Conduct STANDARD = new Conduct(null, Retry.NEVER, Versions.RENEW, null);

    /** What to do with a trial that fails. */
    public enum Retry {
        /** It has failed. */
        NEVER,
        /** It is tried once more, and the result keeps the first reason. */
        ONCE
    }

    /** What to do with a trial that other versions of Catwalk, DJL or PyTorch have made. */
    public enum Versions {
        /** It is run again. */
        RENEW,
        /** It is kept, and the report shows the mix. */
        KEEP
    }
}
