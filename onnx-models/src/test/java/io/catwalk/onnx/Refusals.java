package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.catwalk.onnx.graph.ExportException;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Expects code to throw, and gives the message. */
public final class Refusals {

    private Refusals() {}

    public static AbstractStringAssert<?> exportRefused(ThrowingCallable code) {
        return refused(ExportException.class, code);
    }

    public static AbstractStringAssert<?> fileRefused(ThrowingCallable code) {
        return refused(OnnxFileException.class, code);
    }

    public static AbstractStringAssert<?> argumentRefused(ThrowingCallable code) {
        return refused(IllegalArgumentException.class, code);
    }

    public static AbstractStringAssert<?> stateRefused(ThrowingCallable code) {
        return refused(IllegalStateException.class, code);
    }

    private static AbstractStringAssert<?> refused(Class<? extends Throwable> type, ThrowingCallable code) {
        Throwable thrown = catchThrowableOfType(type, code);
        assertThat(thrown).isNotNull();
        return assertThat(String.valueOf(thrown.getMessage()));
    }
}
