package io.catwalk.runner.trial;

import io.catwalk.onnx.quantize.MixedPrecision;
import io.catwalk.onnx.runtime.ModelFiles;
import java.nio.file.Path;
import java.util.List;

/**
 * Holds the result of quantizing a file.
 *
 * @param file path of the 8-bit model: with a name that ends in {@code .rejected.onnx} or {@code .undecided.onnx} if it
 *     does not ship
 * @param found which model was found
 * @param verdict how it compares with the float model on all test images
 * @param floatAccuracy of the float model on all test images, 0 to 1
 * @param accuracy of the 8-bit model
 * @param floatLatency of the float model, measured in turns with the other model
 * @param latency of the 8-bit model
 * @param notes what users should know about how it was made, one line each
 */
public record QuantizedFile(
        Path file,
        MixedPrecision found,
        QuantizationVerdict verdict,
        double floatAccuracy,
        double accuracy,
        Latency floatLatency,
        Latency latency,
        List<String> notes) {

    /** Copies the list. */
    public QuantizedFile {
        notes = List.copyOf(notes);
    }

    /** Returns the path of a file after the decision, so that only one that ships has the name that was asked for. */
    static Path named(Path to, QuantizationVerdict.Decision decision) {
        return switch (decision) {
            case SHIP -> to;
            case KEEP_FLOAT -> OnnxModel.rejected(to);
            case CANNOT_TELL -> ModelFiles.beside(to, ".undecided.onnx");
        };
    }

    /**
     * Returns the path of the 8-bit file of a float file.
     *
     * @param file such as {@code lstm.onnx}
     * @return {@code lstm.int8.onnx} beside it
     */
    public static Path beside(Path file) {
        return ModelFiles.beside(file, ".int8.onnx");
    }
}
