package io.catwalk.runner.cli;

import io.catwalk.runner.derived.Decision;

final class ExitCode {

    static final int DONE = 0;
    static final int SOME_FAILED = 1;
    static final int BAD_REQUEST = 2;
    static final int CROSS_CHECK_FAILED = 3;

    /** The test images, or a measurement on a busy machine, do not tell whether an 8-bit file should ship. */
    static final int CANNOT_TELL = 4;

    /** Two ONNX files give the same answers, but are not the same. */
    static final int OTHER_FILE = 5;

    /** The trial was lost: its result is unknown. The code of sysexits.h (Unix) that means "try again". */
    static final int LOST = 75;

    private ExitCode() {}

    static int of(Decision decision) {
        return switch (decision) {
            case SHIP -> DONE;
            case KEEP -> SOME_FAILED;
            case CANNOT_TELL -> CANNOT_TELL;
        };
    }
}
