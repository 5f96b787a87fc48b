package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Draws images for a file about which nothing is known but what it takes. */
final class RandomPixels {

    /** With these, pixels that are drawn evenly become numbers of mean 0 and deviation 1. */
    private static final String EVEN = "0.5/0.28867513";

    private RandomPixels() {}

    /**
     * Draws pixels, all values alike.
     *
     * @param signature of the file
     * @param images how many at least; whole batches are drawn
     * @param seed the same pixels come from the same seed
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
     * Finds out how pixels are normalized.
     *
     * @return as the file says; where it does not, so that numbers have mean 0 and deviation 1
     * @throws io.catwalk.runner.RequestException if the images of the file have neither 1 nor 3 channels
     */
    static Preprocessing preprocessing(Path file, OnnxPredictor predictor) {
        return predictor.metadata().preprocessing().isPresent()
                ? FileOptions.preprocessing(file, predictor, null)
                : FileOptions.preprocessing(
                        file, predictor, predictor.signature().pixels() == Signature.PixelType.UINT8 ? null : EVEN);
    }
}
