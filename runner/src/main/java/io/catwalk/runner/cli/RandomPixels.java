package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Draws random images for a file of which only the input is known. */
final class RandomPixels {

    /** Normalizes uniformly distributed pixels to mean 0 and standard deviation 1. */
    private static final String EVEN = "0.5/0.28867513";

    private RandomPixels() {}

    /** Draws pixels of whole batches, at least so many images, from a uniform distribution. */
    static byte[] of(Signature signature, int images, long seed) {
        int batch = Math.max(1, signature.batch());
        int count = (images + batch - 1) / batch * batch;
        byte[] pixels = new byte[Math.multiplyExact(count, signature.imageSize())];
        new SplittableRandom(seed).nextBytes(pixels);
        return pixels;
    }

    /** Normalizes as the file says; if it says nothing, to mean 0 and standard deviation 1. */
    static Preprocessing preprocessing(Path file, OnnxPredictor predictor) {
        return predictor.metadata().preprocessing().isPresent()
                ? FileOptions.preprocessing(file, predictor, null)
                : FileOptions.preprocessing(
                        file, predictor, predictor.signature().pixels() == Signature.PixelType.UINT8 ? null : EVEN);
    }
}
