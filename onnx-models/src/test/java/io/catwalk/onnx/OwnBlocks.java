package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.Consumer;

/** Subclasses of DJL's block, as users write them. */
final class OwnBlocks {

    private OwnBlocks() {}

    /** Embeds the numbers 0 to 8. */
    static final class Words extends AbstractBlock {

        private final Parameter table = addParameter(Parameter.builder()
                .setName("table")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(9, 4))
                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            NDArray weight = store.getValue(table, input.getDevice(), training);
            return Embedding.embedding(input, weight, ai.djl.ndarray.types.SparseFormat.DENSE);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {inputShapes[0].add(4)};
        }
    }

    /** Runs the same layer a number of times. */
    static final class Loop extends AbstractBlock {

        private final Block layer =
                addChildBlock("layer", Linear.builder().setUnits(6).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDList current = inputs;
            for (int i = 0; i < 4; i++) {
                NDArray next = layer.forward(store, current, training).singletonOrThrow();
                current = new NDList(
                        Activation.relu(next).add(inputs.singletonOrThrow().mul(i)));
            }
            return current;
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputShapes) {
            layer.initialize(manager, dataType, inputShapes);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** Computes its weight from two parameters (Salimans and Kingma, 2016). */
    static final class WeightNormalized extends AbstractBlock {

        private final Parameter direction = addParameter(Parameter.builder()
                .setName("direction")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(3, 6))
                .build());
        private final Parameter length = addParameter(Parameter.builder()
                .setName("length")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(3, 1))
                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            NDArray v = store.getValue(direction, input.getDevice(), training);
            NDArray g = store.getValue(length, input.getDevice(), training);
            NDArray weight = v.mul(g).div(v.norm(new int[] {1}, true));
            return new NDList(input.matMul(weight.transpose()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {new Shape(inputShapes[0].get(0), 3)};
        }
    }

    /** Changes its own parameter, which only training should do. */
    static final class Writing extends AbstractBlock {

        private final Parameter counter = addParameter(Parameter.builder()
                .setName("counter")
                .setType(Parameter.Type.BIAS)
                .optShape(new Shape(1))
                .build());
        private final Consumer<NDArray> write;

        Writing(Consumer<NDArray> write) {
            this.write = write;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            NDArray count = store.getValue(counter, input.getDevice(), training);
            write.accept(count);
            return new NDList(input.add(count));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** Creates a mask on its first run, keeps it, and counts its calls. */
    static final class Caching extends AbstractBlock {

        ai.djl.ndarray.@org.jspecify.annotations.Nullable NDArray kept;
        int calls;
        boolean failing;

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            calls++;
            if (kept == null) {
                kept = input.getManager().arange(6f).add(1);
                kept.detach();
            }
            NDArray scaled = input.mul(kept);
            return new NDList(failing ? scaled.atanh() : scaled);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** Looks up rows in one matrix. */
    static final class Huge extends AbstractBlock {

        private final Parameter table;

        Huge(NDArray matrix) {
            table = addParameter(Parameter.builder()
                    .setName("table")
                    .setType(Parameter.Type.WEIGHT)
                    .build());
            table.setArray(matrix);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            NDArray weight = store.getValue(table, input.getDevice(), training);
            return new NDList(Embedding.embedding(
                            input.toType(DataType.INT64, false), weight, ai.djl.ndarray.types.SparseFormat.DENSE)
                    .singletonOrThrow());
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
