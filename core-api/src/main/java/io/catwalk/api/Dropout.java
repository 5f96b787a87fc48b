package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Zeroes values at random in training and divides the others by the share that is kept (Srivastava et al., 2014).
 *
 * <p>The mask is drawn here, from a seed of the engine's generator, since PyTorch on the CPU draws one value at a time,
 * which takes 5 to 13 % of a training step of a small network. A mask of images has the memory order that images have
 * in training: (batch, height, width, channels).
 */
final class Dropout extends AbstractBlock {

    private static final int PIECE = 1024;

    private final float rate;

    /** Creates a block that zeroes a share of {@code rate}, 0 or above and below 1. */
    Dropout(float rate) {
        this.rate = rate;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        if (!training || rate == 0) {
            return new NDList(input);
        }
        if (input.getDevice().isGpu() || input.getDataType() != DataType.FLOAT32) {
            return ai.djl.nn.norm.Dropout.dropout(input, rate, true);
        }
        return new NDList(input.mul(mask(input.getManager(), input.getShape())));
    }

    /** Returns a mask of independent values: 0 with a probability of {@link #rate}, otherwise 1 / (1 - rate). */
    private NDArray mask(NDManager manager, Shape shape) {
        boolean images = shape.dimension() == 4;
        NDArray mask = manager.create(
                images ? new Shape(shape.get(0), shape.get(2), shape.get(3), shape.get(1)) : shape, DataType.FLOAT32);
        fill(mask.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer(), seed(manager));
        return images ? mask.transpose(0, 3, 1, 2) : mask;
    }

    private static long seed(NDManager manager) {
        try (NDArray seed = manager.randomInteger(0, Long.MAX_VALUE, new Shape(1), DataType.INT64)) {
            return seed.getLong();
        }
    }

    private void fill(FloatBuffer mask, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        // One draw of 64 bits decides on two values.
        long dropped = Math.round(rate * 0x1p32);
        float kept = 1 / (1 - rate);
        float[] piece = new float[PIECE];
        while (mask.hasRemaining()) {
            for (int i = 0; i < PIECE; i += 2) {
                long bits = random.nextLong();
                piece[i] = (bits >>> 32) < dropped ? 0 : kept;
                piece[i + 1] = (bits & 0xFFFFFFFFL) < dropped ? 0 : kept;
            }
            mask.put(piece, 0, Math.min(PIECE, mask.remaining()));
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
