package io.catwalk.api;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.LayerNorm;

/** Normalizes over the last axis, for any number of axes. DJL's own block must be given the index of that axis. */
final class FeatureNorm extends LayerNorm {

    FeatureNorm() {
        super(LayerNorm.builder());
    }

    @Override
    protected void beforeInitialize(Shape... inputShapes) {
        super.beforeInitialize(inputShapes);
        normalizedShape = inputShapes[0].slice(inputShapes[0].dimension() - 1);
    }
}
