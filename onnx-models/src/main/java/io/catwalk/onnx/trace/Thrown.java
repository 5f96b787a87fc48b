package io.catwalk.onnx.trace;

import ai.djl.nn.Block;
import io.catwalk.onnx.graph.ExportException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;

/** Turns what a network throws while it is traced into an error that says where. */
final class Thrown {

    private Thrown() {}

    static ExportException asExportException(Block block, long known, long batch, Throwable caught) {
        Throwable thrown = caught instanceof UndeclaredThrowableException && caught.getCause() != null
                ? caught.getCause()
                : caught;
        String message = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
        String what = thrown.getClass().getSimpleName() + (thrown.getMessage() == null ? "" : ": " + message);
        String place = " (block " + block.getClass().getSimpleName() + line(thrown) + ")";
        if (batch != known) {
            String fault = "forward throws " + what + " for a batch of " + batch + ", but not for " + known;
            return new ExportException(Faults.batchDependent(fault) + place, thrown);
        }
        String hint = thrown instanceof IndexOutOfBoundsException
                ? "; the export gives the block one input, and a block of several is not exported"
                : "";
        return new ExportException(
                "forward throws " + what + " for a batch of " + batch + hint
                        + "; make it run by itself first, with training = false" + place,
                thrown);
    }

    /** Names the innermost line that is neither DJL's, nor Java's, nor ours; in DJL itself, that of its block. */
    private static String line(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> Origin.isOfUser(frame.getClassName()))
                .findFirst()
                .or(() -> Arrays.stream(thrown.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("ai.djl.nn."))
                        .findFirst())
                .map(frame -> ", called at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
    }
}
