package io.catwalk.runner.trial;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.data.Normalization;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Holds the image that networks are measured with, the same for every engine. The pixels are not copied.
 *
 * @param pixels unsigned bytes, (channels, height, width), row-major
 * @param normalization that the network expects
 */
@SuppressWarnings("ArrayRecordComponent")
public record BenchImage(byte[] pixels, Normalization normalization) {

    /**
     * Generates an image, for a file whose test images are not known.
     *
     * @param imageSize number of its pixels, over all channels
     * @param normalization that the network expects
     * @return the same noise each time
     */
    public static BenchImage noise(int imageSize, Normalization normalization) {
        byte[] pixels = new byte[imageSize];
        new SplittableRandom(0).nextBytes(pixels);
        return new BenchImage(pixels, normalization);
    }

    /**
     * Returns the image as the network receives it.
     *
     * @return (channels, height, width), row-major
     */
    public float[] normalized() {
        float[][] table = normalization.table();
        int plane = pixels.length / table.length;
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = table[i / plane][Byte.toUnsignedInt(pixels[i])];
        }
        return values;
    }

    /**
     * Generates an image of the size that a file takes.
     *
     * @param predictor of the opened file
     * @return the same noise each time, normalized as the file says; not normalized if it does not say how
     */
    public static BenchImage noise(OnnxPredictor predictor) {
        Signature signature = predictor.signature();
        Normalization normalization = predictor
                .metadata()
                .preprocessing()
                .map(BenchImage::normalization)
                .orElseGet(() -> {
                    // A file that takes bytes gets unchanged pixels; the unit of a normalization is a pixel / 255.
                    float[] std = new float[signature.channels()];
                    Arrays.fill(std, signature.pixels() == PixelType.UINT8 ? 1 / 255f : 1);
                    return new Normalization(new float[signature.channels()], std);
                });
        return noise(signature.imageSize(), normalization);
    }

    private static Normalization normalization(Preprocessing preprocessing) {
        return new Normalization(floats(preprocessing.mean()), floats(preprocessing.std()));
    }

    private static float[] floats(List<Double> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }
}
