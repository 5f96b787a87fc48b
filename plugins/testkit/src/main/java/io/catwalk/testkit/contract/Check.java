package io.catwalk.testkit.contract;

import java.util.Set;

/** Is one promise of the contract, and how to find out whether a plugin keeps it. */
public final class Check {

    private final String id;
    private final String promise;
    private final Set<String> presumed;
    private final Body body;

    /** Tries a plugin. */
    @FunctionalInterface
    interface Body {

        /**
         * Returns if the plugin keeps the promise.
         *
         * @throws BrokenPromise if it does not, in one line
         * @throws Exception whatever else happens is a broken promise, too
         */
        void hold(Candidate candidate) throws Exception;
    }

    private Check(String id, String promise, Set<String> presumed, Body body) {
        this.id = id;
        this.promise = promise;
        this.presumed = presumed;
        this.body = body;
    }

    static Check of(String id, String promise, Body body) {
        return new Check(id, promise, Set.of(), body);
    }

    /**
     * Leaves the check out where others have failed, whose failure would break this one as well.
     *
     * @param others ids of checks before this one
     */
    Check presuming(String... others) {
        return new Check(id, promise, Set.of(others), body);
    }

    /** {@return lower-case words and dashes, such as {@code same-seed}} */
    public String id() {
        return id;
    }

    /** {@return what the plugin promises, in at most 52 letters} */
    public String promise() {
        return promise;
    }

    /** {@return ids of the checks without which this one says nothing} */
    public Set<String> presumed() {
        return presumed;
    }

    void hold(Candidate candidate) throws Exception {
        body.hold(candidate);
    }
}
