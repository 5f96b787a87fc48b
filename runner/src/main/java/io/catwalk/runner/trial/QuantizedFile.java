package io.catwalk.runner.trial;

import io.catwalk.onnx.quantize.MixedPrecision;
import io.catwalk.onnx.runtime.ModelFiles;
import java.nio.file.Path;

/**
 * Tells what came of quantizing a file.
 *
 * @param file where the model in 8 bits is: under a name that ends in {@code .rejected.onnx} if it does not ship
 * @param found which model it is
 * @param verdict how it compares with the float model on all test images
 * @param floatAccuracy of the float model on all test images, 0 to 1
 * @param accuracy of the model in 8 bits
 * @param floatLatency of the float model, measured in turns with the other
 * @param latency of the model in 8 bits
 */
public record QuantizedFile(
        Path file,
        MixedPrecision found,
        QuantizationVerdict verdict,
        double floatAccuracy,
        double accuracy,
        Latency floatLatency,
        Latency latency) {

    /**
     * Says where the file in 8 bits of a float file belongs.
     *
     * @param file such as {@code lstm.onnx}
     * @return {@code lstm.int8.onnx} beside it
     */
    public static Path beside(Path file) {
        return ModelFiles.beside(file, ".int8.onnx");
    }
}
