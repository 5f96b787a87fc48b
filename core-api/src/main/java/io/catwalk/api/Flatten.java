package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Blocks;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * Flattens all dimensions but the batch: (batch, ...) to (batch, product of the rest).
 *
 * <p>In training, images are first brought into the order (batch, height, width, channels). The values are the same,
 * but the gradient then has the order in which the layers before keep their images. With a plain reshape it would have
 * the other order, and activation and pooling would read two orders at once, which takes 6 to 10 times as long.
 */
final class Flatten extends AbstractBlock {

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        Shape shape = input.getShape();
        if (!training || shape.dimension() != 4) {
            return new NDList(Blocks.batchFlatten(input));
        }
        long batch = shape.get(0);
        long channels = shape.get(1);
        long pixels = shape.get(2) * shape.get(3);
        return new NDList(input.transpose(0, 2, 3, 1)
                // The backward pass of this reshape is the copy that reorders the gradient.
                .reshape(batch, pixels * channels)
                .reshape(batch, pixels, channels)
                .transpose(0, 2, 1)
                .reshape(batch, channels * pixels));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape input = inputShapes[0];
        return new Shape[] {new Shape(input.get(0), input.slice(1).size())};
    }
}
