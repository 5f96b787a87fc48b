package io.catwalk.testkit.contract;

/**
 * Is what came of one check.
 *
 * @param check its id
 * @param verdict what came of it
 * @param line why, in one line; empty if it passed
 * @param hung whether the code of the plugin was still running when the check was given up
 * @param millis how long it took
 */
public record Result(String check, Verdict verdict, String line, boolean hung, long millis) {

    /**
     * Says that a check was not run.
     *
     * @param check its id
     * @param line why not
     * @return the result
     */
    public static Result skipped(String check, String line) {
        return new Result(check, Verdict.SKIPPED, line, false, 0);
    }

    /**
     * Says that a check failed.
     *
     * @param check its id
     * @param line why
     * @param millis how long it took
     * @return the result
     */
    public static Result failed(String check, String line, long millis) {
        return new Result(check, Verdict.FAILED, line, false, millis);
    }
}
