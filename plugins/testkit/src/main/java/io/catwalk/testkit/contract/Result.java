package io.catwalk.testkit.contract;

/**
 * Result of one check.
 *
 * @param check its id
 * @param verdict its outcome
 * @param line the reason, in one line; empty if the check passed
 * @param hung whether the code of the plugin was still running when the check was stopped
 * @param millis how long it took
 */
public record Result(String check, Verdict verdict, String line, boolean hung, long millis) {

    /** Returns the result of a check that was not run; {@code line} says why. */
    public static Result skipped(String check, String line) {
        return new Result(check, Verdict.SKIPPED, line, false, 0);
    }

    /** Returns the result of a check that failed; {@code line} says why. */
    public static Result failed(String check, String line, long millis) {
        return new Result(check, Verdict.FAILED, line, false, millis);
    }
}
