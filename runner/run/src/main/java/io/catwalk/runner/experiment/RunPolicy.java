package io.catwalk.runner.experiment;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how a run is carried out; none of it changes the outcome of a trial.
 *
 * @param budget time after which no trial goes on training; trials that do not fit are listed as not run. Null
 *     for no limit
 * @param retries whether a trial that fails is tried once more; the result keeps the reason of the first failure
 * @param keepsVersions whether a trial that was made by other versions of the software is kept, and the report shows
 *     that versions are mixed; otherwise it is run again
 * @param processor model that all trials must run on; null for any
 */
public record RunPolicy(
        @Nullable Duration budget,
        boolean retries,
        boolean keepsVersions,
        @Nullable String processor) {

    /** No time limit, no retries, and any processor. */
    public static final RunPolicy STANDARD = new RunPolicy(null, false, false, null);
}
