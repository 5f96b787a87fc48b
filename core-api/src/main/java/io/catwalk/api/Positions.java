package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/** Adds learned values to each step of a sequence: (batch, time, features) to the same. */
final class Positions extends AbstractBlock {

    private static final float DEVIATION = 0.02f;

    private final Parameter values;

    Positions() {
        values = addParameter(Parameter.builder()
                .setName("values")
                // Not of type WEIGHT, since weight decay must not apply to positions.
                .setType(Parameter.Type.OTHER)
                .optInitializer(new NormalInitializer(DEVIATION))
                .build());
    }

    @Override
    protected void prepare(Shape[] inputShapes) {
        values.setShape(new Shape(1).addAll(inputShapes[0].slice(1)));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        NDArray sequence = inputs.singletonOrThrow();
        return new NDList(sequence.add(store.getValue(values, sequence.getDevice(), training)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }
}
