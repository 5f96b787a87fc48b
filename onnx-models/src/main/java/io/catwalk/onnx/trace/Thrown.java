package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.graph.ExportException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.List;

/** Converts what a network throws during tracing to an error that names the place. */
final class Thrown {

    private Thrown() {}

    static ExportException asExportException(Tracing tracing, Sizes known, Sizes sizes, Throwable caught) {
        Throwable thrown = caught instanceof UndeclaredThrowableException && caught.getCause() != null
                ? caught.getCause()
                : caught;
        String message = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
        String what = thrown.getClass().getSimpleName() + (thrown.getMessage() == null ? "" : ": " + message);
        String place = " (block " + Origin.name(tracing.block().getClass()) + line(thrown) + ")";
        if (!sizes.equals(known)) {
            List<String> axes = sizes.differing(known);
            String fault = "forward throws " + what + " for " + sizes.text(axes) + ", but not for " + known.next(axes);
            return new ExportException(Faults.sizeDependent(axes, fault) + place, thrown);
        }
        String hint = thrown instanceof IndexOutOfBoundsException
                ? "; the export gives the block " + tracing.inputs().size()
                        + " input(s): describe each that it takes with an OnnxInput"
                : "";
        return new ExportException(
                "forward throws " + what + " for " + sizes + hint
                        + "; make it run by itself first, with training = false" + place,
                thrown);
    }

    /** Adds the sizes to an error of the engine, which may depend on them. */
    static ExportException byEngine(Tracing tracing, Sizes known, Sizes sizes, ExportException thrown) {
        List<String> zeros = tracing.inputs().stream()
                .filter(input -> input.range().isEmpty() && isWhole(input.type()))
                .map(OnnxInput::name)
                .toList();
        if (!zeros.isEmpty()) {
            thrown = new ExportException(
                    thrown.getMessage() + "; while exporting, all whole numbers of " + String.join(", ", zeros)
                            + " are 0: where 0 is not valid, as for lengths, divisors and indices from 1 on, say what is"
                            + " (OnnxInput.withRange(low, high))",
                    thrown);
        }
        if (!sizes.equals(known)) {
            List<String> axes = sizes.differing(known);
            String fault = "for " + sizes.text(axes) + ", but not for " + known.next(axes) + ", " + thrown.getMessage();
            return new ExportException(Faults.sizeDependent(axes, fault), thrown);
        }
        return sizes.byAxis().keySet().stream().allMatch(Axis.BATCH.name()::equals)
                ? thrown
                : new ExportException(thrown.getMessage() + ", for " + sizes + "; " + Faults.BOUNDS, thrown);
    }

    private static boolean isWhole(DataType type) {
        return !type.isFloating() && type != DataType.BOOLEAN;
    }

    /** Finds the innermost line of the user's code; if all of it is DJL's, that of the innermost DJL block. */
    private static String line(Throwable thrown) {
        List<StackTraceElement> inForward = Arrays.stream(thrown.getStackTrace())
                .takeWhile(frame -> !frame.getClassName().equals(Calls.class.getName()))
                .toList();
        return inForward.stream()
                .filter(frame -> Origin.isOfUser(frame.getClassName()))
                .findFirst()
                .or(() -> inForward.stream()
                        .filter(frame -> frame.getClassName().startsWith("ai.djl.nn."))
                        .findFirst())
                .map(frame -> ", called at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
    }
}
