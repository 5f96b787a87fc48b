package io.catwalk.testkit.contract;

import java.util.Map;

/** Checks that are expected to fail, with the reasons. */
public final class Expectations {

    private static final Expectations NONE = new Expectations(Map.of());

    private final Map<String, String> reasons;

    private Expectations(Map<String, String> reasons) {
        this.reasons = Map.copyOf(reasons);
    }

    /** {@return the expectation that no check fails} */
    public static Expectations none() {
        return NONE;
    }

    /**
     * Declares expected failures.
     *
     * @param reasons id of a check to the reason why it fails
     * @throws IllegalArgumentException if an id is unknown, or a reason is empty
     */
    public static Expectations of(Map<String, String> reasons) {
        reasons.forEach((id, reason) -> {
            Contract.require(id);
            if (reason.isBlank()) {
                throw new IllegalArgumentException(
                        "expected a reason why the check '" + id + "' fails, but it is empty");
            }
        });
        return new Expectations(reasons);
    }

    /** Reverses the verdict of a check that is expected to fail; other results stay as they are. */
    public Result judge(Result found) {
        String reason = reasons.get(found.check());
        if (reason == null) {
            return found;
        }
        return switch (found.verdict()) {
            case FAILED -> new Result(found.check(), Verdict.EXPECTED, reason, found.hung(), found.millis());
            case PASSED ->
                Result.failed(
                        found.check(),
                        "was expected to fail (" + reason + "), but passes: remove the expectation",
                        found.millis());
            case EXPECTED, SKIPPED -> found;
        };
    }
}
