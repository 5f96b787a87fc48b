package io.catwalk.api;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.LayerNorm;

/** Normalizes over the last axis, whatever the number of axes: DJL's own block must be told which number that is. */
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
