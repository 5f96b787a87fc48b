package com.example;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block that DJL does not have: it applies a convolution to the images twice, and adds the images to the result. */
final class Residual extends AbstractBlock {

    private final Block convolution;

    Residual(int channels) {
        convolution = addChildBlock(
                "convolution",
                Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .setFilters(channels)
                        .build());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> more) {
        NDList images = inputs;
        for (int i = 0; i < 2; i++) {
            images = new NDList(
                    convolution.forward(parameters, images, training).head().getNDArrayInternal().relu());
        }
        return new NDList(images.head().add(inputs.head()));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
        convolution.initialize(manager, type, shapes);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return shapes;
    }
}
