package io.catwalk.testkit.contract;

import java.util.Set;

/**
 * One promise of the contract, and the code that checks whether a plugin keeps it.
 *
 * @param id lower-case words and dashes, such as {@code same-seed}
 * @param promise what the plugin promises, in at most 52 letters
 * @param presumed ids of the checks that must have passed before this one is run
 * @param slow whether the check takes seconds for a small network
 */
public record Check(String id, String promise, Set<String> presumed, boolean slow, Body body) {

    /** Code that checks a plugin. */
    @FunctionalInterface
    interface Body {

        /**
         * Returns normally if the plugin keeps the promise.
         *
         * @throws BrokenPromise if it does not; the message is one line
         * @throws Exception any other exception also counts as a broken promise
         */
        void hold(Candidate candidate) throws Exception;
    }

    static Check of(String id, String promise, Body body) {
        return new Check(id, promise, Set.of(), false, body);
    }

    /**
     * Returns a check that is skipped if others have not passed, since it would then fail as well.
     *
     * @param others ids of checks before this one
     */
    Check presuming(String... others) {
        return new Check(id, promise, Set.of(others), slow, body);
    }

    Check takingSeconds() {
        return new Check(id, promise, presumed, true, body);
    }
}
