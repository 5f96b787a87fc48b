package io.catwalk.runner.experiment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how a run is carried out; none of it changes the outcome of a trial.
 *
 * @param budget time after which no trial goes on training; trials that do not fit are listed as not run. Null
 *     for no limit
 * @param retry what to do with a trial that fails
 * @param versions what to do with a trial that was made by other versions of the software
 * @param processor model that all trials must run on; null for any
 */
public record RunPolicy(
        @Nullable Duration budget,
        Retry retry,
        Versions versions,
        @Nullable String processor) {

    /** No time limit, no retries, and any processor. */
    public static final RunPolicy STANDARD = new RunPolicy(null, Retry.NEVER, Versions.RENEW, null);

    /** What to do with a trial that fails. */
    public enum Retry {
        /** It stays failed. */
        NEVER,
        /** It is tried once more, and the result keeps the reason of the first failure. */
        ONCE
    }

    /** What to do with a trial that was made by other versions of Catwalk, DJL or PyTorch. */
    public enum Versions {
        /** It is run again. */
        RENEW,
        /** It is kept, and the report shows that versions are mixed. */
        KEEP
    }
}
