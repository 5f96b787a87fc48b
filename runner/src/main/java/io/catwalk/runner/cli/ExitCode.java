package io.catwalk.runner.cli;

/** What the program tells its caller. */
final class ExitCode {

    static final int DONE = 0;
    static final int SOME_FAILED = 1;
    static final int BAD_REQUEST = 2;
    static final int CROSS_CHECK_FAILED = 3;

    /** Nobody knows what would have come of it: the one that means "try again" among those of Unix (sysexits.h). */
    static final int LOST = 75;

    private ExitCode() {}
}
