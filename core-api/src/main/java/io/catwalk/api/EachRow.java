package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * Runs a block on the rows of all images as one batch of sequences: (batch, rows, columns, features) to (batch, rows,
 * columns, units).
 */
final class EachRow extends AbstractBlock {

    private final Block block;

    EachRow(Block block) {
        this.block = addChildBlock("row", block);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputShapes) {
        block.initialize(manager, dataType, sequences(inputShapes[0]));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        NDArray images = inputs.singletonOrThrow();
        Shape shape = images.getShape();
        NDArray out = block.forward(store, new NDList(images.reshape(sequences(shape))), training, params)
                .singletonOrThrow();
        return new NDList(out.reshape(images(shape, out.getShape())));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape[] out = block.getOutputShapes(new Shape[] {sequences(inputShapes[0])});
        return new Shape[] {images(inputShapes[0], out[0])};
    }

    private static Shape sequences(Shape images) {
        return new Shape(images.get(0) * images.get(1), images.get(2), images.get(3));
    }

    private static Shape images(Shape images, Shape sequences) {
        return new Shape(images.get(0), images.get(1), images.get(2), sequences.get(2));
    }
}
