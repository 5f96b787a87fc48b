package io.catwalk.runner.cli;

/** What the program tells its caller. */
final class ExitCode {

    static final int DONE = 0;
    static final int SOME_FAILED = 1;
    static final int BAD_REQUEST = 2;
    static final int CROSS_CHECK_FAILED = 3;

    private ExitCode() {}
}
