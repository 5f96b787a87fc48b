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

    /**
     * Draws pixels from a uniform distribution.
     *
     * @param signature input and output of the file
     * @param images lowest number; whole batches are drawn
     * @param seed the same seed gives the same pixels
     * @return unsigned, (count, channels, height, width), row-major
     */
    static byte[] of(Signature signature, int images, long seed) {
        int batch = Math.max(1, signature.batch());
        int count = (images + batch - 1) / batch * batch;
        byte[] pixels = new byte[Math.multiplyExact(count, signature.imageSize())];
        new SplittableRandom(seed).nextBytes(pixels);
        return pixels;
    }

    /**
     * Returns how pixels are normalized.
     *
     * @return the normalization of the file; without one, that for mean 0 and standard deviation 1
     * @throws io.catwalk.runner.RequestException if the images of the file have neither 1 nor 3 channels
     */
    static Preprocessing preprocessing(Path file, OnnxPredictor predictor) {
        return predictor.metadata().preprocessing().isPresent()
                ? FileOptions.preprocessing(file, predictor, null)
                : FileOptions.preprocessing(
                        file, predictor, predictor.signature().pixels() == Signature.PixelType.UINT8 ? null : EVEN);
    }
}
