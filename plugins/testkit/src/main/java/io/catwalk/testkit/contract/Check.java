package io.catwalk.testkit.contract;

import java.util.Set;

/** One promise of the contract, and the code that checks whether a plugin keeps it. */
public final class Check {

    private final String id;
    private final String promise;
    private final Set<String> presumed;
    private final boolean slow;
    private final Body body;

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

    private Check(String id, String promise, Set<String> presumed, boolean slow, Body body) {
        this.id = id;
        this.promise = promise;
        this.presumed = presumed;
        this.slow = slow;
        this.body = body;
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

    /** {@return lower-case words and dashes, such as {@code same-seed}} */
    public String id() {
        return id;
    }

    /** {@return what the plugin promises, in at most 52 letters} */
    public String promise() {
        return promise;
    }

    /** {@return whether the check takes seconds for a small network} */
    public boolean slow() {
        return slow;
    }

    /** {@return ids of the checks that must have passed before this one is run} */
    public Set<String> presumed() {
        return presumed;
    }

    void hold(Candidate candidate) throws Exception {
        body.hold(candidate);
    }
}
