package io.catwalk.runner.training;

import java.io.Serial;

/** Says that a training had to stop: when, at which learning rate, and what to try. */
public final class TrainingException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Creates the exception.
     *
     * @param message one line
     */
    public TrainingException(String message) {
        super(message);
    }
}
