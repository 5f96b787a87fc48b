package io.catwalk.runner.training;

import java.io.Serial;

/** Thrown when a training must stop: says when, at which learning rate, and what to try. */
public final class TrainingException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public TrainingException(String message) {
        super(message);
    }
}
