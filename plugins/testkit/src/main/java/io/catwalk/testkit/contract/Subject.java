package io.catwalk.testkit.contract;

import io.catwalk.api.Classifier;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Classifier of a plugin that the checks are run on. Immutable; each {@code with} method returns a changed copy.
 *
 * @param source creates a new classifier for each check, so that checks do not affect each other
 * @param className name of its class in the jar
 * @param jar the built plugin
 */
public record Subject(Supplier<Classifier> source, String className, Path jar, Elsewhere elsewhere, Limits limits) {

    /** Builds the network in another place, such as another process. */
    @FunctionalInterface
    interface Elsewhere {

        /** Returns the fingerprint of the network that the same classifier builds. */
        Fingerprint fingerprint(Subject subject) throws Exception;
    }

    /** Returns a subject to check, with the limits of the contract. */
    public static Subject of(Supplier<Classifier> source, String className, Path jar) {
        return new Subject(source, className, jar, OtherProcess::fingerprint, Limits.standard());
    }

    /** Replaces the limits of time and memory. */
    public Subject withLimits(Limits newLimits) {
        return new Subject(source, className, jar, elsewhere, newLimits);
    }

    Subject withElsewhere(Elsewhere newElsewhere) {
        return new Subject(source, className, jar, newElsewhere, limits);
    }
}
