package io.catwalk.onnx;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.onnxruntime.OrtException;
import java.util.Random;

/** Opens {@link Agreement} to the fuzzers. */
public final class Agreements {

    private Agreements() {}

    /** Returns the largest difference between both answers, relative above 1, on inputs of eighths. */
    public static double difference(Block block, Shape sample, byte[] model, long... batches) throws OrtException {
        return Agreement.difference(block, sample, model, Agreements::eighths, batches);
    }

    /** Returns the largest difference of each output over its largest number, or over 1. */
    public static double scaledDifference(Block block, Shape sample, byte[] model, long... batches)
            throws OrtException {
        return Agreement.scaledDifference(block, sample, model, batches);
    }

    /** Gives every parameter seeded numbers that no layer starts with. */
    public static void randomize(Block block, long seed) {
        Agreement.randomize(block, seed);
    }

    /** Returns the largest difference between both answers to some inputs, relative above 1. */
    public static double difference(Block block, byte[] model, NDList inputs) throws OrtException {
        return Agreement.difference(block, model, inputs);
    }

    /** Draws eighths from -4 to 4, which sums and products hold exactly. */
    public static float[] eighths(int count, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (random.nextInt(65) - 32) / 8f;
        }
        return numbers;
    }
}
